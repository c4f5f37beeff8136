"""What the planning says against appointments, decided on the terminal: with and without network, and too late."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.rules.appointments import State
from models.tables import Absence, AppointmentAgent, PlanningClash
from server.services._clashes import weigh_clashes
from tests.journeys.test_terminal_availability import disconnect, open_tab, reconnect
from tests.journeys.test_terminal_availability_screens import SMALL, go
from tests.support.brigade import DESK, offline_ready
from tests.support.planned import import_absence, seed_source
from tests.support.processes import wait_until
from tests.support.roster import choose
from tests.support.week import tell


class Planning:
    """Somebody's calendar, as it was last read, and what follows from it."""

    def __init__(self, diary) -> None:
        self.diary = diary
        self.database = diary.people.brigade.database
        with self.database.transaction() as session:
            self.source = seed_source(session, diary.people.me)
            self.source.name = "Agenda de Sacha"

    def takes(self, appointment_id: str, agent) -> None:
        """The planning says that the agent is away at that time."""
        with self.database.transaction() as session:
            row = self.diary.row(appointment_id)
            absence = import_absence(session, session.merge(self.source), agent, row.starts_at, row.ends_at)
            tell(session, row.unit_id, f"absence/{absence.id}")
            weigh_clashes(session, row.unit_id, datetime.now(UTC))

    def forgets(self, agent) -> None:
        """It says so no longer."""
        with self.database.transaction() as session:
            for row in session.scalars(select(Absence).where(Absence.agent_id == agent.id)):
                session.delete(row)
            weigh_clashes(session, agent.unit_id, datetime.now(UTC))

    def kept(self, appointment_id: str) -> bool:
        """The chief has said that it is kept, as the server holds it."""
        with self.database.transaction() as session:
            clash = session.scalars(
                select(PlanningClash).where(PlanningClash.appointment_id == UUID(appointment_id))
            ).one()
            return clash.kept_at is not None

    def receivers(self, appointment_id: str) -> list[int]:
        with self.database.transaction() as session:
            return list(
                session.scalars(
                    select(AppointmentAgent.agent_id).where(AppointmentAgent.appointment_id == UUID(appointment_id))
                )
            )


@pytest.fixture
def planning(diary):
    return Planning(diary)


def row(page, appointment_id):
    return page.locator(f"[data-clash-of='{appointment_id}']")


def test_a_clash_appears_is_given_to_a_colleague_and_goes(diary, planning):
    people = diary.people
    one = diary.book(60 * 20, agents=[people.me])
    page = people.brigade.terminal(people.chief)
    open_tab(page, "À traiter")
    expect(page.get_by_text("Rien à traiter")).to_be_visible()
    planning.takes(one, people.me)
    expect(row(page, one)).to_contain_text("Adjudant Sacha Martin n’est pas là d’après le planning")
    expect(page.get_by_role("link", name="À traiter 1")).to_be_visible()
    row(page, one).get_by_role("button", name="Confier à Gendarme Lou Petit").click()
    expect(row(page, one)).to_have_count(0)
    expect(page.locator("#clashes-title")).to_be_focused()
    wait_until(lambda: planning.receivers(one) == [people.colleague.id], "the colleague receives")
    expect(page.locator(".notice-conflict")).to_have_count(0)


def test_without_network_the_chief_keeps_it_and_the_server_hears_later(diary, planning):
    people = diary.people
    one = diary.book(60 * 20, agents=[people.me])
    planning.takes(one, people.me)
    page = people.brigade.terminal(people.chief)
    offline_ready(page)
    disconnect(page)
    page.close()
    page = page.context.new_page()
    page.goto(f"{people.brigade.url}/terminal/#/a-traiter")
    row(page, one).get_by_role("button", name="Garder quand même").click()
    expect(row(page, one)).to_have_count(0)
    go(page, f"#/agenda/{one}", "Porter plainte")
    expect(page.get_by_text("Gardé malgré le planning par Major Claude Roux")).to_be_visible()
    expect(page.locator(".detail-state .mark-pending")).to_be_visible()
    assert not planning.kept(one)
    reconnect(page)
    wait_until(lambda: planning.kept(one), "the server knows that it is kept")
    expect(page.locator(".mark-pending")).to_have_count(0)
    assert diary.row(one).state == State.CONFIRMED
    assert planning.receivers(one) == [people.me.id]


def test_what_the_planning_takes_back_meanwhile_is_no_conflict(diary, planning):
    people = diary.people
    one = diary.book(60 * 20, agents=[people.me])
    planning.takes(one, people.me)
    page = people.brigade.terminal(people.chief)
    offline_ready(page)
    disconnect(page)
    open_tab(page, "À traiter")
    row(page, one).get_by_role("button", name="Garder quand même").click()
    planning.forgets(people.me)
    reconnect(page)
    go(page, f"#/agenda/{one}", "Porter plainte")
    expect(page.locator(".mark-pending")).to_have_count(0)
    expect(page.locator(".notice-conflict")).to_have_count(0)
    expect(page.get_by_text("Le planning dit autre chose")).to_have_count(0)


def test_a_colleague_who_was_given_something_meanwhile_says_so(diary, planning):
    people = diary.people
    one = diary.book(60 * 20, agents=[people.me])
    planning.takes(one, people.me)
    page = people.brigade.terminal(people.chief)
    offline_ready(page)
    disconnect(page)
    open_tab(page, "À traiter")
    row(page, one).get_by_role("button", name="Confier à Gendarme Lou Petit").click()
    diary.take(diary.book(60 * 20, counter=1), people.colleague)
    reconnect(page)
    card = page.locator(".notice-conflict")
    expect(card).to_contain_text("Le rendez-vous n’a pas été confié")
    expect(card).to_contain_text("Gendarme Lou Petit reçoit déjà quelqu’un")
    # It waits for a decision again, and nobody proposes a colleague who is busy.
    expect(row(page, one)).to_be_visible()
    expect(row(page, one).get_by_role("button", name="Confier à Gendarme Lou Petit")).to_have_count(0)


def test_other_times_come_filled_in(diary, planning):
    people = diary.people
    one = diary.book(60 * 20, agents=[people.me])
    planning.takes(one, people.me)
    page = people.brigade.terminal(people.chief)
    open_tab(page, "À traiter")
    row(page, one).get_by_role("link", name="Autres horaires").click()
    expect(page.get_by_text("Horaires libres quand le planning a changé.")).to_be_visible()
    assert all(page.locator(f"[name={kind}_{n}]").input_value() for kind in ("day", "time") for n in (1, 2, 3))
    page.get_by_role("button", name="Proposer ces horaires").click()
    wait_until(lambda: diary.row(one).state == State.CANCELLED, "the time is given up for others")


def test_a_gendarme_sees_it_and_decides_nothing(diary, planning, check):
    people = diary.people
    one = diary.book(60 * 20, agents=[people.me])
    planning.takes(one, people.me)
    page = people.brigade.terminal(people.me)
    go(page, f"#/agenda/{one}", "Porter plainte")
    expect(page.get_by_text("Le commandant décide.")).to_be_visible()
    expect(page.get_by_role("button", name="Garder quand même")).to_have_count(0)
    check(page, "appointment-clash-mine")


def test_every_look_of_a_clash(diary, planning, check):
    people = diary.people
    one, alone = diary.book(60 * 20, agents=[people.me]), diary.book(60 * 44, reason="fraud", counter=1)
    planning.takes(one, people.me)
    for agent in (people.me, people.colleague, people.chief):
        planning.takes(alone, agent)
    page = people.brigade.terminal(people.chief)
    go(page, "#/a-traiter", "À traiter")
    expect(row(page, alone)).to_contain_text("Plus aucun gendarme n’est libre")
    check(page, "desk-clashes")
    assert page.evaluate(SMALL) == []
    go(page, f"#/agenda/{one}", "Porter plainte")
    check(page, "appointment-clash")
    assert page.evaluate(SMALL) == []
    go(page, f"#/agenda/{one}/horaires", "Proposer d’autres horaires")
    check(page, "appointment-propose-clash")
    go(page, "#/reglages", "Réglages")
    choose(page, "English")
    go(page, "#/a-traiter", "To do")
    check(page, "desk-clashes-english")


def test_the_week_shows_it_in_both_pictures(diary, planning, check):
    people = diary.people
    # Within this week or the next, never on the border between them.
    one = diary.book(60 * 24 * 7, agents=[people.me])
    planning.takes(one, people.me)
    people.absence(people.colleague, days=7, word="Tribunal")
    page = people.brigade.terminal(people.chief, viewport=DESK)
    go(page, "#/semaine", "La semaine")
    page.get_by_role("button", name="Semaine suivante").click()
    expect(page.locator(".week-block[data-clash]")).to_have_attribute(
        "title", re.compile("Adjudant Sacha Martin n’est pas là d’après le planning$")
    )
    check(page, "week-clash")
    choose(page, "Gendarme")
    expect(page.locator(".week-share[data-source=planning]")).to_have_count(1)
    expect(page.locator(".week-share[data-hatched]")).to_have_count(2)
    check(page, "week-people-clash")


def test_two_hundred_of_them(diary, planning, check):
    people = diary.people
    booked = [diary.book(60 * 24 + number * 45, agents=[people.me], length=30) for number in range(200)]
    with people.brigade.database.transaction() as session:
        first, last = diary.row(booked[0]), diary.row(booked[-1])
        import_absence(session, session.merge(planning.source), people.me, first.starts_at, last.ends_at)
        weigh_clashes(session, first.unit_id, datetime.now(UTC) - timedelta(minutes=5))
    page = people.brigade.terminal(people.chief)
    go(page, "#/a-traiter", "À traiter")
    expect(page.locator("[data-clash-of]")).to_have_count(200)
    check(page, "desk-clashes-full")
