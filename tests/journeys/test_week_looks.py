"""The chief's week on screens of both sizes: full, empty, in English, and in a gendarme's hands."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.brigade import DESK
from tests.support.roster import choose
from tests.support.week import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, Week
from tests.support.week_page import day_in_words, desk, open_week, panel

SMALL = """[...document.querySelectorAll('a, button, summary, input, select, textarea')]
  .filter((element) => element.offsetParent && !element.classList.contains('skip'))
  .map((element) => [element.outerHTML.slice(0, 160), element.closest('label') ?? element])
  .map(([html, target]) => [html, target.getBoundingClientRect()])
  .filter(([, box]) => box.height < 48 || box.width < 48)
  .map(([html]) => html)"""


def test_what_it_looks_like(week: Week, check) -> None:
    page = desk(week)
    check(page, "week")
    page.locator(".week-block[data-state=requested]").first.click()
    expect(panel(page)).to_be_visible()
    check(page, "week-panel")
    panel(page).get_by_role("button", name="Fermer").click()
    page.locator(".week-block[data-kind=occurrence]").first.click(position={"x": 20, "y": 130})
    panel(page).get_by_role("button", name="Déplacer ou raccourcir").click()
    panel(page).get_by_label("De", exact=True).fill("10:30")
    panel(page).get_by_label("À", exact=True).fill("11:30")
    expect(panel(page)).to_contain_text("Rendez-vous hors du nouvel horaire")
    check(page, "week-move")
    panel(page).get_by_role("button", name="Fermer").click()
    choose(page, "Gendarme")
    expect(page.get_by_role("grid", name="Semaine de l’unité, par gendarme")).to_be_visible()
    check(page, "week-people")


def test_on_a_phone_one_day_at_a_time(week: Week, check) -> None:
    page = week.brigade.terminal(week.roster.chief)
    open_week(page)
    title = page.locator(".week-title")
    # What is in the page, not what a style makes of its first letter: `expect` compares with the former.
    while day_in_words(MONDAY) not in (before := title.text_content() or "").lower():
        page.get_by_role("button", name="Jour suivant").click()
        expect(title).not_to_have_text(before)
    expect(page.locator(".week-lanes")).to_have_count(1)
    check(page, "week-phone")
    assert page.evaluate(SMALL) == []
    page.locator(".week-block[data-state=requested]").first.click()
    expect(panel(page).get_by_role("button", name="Approuver")).to_be_visible()
    check(page, "week-phone-panel")
    panel(page).get_by_role("button", name="Fermer").click()
    choose(page, "Gendarme")
    check(page, "week-phone-people")


def test_nothing_is_there_yet_and_in_english(people, check) -> None:
    page = people.brigade.terminal(people.chief, viewport=DESK)
    open_week(page)
    expect(page.get_by_text("Rien cette semaine")).to_be_visible()
    check(page, "week-empty")
    for _ in range(3):
        page.get_by_role("button", name="Semaine suivante").click()
    expect(page.get_by_text("Ce terminal connaît les rendez-vous jusqu’au")).to_be_visible()
    page.get_by_role("gridcell", name=re.compile("^lundi .*, Journée")).click()
    expect(panel(page).get_by_role("link", name="Ouvrir une plage ce jour")).to_be_visible()
    # Nobody knows here whom it would concern.
    expect(panel(page).get_by_role("heading", name="Fermer ce jour")).to_have_count(0)
    panel(page).get_by_role("button", name="Fermer").click()
    page.evaluate("location.hash = '#/reglages'")
    choose(page, "English")
    page.evaluate("location.hash = '#/semaine'")
    expect(page.get_by_role("heading", level=1, name="The week")).to_be_visible()
    check(page, "week-english")


def test_a_gendarme_proposes_and_decides_nothing(week: Week) -> None:
    page = week.brigade.terminal(week.roster.me, viewport=DESK)
    open_week(page)
    page.get_by_role("button", name="Semaine suivante").click()
    expect(page.locator(".week-block[data-movable]")).to_have_count(0)
    page.locator(".week-block[data-state=requested]").first.click()
    expect(panel(page)).to_be_visible()
    expect(panel(page).get_by_role("button", name="Approuver")).to_have_count(0)
    panel(page).get_by_role("link", name="Proposer une plage à").click()
    expect(page.get_by_role("heading", level=1, name="Proposer une plage")).to_be_visible()


@pytest.fixture
def full(week: Week) -> Week:
    """A brigade of twenty with ten counters all week: what a big unit looks like."""
    for number in range(17):
        week.brigade.agent(f"Gendarme Numéro {number:02}")
    for weekday in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY):
        for number, window in enumerate(week.open(weekday, 17, 20, counters=8)):
            for hour in (17, 18, 19):
                if (number + hour) % 4:
                    week.book(window, weekday, hour)
    return week


def test_a_big_unit(full: Week, check) -> None:
    page = desk(full)
    check(page, "week-full")
    choose(page, "Gendarme")
    expect(page.get_by_role("rowheader", name="Gendarme Numéro 16")).to_be_visible()
    check(page, "week-full-people")
