"""The chief's week: what it shows, what a keyboard does in it, what a mouse does, and both without network."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from models.database import Database
from models.rules.appointments import State
from models.rules.occurrences import HolidayRule
from models.tables import Appointment, Opening, OpeningOccurrence
from tests.support.brigade import PATIENCE_MS, offline_ready
from tests.support.processes import wait_until
from tests.support.roster import ZONE
from tests.support.week import MONDAY, TUESDAY, WEDNESDAY, Week, at
from tests.support.week_page import cell, centre, day_in_words, desk, panel


def one(database: Database, table: type, **where: object):
    with database.transaction() as session:
        return session.scalars(select(table).filter_by(**where)).one()


def test_a_cell_says_in_words_what_lies_over_it(week: Week) -> None:
    page = desk(week)
    expect(
        cell(page, MONDAY, 9, "1 rendez-vous.: 9.h.00 Porter plainte, Confirmé.; guichets libres.: 1")
    ).to_have_count(1)
    expect(cell(page, MONDAY, 10, "2 rendez-vous.: .*À approuver")).to_have_count(1)
    expect(cell(page, MONDAY, 8, "pas de plage")).to_have_count(1)
    expect(cell(page, WEDNESDAY, 14, "plages proposées.: 1")).to_have_count(1)
    # The named gendarme is at court all that day.
    expect(cell(page, TUESDAY, 15, "guichets libres.: 0")).to_have_count(1)
    expect(page.locator(".week-block[data-kind=absence]")).to_have_attribute(
        "title", "Absent\u202f: Adjudant Sacha Martin"
    )
    expect(page.get_by_role("gridcell", name=re.compile("Journée.*absences.*Sacha Martin"))).to_have_count(1)


def test_the_keyboard_alone_approves_and_makes_openings(week: Week) -> None:
    page = desk(week)
    page.locator("[data-cursor]").focus()
    page.keyboard.press("Home")
    expect(cell(page, MONDAY, 9)).to_be_focused()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(cell(page, MONDAY, 10)).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel(page)).to_contain_text("À approuver")
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(cell(page, MONDAY, 10)).to_be_focused()

    page.keyboard.press("a")
    expect(cell(page, MONDAY, 10, "Porter plainte, Confirmé")).to_be_focused()
    row = one(week.brigade.database, Appointment, starts_at=at(MONDAY, 10), reason_code="complaint")
    wait_until(
        lambda: one(week.brigade.database, Appointment, id=row.id).state == State.CONFIRMED, "the server knows of it"
    )

    # Two half hours are chosen, and become an opening that is approved at once.
    page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    for key in ("ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown", "n"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1, name="Ouvrir une plage")).to_be_focused()
    expect(page.get_by_label("De", exact=True)).to_have_value("10:00")
    expect(page.get_by_label("À", exact=True)).to_have_value("12:00")
    page.get_by_role("button", name="Ouvrir la plage").press("Enter")
    expect(page.get_by_role("heading", level=1, name="La semaine")).to_be_focused()
    expect(cell(page, TUESDAY, 11.5, "guichets libres.: 1")).to_have_count(1, timeout=PATIENCE_MS)
    made = one(week.brigade.database, Opening, starts_at=at(TUESDAY, 10))
    assert (made.state, made.ends_at) == ("approved", at(TUESDAY, 12))

    page.locator("[data-cursor]").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1, name="La semaine")).to_be_focused()


def test_a_proposal_is_approved_where_it_lies(week: Week) -> None:
    page = desk(week)
    page.locator(".week-block[data-kind=proposal]").first.click()
    expect(panel(page)).to_contain_text("Proposée")
    panel(page).get_by_role("button", name="Approuver").click()
    expect(panel(page)).to_contain_text(re.compile("Plage ouverte|Approuvée"))
    expect(page.locator(".week-block[data-kind=proposal]")).to_have_count(1)
    expect(page.get_by_role("heading", name=re.compile(day_in_words(WEDNESDAY), re.IGNORECASE))).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-cursor]")).to_be_focused()
    expect(cell(page, WEDNESDAY, 14, "guichets libres.: 1")).to_have_count(1)


def test_dragging_over_empty_hours_makes_an_opening(week: Week) -> None:
    page = desk(week)
    page.mouse.move(*centre(cell(page, WEDNESDAY, 9)))
    page.mouse.down()
    page.mouse.move(*centre(cell(page, WEDNESDAY, 10)), steps=4)
    x, y = centre(cell(page, WEDNESDAY, 10.5))
    page.mouse.move(x, y, steps=4)
    expect(page.locator(".week-ghost")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_role("heading", level=1, name="Ouvrir une plage")).to_be_visible()
    expect(page.get_by_label("Jour", exact=True)).to_have_value(str(at(WEDNESDAY, 9).astimezone(ZONE).date()))
    expect(page.get_by_label("De", exact=True)).to_have_value("09:15")
    expect(page.get_by_label("À", exact=True)).to_have_value("10:45")


def test_an_occurrence_is_carried_elsewhere_and_whom_it_concerns_is_asked_about(week: Week) -> None:
    page = desk(week)
    occurrence = page.locator(".week-block[data-kind=occurrence]").first
    x, y = centre(occurrence)
    page.mouse.move(x, y + 20)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=4)
    page.mouse.move(*centre(cell(page, WEDNESDAY, 12)), steps=4)
    page.mouse.up()
    expect(panel(page).get_by_label("Jour", exact=True)).to_have_value(str(at(WEDNESDAY, 9).astimezone(ZONE).date()))
    expect(panel(page)).to_contain_text("Rendez-vous hors du nouvel horaire 3")
    panel(page).get_by_role("button", name="Retour").click()
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)

    # The same from the keyboard, and this time for good: an hour is taken off where nobody has an appointment.
    page.locator("[data-cursor]").focus()
    page.keyboard.press("Home")
    expect(cell(page, MONDAY, 9)).to_be_focused()
    page.keyboard.press("Enter")
    panel(page).get_by_role("button", name="Déplacer ou raccourcir").press("Enter")
    panel(page).get_by_label("À", exact=True).fill("11:00")
    panel(page).get_by_role("button", name="Enregistrer l’horaire").press("Enter")
    expect(cell(page, MONDAY, 11, "pas de plage")).to_have_count(1)
    wait_until(
        lambda: one(week.brigade.database, OpeningOccurrence, starts_at=at(MONDAY, 9)).ends_at == at(MONDAY, 11),
        "the server has moved it",
    )


def test_without_network_the_week_is_there_and_approves(week: Week) -> None:
    page = desk(week)
    offline_ready(page)
    page.context.set_offline(True)
    expect(page.get_by_text("Hors ligne depuis")).to_be_visible()
    page.reload()
    expect(page.locator(".week-block").first).to_be_hidden()
    page.get_by_role("button", name="Semaine suivante").click()
    expect(page.locator(".week-block[data-kind=appointment]").first).to_be_visible()
    page.locator(".week-block[data-state=requested]").first.click()
    panel(page).get_by_role("button", name="Approuver").click()
    expect(panel(page).locator(".mark-pending")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Pourquoi aucun créneau").click()
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_text("Cette réponse demande du réseau")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("en attente d’envoi")).to_have_count(0, timeout=PATIENCE_MS)
    row = one(week.brigade.database, Appointment, starts_at=at(MONDAY, 10), reason_code="complaint")
    assert row.state == State.CONFIRMED


def test_why_there_is_no_slot(week: Week, check) -> None:
    page = desk(week)
    page.get_by_role("link", name="Pourquoi aucun créneau").click()
    expect(page.get_by_role("heading", level=1, name="Pourquoi aucun créneau")).to_be_focused()
    page.get_by_label("Motif").select_option("complaint")
    days = at(MONDAY, 12).astimezone(ZONE).date()
    page.get_by_label("Du", exact=True).fill(str(days))
    page.get_by_label("Au", exact=True).fill(str(days - timedelta(days=1)))
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_text("Le dernier jour doit venir après le premier.")).to_be_visible()
    page.get_by_label("Au", exact=True).fill(str(days + timedelta(days=4)))
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("heading", name="Réponse pour Porter plainte")).to_be_focused()
    expect(page.locator(".why-day").first).to_contain_text("Pris par un rendez-vous")
    expect(page.locator(".why-day").nth(1)).to_contain_text("Absence du gendarme nommé")
    expect(page.locator(".why-day").nth(2)).to_contain_text("Plage proposée, pas encore approuvée")
    check(page, "week-why")


def test_the_chief_closes_a_day_and_receives_on_a_holiday(week: Week, check) -> None:
    """Without network: the day is closed on the server afterwards, also what is open on public holidays."""
    (always,) = week.open(MONDAY, 14, 16, holiday_rule=HolidayRule.OPEN)
    concerned = week.book(always, MONDAY, 14)
    page = desk(week)
    offline_ready(page)
    page.context.set_offline(True)
    whole = page.get_by_role("gridcell", name=re.compile(f"^{day_in_words(MONDAY)}, Journée"))
    whole.click()
    panel(page).get_by_label("Motif, que les usagers lisent").fill("Fête de la Sainte-Geneviève")
    expect(panel(page)).to_contain_text("supprimées ce jour-là : 1")
    check(page, "week-close-day")
    panel(page).get_by_role("button", name="Fermer ce jour-là").click()
    expect(panel(page).get_by_role("heading", name="Jour férié : Fête de la Sainte-Geneviève")).to_be_visible()
    expect(panel(page).get_by_role("heading", level=2)).to_be_focused()
    page.context.set_offline(False)
    day = at(MONDAY, 12).astimezone(ZONE).date()

    def closed() -> set[tuple[str | None, str | None]]:
        with week.brigade.database.transaction() as session:
            columns = select(OpeningOccurrence.closed_because, OpeningOccurrence.closed_name)
            return {(because, name) for because, name in session.execute(columns.where(OpeningOccurrence.day == day))}

    dropped = ("dropped", None)
    wait_until(
        lambda: closed() == {("holiday", "Fête de la Sainte-Geneviève"), dropped}, "all of it", PATIENCE_MS / 1000
    )
    lost = one(week.brigade.database, Appointment, id=concerned)
    assert (lost.state, lost.word) == (State.CANCELLED, "Fête de la Sainte-Geneviève")
    panel(page).get_by_role("button", name="Recevoir ce jour-là").click()
    wait_until(lambda: closed() == {(None, None), dropped}, "the day is open again", PATIENCE_MS / 1000)
    expect(panel(page).get_by_role("button", name="Fermer ce jour-là")).to_be_visible()
