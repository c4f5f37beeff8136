"""The browsers that journeys stand on."""

import pytest


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 800, "height": 600})
    yield context.new_page()
    context.close()


def test_a_screen_is_kept_in_both_widths_and_both_themes(page, monkeypatch, tmp_path, request):
    monkeypatch.setenv("SCREENS_DIR", str(tmp_path))
    keep = request.getfixturevalue("screenshot")
    page.set_content("<style>@media (prefers-color-scheme: dark) { body { background: black } }</style><p>x</p>")
    keep(page, "x")

    assert {path.name for path in tmp_path.iterdir()} == {
        "x-360-light.png",
        "x-360-dark.png",
        "x-1280-light.png",
        "x-1280-dark.png",
    }
    assert (tmp_path / "x-360-light.png").read_bytes() != (tmp_path / "x-360-dark.png").read_bytes()
    assert page.viewport_size == {"width": 800, "height": 600}
