"""A planning that is not heard any more appears at the desk and goes; what it knows says where it comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from models.rules.appointments import State
from models.rules.intervals import Interval
from models.rules.plannings import Kind
from server.planning.said import CalendarSaid
from server.sealing import Sealer
from server.services.add_planning_source import AddPlanningSource, add_planning_source
from server.services.apply_reading import ApplyReading, apply_reading
from server.services.begin_reading import BeginReading, begin_reading
from server.services.change_planning_source import ChangePlanningSource, change_planning_source
from server.services.receive_table import ReceiveTable, receive_table
from server.services.watch_silence import WatchSilence, watch_silence
from tests.journeys.test_terminal_availability import disconnect, open_tab
from tests.journeys.test_terminal_availability_screens import SMALL, go
from tests.support.brigade import DESK, offline_ready
from tests.support.plannings import entry
from tests.support.roster import ZONE, choose, day
from tests.support.seed import SECRET_KEY, actor_of

DAYS = timedelta(days=1)
SEALER = Sealer((SECRET_KEY,))


class Plannings:
    """The unit's sources, as they are added and read elsewhere."""

    def __init__(self, people) -> None:
        self.people, self.database = people, people.brigade.database

    def calendar(self, agent, name: str, *taken: Interval, days_ago: int = 0) -> UUID:
        """Somebody's calendar, read so many days ago for the last time."""
        now = datetime.now(UTC) - days_ago * DAYS
        with self.database.transaction() as session:
            command = AddPlanningSource(Kind.ICAL, name, url="https://agenda.example/un.ics")
            source_id = add_planning_source(session, command, actor_of(agent), now, SEALER)
        self.hear(source_id, *taken, at=now)
        return source_id

    def hear(self, source_id: UUID, *taken: Interval, at: datetime | None = None) -> None:
        """It answers with what it takes."""
        now = at or datetime.now(UTC)
        said = CalendarSaid(tuple(entry(str(one), one) for one in taken), read=len(taken) or 1)
        with self.database.transaction() as session:
            begun = begin_reading(session, BeginReading(source_id), now, SEALER)
            assert begun is not None
            assert apply_reading(session, ApplyReading(source_id, begun.tried_at, said, begun.window), now)

    def table(self, *rows: str, days_ago: int = 0) -> UUID:
        """The unit's daily sheet, handed in by the chief."""
        octets = "\n".join(["NIGEND;Date;Position;Début;Fin", *rows]).encode()
        chief, now = actor_of(self.people.chief), datetime.now(UTC) - days_ago * DAYS
        with self.database.transaction() as session:
            command = AddPlanningSource(Kind.POSITIONS_DAILY, "Feuille de service")
            source_id = add_planning_source(session, command, chief, now, SEALER)
            assert not receive_table(session, ReceiveTable(source_id, octets), chief, now).refused
        return source_id

    def pause(self, source_id: UUID, *, paused: bool = True) -> None:
        """The chief pauses it, or lets it go on."""
        with self.database.transaction() as session:
            command = ChangePlanningSource(source_id, paused=paused)
            change_planning_source(session, command, actor_of(self.people.chief), datetime.now(UTC), SEALER)

    def watch(self) -> None:
        """What the clock says of silence."""
        with self.database.transaction() as session:
            watch_silence(session, WatchSilence(), datetime.now(UTC))


@pytest.fixture
def plannings(people):
    return Plannings(people)


def whole_day(after: int) -> Interval:
    return Interval(day(after), day(after + 1))


def row(page, source_id):
    return page.locator(f"[data-planning='{source_id}']")


def test_a_silent_planning_appears_at_the_desk_and_goes(plannings, check):
    people = plannings.people
    source_id = plannings.calendar(people.me, "Agenda de Sacha", days_ago=3)
    page = people.brigade.terminal(people.chief)
    open_tab(page, "À traiter")
    expect(page.get_by_text("Rien à traiter")).to_be_visible()
    plannings.watch()
    expect(row(page, source_id)).to_contain_text("Silencieux depuis")
    expect(row(page, source_id)).to_contain_text("attendent votre confirmation")
    expect(row(page, source_id).get_by_role("link", name="Voir ce planning")).to_have_attribute(
        "href", f"#/reglages/calendriers/planning/{source_id}"
    )
    expect(page.get_by_role("link", name="À traiter 1")).to_be_visible()
    check(page, "desk-planning-silent")
    assert page.evaluate(SMALL) == []
    # Pausing it makes nobody hear of it: it stays there.
    plannings.pause(source_id)
    expect(row(page, source_id)).to_contain_text("En pause, silencieux depuis")
    check(page, "desk-planning-paused")
    row(page, source_id).get_by_role("link", name="Voir ce planning").click()
    expect(page.get_by_role("heading", name="Agenda de Sacha", level=1)).to_be_focused()
    expect(page.locator(".calendar-standing")).to_contain_text("En pause, silencieux")
    expect(page.locator(".calendar-standing")).to_contain_text("Les créneaux demandent votre confirmation.")
    expect(page.locator(".calendar-silent")).to_contain_text("Reprenez sa lecture")
    check(page, "planning-paused-silent")
    page.go_back()
    plannings.pause(source_id, paused=False)
    plannings.hear(source_id)
    expect(row(page, source_id)).to_have_count(0)
    expect(page.get_by_text("Rien à traiter")).to_be_visible()


def test_a_table_without_a_word_about_today_says_that_it_is_over(plannings, check):
    today = datetime.now(ZONE).date()
    source_id = plannings.table(f"martin;{today - 2 * DAYS:%d/%m/%Y};Premier à marcher;0h;24h", days_ago=2)
    plannings.watch()
    page = plannings.people.brigade.terminal(plannings.people.chief)
    go(page, f"#/reglages/calendriers/planning/{source_id}", "Feuille de service")
    silent = page.locator(".calendar-silent")
    expect(silent).to_contain_text("Ce tableau ne dit rien d’aujourd’hui.")
    expect(silent).to_contain_text("Déposez le suivant plus bas.")
    expect(silent).not_to_contain_text("limite")
    expect(page.get_by_label("Fichier CSV")).to_be_visible()
    check(page, "planning-table-over")


def test_without_network_the_desk_still_says_which_is_silent(plannings, check):
    people = plannings.people
    source_id = plannings.calendar(people.me, "Agenda de Sacha", days_ago=3)
    plannings.watch()
    page = people.brigade.terminal(people.chief)
    offline_ready(page)
    disconnect(page)
    page.close()
    page = page.context.new_page()
    page.goto(f"{people.brigade.url}/terminal/#/a-traiter")
    expect(row(page, source_id)).to_contain_text("Silencieux depuis")
    expect(page.get_by_text("Dernière mise à jour")).to_be_visible()
    check(page, "desk-planning-offline")


def test_an_appointment_says_why_it_waits(diary, plannings, check):
    people = plannings.people
    plannings.calendar(people.me, "Agenda de Sacha", days_ago=3)
    plannings.watch()
    # One that is paused and was heard of a moment ago is not why it waits.
    plannings.pause(plannings.calendar(people.me, "Agenda en pause"))
    one = diary.book(60 * 20, state=State.REQUESTED)
    with people.brigade.database.transaction() as session:
        session.merge(diary.row(one)).to_confirm_because = "planning_silent"
    page = people.brigade.terminal(people.chief)
    open_tab(page, "À traiter")
    expect(page.locator(f"[data-appointment='{one}']")).to_contain_text("Planning silencieux")
    go(page, f"#/agenda/{one}", "Porter plainte")
    why = page.get_by_role("region", name="Pourquoi il attend")
    expect(why.get_by_role("link", name="Planning silencieux")).to_contain_text("Agenda de Sacha")
    expect(why).not_to_contain_text("Agenda en pause")
    check(page, "appointment-to-confirm")
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name="Approuver").click()
    expect(why).to_have_count(0)


def test_what_a_planning_knows_of_me_says_so_and_cannot_be_cancelled(plannings, check):
    people = plannings.people
    source_id = plannings.calendar(people.me, "Agenda de Sacha", whole_day(3))
    today = datetime.now(ZONE).date()
    plannings.table(f"martin;{today:%d/%m/%Y};Premier à marcher;0h;24h")
    people.absence(people.me, days=5, word="Tribunal")
    page = people.brigade.terminal(people.me)
    go(page, "#/dispo", "Ma dispo")
    expect(page.locator(".position")).to_contain_text("D’après le planning « Feuille de service »")
    known = page.locator("li.row[data-source=planning]")
    expect(known).to_have_count(1)
    expect(known).to_contain_text("D’après le planning « Agenda de Sacha »")
    expect(known.get_by_role("button", name="Annuler")).to_have_count(0)
    expect(known.get_by_role("link", name="Voir le planning")).to_have_attribute(
        "href", f"#/reglages/calendriers/planning/{source_id}"
    )
    expect(page.locator("li.row[data-source=own]").get_by_role("button", name="Annuler")).to_have_count(1)
    check(page, "duty-planning")
    assert page.evaluate(SMALL) == []
    go(page, "#/agenda", "Agenda")
    planned = page.locator(".agenda-background[data-look=planned]")
    expect(planned).to_contain_text("Absence · D’après le planning « Agenda de Sacha »")
    expect(page.locator(".agenda-background[data-look=absent]")).to_have_count(1)
    check(page, "agenda-planning")


def test_a_table_is_the_chiefs_matter(plannings):
    people = plannings.people
    tomorrow = datetime.now(ZONE).date() + DAYS
    plannings.table(f"martin;{tomorrow:%d/%m/%Y};Non employable;0h;24h")
    page = people.brigade.terminal(people.me)
    go(page, "#/dispo", "Ma dispo")
    known = page.locator("li.row[data-source=planning]")
    expect(known).to_contain_text("Elle se change dans le planning de l’unité.")
    expect(known.get_by_role("link")).to_have_count(0)


def test_in_the_week_an_imported_absence_leads_to_its_planning(plannings, check):
    people = plannings.people
    source_id = plannings.calendar(people.me, "Agenda de Sacha", whole_day(7))
    people.absence(people.colleague, days=7, word="Tribunal")
    page = people.brigade.terminal(people.chief, viewport=DESK)
    go(page, "#/semaine", "La semaine")
    page.get_by_role("button", name="Semaine suivante").click()
    expect(page.locator(".week-note[data-source=planning]")).to_have_count(1)
    check(page, "week-planning")
    choose(page, "Gendarme")
    cell = page.locator(".week-share[data-source=planning]")
    expect(cell).to_have_count(1)
    expect(cell).to_contain_text("d’après le planning « Agenda de Sacha »")
    cell.click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_text("D’après le planning « Agenda de Sacha »")).to_be_visible()
    expect(panel.get_by_role("link", name="Voir le planning")).to_have_attribute(
        "href", f"#/reglages/calendriers/planning/{source_id}"
    )
    check(page, "week-panel-planning")
