"""The look at a screen that every state of it must stand: axe in both themes, no sideways scrolling, a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# The enhanced contrast (7:1) is not in axe's default set, and is what the terminal promises for text.
RUN_AXE = "axe.run(document, {rules: {'color-contrast-enhanced': {enabled: true}}})"
# What is still appearing has less contrast than what has appeared.
STILL = """Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations !== Infinity).map((one) => one.finished))"""
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def check(screenshot: Callable[..., None]) -> Callable[[Page, str], None]:
    """`check(page, "inbox")`: axe in both themes, nothing wider than a phone, and the picture."""

    def run(page: Page, name: str) -> None:
        for scheme in THEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(AXE.read_text())
            page.evaluate(STILL)
            found = page.evaluate(RUN_AXE)["violations"]
            told = [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found]
            assert told == [], f"{name}, {scheme}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        screenshot(page, f"terminal-{name}")

    return run
