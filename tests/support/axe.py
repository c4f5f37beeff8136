"""Judging a screen: axe finds nothing in either theme, nothing is wider than the window, and the picture is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# The enhanced contrast (7:1) is not in axe's default set, and is what the terminal promises for text.
RUN_AXE = "axe.run(document, {rules: {'color-contrast-enhanced': {enabled: true}}})"


@pytest.fixture
def check(screenshot: Callable[..., None]) -> Callable[[Page, str], None]:
    """`check(page, "inbox")` judges the page in both themes, and keeps its picture under `make screens`."""

    def run(page: Page, name: str) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(AXE.read_text())
            found = page.evaluate(RUN_AXE)["violations"]
            told = [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found]
            assert told == [], f"{name}, {scheme}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        screenshot(page, f"terminal-{name}")

    return run
