"""The page of the week, as journeys find their way in it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.support.brigade import DESK
from tests.support.roster import ZONE
from tests.support.week import Week, at

_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"


def open_week(page: Page) -> None:
    page.evaluate("location.hash = '#/semaine'")
    expect(page.get_by_role("heading", level=1, name="La semaine")).to_be_focused()


def desk(week: Week, **options: object) -> Page:
    """The chief's wide screen, with next week on it."""
    page = week.brigade.terminal(week.roster.chief, viewport=DESK, **options)
    open_week(page)
    page.get_by_role("button", name="Semaine suivante").click()
    expect(page.locator(".week-block[data-kind=appointment]").first).to_be_visible()
    return page


def cell(page: Page, weekday: int, hour: float, after: str = "") -> Locator:
    """The cell of a day and a half hour, by the words that a screen reader says."""
    said = f"{day_in_words(weekday)}, {int(hour)} h {int(hour % 1 * 60):02}"
    return page.get_by_role("gridcell", name=re.compile(f"^{said.replace(' h ', '.h.')}.: .*{after}"))


def day_in_words(weekday: int) -> str:
    local = at(weekday, 12).astimezone(ZONE)
    days = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    months = _MONTHS.split()
    return f"{days[local.weekday()]} {'1er' if local.day == 1 else local.day} {months[local.month - 1]}"


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog")


def centre(target: Locator) -> tuple[float, float]:
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
