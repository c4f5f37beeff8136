"""The terminal by keyboard and by thumb."""

from playwright.sync_api import expect

from tests.support.brigade import DESK


def test_every_target_is_large_enough(evening):
    brigade, me, _ = evening
    page = brigade.terminal(me)
    small = """[...document.querySelectorAll('a, button, summary, input, textarea')]
      .filter((element) => element.offsetParent && !element.classList.contains('skip'))
      .map((element) => [element.outerHTML.slice(0, 120), element.closest('label') ?? element])
      .map(([html, target]) => [html, target.getBoundingClientRect()])
      .filter(([, box]) => box.height < 48 || box.width < 48)
      .map(([html]) => html)"""
    assert page.evaluate(small) == []
    page.locator("a.card", has_text="il y a 47 min").click()
    page.get_by_text("Plus", exact=True).click()
    assert page.evaluate(small) == []
    for step in ("clore", "noter", "transferer"):
        page.evaluate("step => { location.hash = location.hash.split('/').slice(0, 3).join('/') + '/' + step }", step)
        expect(page.get_by_role("heading", level=1).last).to_be_visible()
        assert page.evaluate(small) == [], step
    page.evaluate("location.hash = '#/reglages'")
    expect(page.get_by_role("heading", name="Réglages")).to_be_visible()
    assert page.evaluate(small) == []


def test_the_wide_screen_works_by_keyboard(evening):
    brigade, me, _ = evening
    page = brigade.terminal(me, viewport=DESK)
    page.locator("#inbox-title").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("a.card").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("a.card").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#detail-title")).to_be_focused()
    expect(page.locator("a.card").nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("Home")
    page.evaluate("location.hash = '#/demandes'")
    expect(page.locator("a.card").nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("a.card:visible").last).to_be_focused()
