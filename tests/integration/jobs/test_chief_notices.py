"""Chiefs hear once that a planning is silent, or that it contradicts what is near: real jobs, a real push service."""

from __future__ import annotations

from datetime import time, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, text

from models.planning_events import PlanningSilent
from models.record import record
from models.rules.actor import Role
from models.rules.chief_notices import ASK_AGAIN, GIVEN_UP_AFTER, LONGEST_WAIT
from models.rules.duty import Status
from models.tables import Agent, ChiefNotice, DutyStatus, Event, PlanningClash, PlanningSource
from server.jobs.chief_notices import tell_chief_again, tell_chiefs
from server.services._clashes import weigh_clashes
from server.services.keep_clash import KeepClash, keep_clash
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.take_appointment import TakeAppointment, take_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import book, change_reason
from tests.support.planned import import_absence, seed_source
from tests.support.push_service import Say
from tests.support.seed import NOW, actor_of, seed_unit

TOMORROW = NOW + timedelta(hours=20)


@pytest.fixture
def paths(people, phones):
    """A terminal each for the chief and for somebody who is none."""
    return {"chief": phones.give(people.chief), "available": phones.give(people.available)}


def contradict(database, people, *starts, reason="neighbours"):
    """Appointments of a gendarme who is away by the planning; returns the events that say so."""
    with database.transaction() as session:
        gendarme = session.get_one(Agent, people.available.id)
        for start in starts:
            seed_windows(session, session.get_one(Agent, people.chief.id), start, start + timedelta(hours=1))
            booked = book(session, gendarme.unit_id, start, reason=reason)
            take_appointment(session, TakeAppointment(booked.appointment_id), actor_of(gendarme), NOW)
        source = seed_source(session, gendarme)
        import_absence(session, source, gendarme, NOW, NOW + timedelta(days=30))
        weigh_clashes(session, gendarme.unit_id, NOW)
        return session.scalars(select(Event.id).where(Event.name == "clash_raised").order_by(Event.id)).all()


def fall_silent(database, people):
    """A source of the chief's that nobody hears any more; returns the event that says so."""
    with database.transaction() as session:
        chief = session.get_one(Agent, people.chief.id)
        source = seed_source(session, chief, silent_since=NOW)
        event = PlanningSilent(at=NOW, unit_id=chief.unit_id, planning_id=str(source.id))
        return record(session, event), source.id


def jobs(database, task="tell_chiefs"):
    with database.transaction() as session:
        rows = text(
            "SELECT args ->> 'event_id', scheduled_at FROM procrastinate_jobs WHERE task_name = :task ORDER BY id"
        )
        return [(int(event_id), at) for event_id, at in session.execute(rows, {"task": task})]


def silent_again(database, source_id, at):
    with database.transaction() as session:
        session.get_one(PlanningSource, source_id).silent_since = at


def test_a_silence_is_told_once_to_chiefs_alone(people, phones, paths, database):
    event_id, source_id = fall_silent(database, people)
    for _ in range(3):
        tell_chiefs(event_id)
    (shown,) = phones.shown(paths["chief"])
    assert shown["title"] == "Un planning ne répond plus"
    assert shown["navigate"] == f"/terminal/#/reglages/calendriers/planning/{source_id}"
    assert shown["silent"] is False
    assert phones.shown(paths["available"]) == []


@pytest.mark.parametrize("since", [None, NOW + timedelta(minutes=1)], ids=["heard again", "another silence"])
def test_a_silence_that_is_over_is_told_no_more(people, phones, paths, database, since):
    event_id, source_id = fall_silent(database, people)
    silent_again(database, source_id, since)
    tell_chiefs(event_id)
    assert phones.shown(paths["chief"]) == []
    # None but what its own commit has deferred.
    assert jobs(database) == [(event_id, None)]


def test_a_clash_leads_to_its_appointment(people, phones, paths, database):
    (event_id,) = contradict(database, people, TOMORROW)
    # Its commit has deferred the job.
    assert jobs(database) == [(event_id, None)]
    tell_chiefs(event_id)
    with database.transaction() as session:
        appointment_id = session.scalar(select(PlanningClash.appointment_id))
    (shown,) = phones.shown(paths["chief"])
    assert (shown["title"], shown["navigate"]) == (
        "Le planning contredit un rendez-vous",
        f"/terminal/#/agenda/{appointment_id}",
    )


def test_several_are_one_notice_and_far_ones_none(people, phones, paths, database):
    event_ids = contradict(database, people, TOMORROW, TOMORROW + timedelta(hours=2), NOW + timedelta(hours=73))
    assert len(event_ids) == 3
    for event_id in event_ids:
        tell_chiefs(event_id)
    (shown,) = phones.shown(paths["chief"])
    assert (shown["title"], shown["navigate"]) == ("Le planning contredit 2 rendez-vous", "/terminal/#/a-traiter")


def test_of_a_discreet_one_nothing_is_said(people, phones, paths, database):
    with database.transaction() as session:
        change_reason(session, "neighbours", discreet=True)
    (event_id,) = contradict(database, people, TOMORROW)
    tell_chiefs(event_id)
    (shown,) = phones.shown(paths["chief"])
    assert (shown["title"], shown["body"]) == ("Vous avez un message", "Vous avez un message.")


def test_what_the_chief_has_kept_is_told_no_more(people, phones, paths, database):
    (event_id,) = contradict(database, people, TOMORROW)
    with database.transaction() as session:
        clash = session.scalars(select(PlanningClash)).one()
        keep_clash(session, KeepClash(clash.appointment_id, clash.id), actor_of(people.chief), NOW)
    tell_chiefs(event_id)
    assert phones.shown(paths["chief"]) == []


def test_in_hours_of_rest_nothing_rings(people, phones, database):
    path = phones.give(people.chief, quiet=(time(0), time(23, 59)))
    tell_chiefs(fall_silent(database, people)[0])
    assert [shown["silent"] for shown in phones.shown(path)] == [True]


def test_a_chief_who_is_away_hears_when_they_are_back(people, phones, paths, database, clock):
    with database.transaction() as session:
        session.add(_position(people.chief, Status.OFF_DUTY, NOW, NOW + timedelta(minutes=30)))
    event_id, _ = fall_silent(database, people)
    tell_chiefs(event_id)
    assert phones.shown(paths["chief"]) == []
    assert jobs(database) == [(event_id, None), (event_id, NOW + ASK_AGAIN)]
    clock.now += ASK_AGAIN
    tell_chiefs(event_id)
    assert len(phones.shown(paths["chief"])) == 1
    assert len(jobs(database)) == 2


def test_a_run_that_is_repeated_while_nobody_is_there_asks_again_once(people, phones, database, clock):
    event_id, _ = fall_silent(database, people)
    for _ in range(3):
        tell_chiefs(event_id)
    assert jobs(database) == [(event_id, None), (event_id, NOW + ASK_AGAIN)]
    clock.now += ASK_AGAIN
    # What was left of it runs at its time, and what a dead worker has left runs beside it.
    for _ in range(2):
        tell_chiefs(event_id)
    assert jobs(database)[2:] == [(event_id, NOW + 2 * ASK_AGAIN)]


def test_while_nobody_is_there_several_clashes_are_asked_about_together(people, phones, database):
    event_ids = contradict(database, people, TOMORROW, TOMORROW + timedelta(hours=2), NOW + timedelta(hours=73))
    for event_id in reversed(event_ids):
        tell_chiefs(event_id)
    assert jobs(database)[3:] == [(event_ids[-1], NOW + ASK_AGAIN)]


def test_who_is_never_there_is_asked_for_less_and_less_and_some_day_no_more(people, phones, database, clock):
    event_id, _ = fall_silent(database, people)
    looks = [NOW]
    tell_chiefs(event_id)
    while len(looks) < 60 and (at := jobs(database)[-1][1]) != looks[-1] and at is not None:
        looks.append(at)
        clock.now = at
        tell_chiefs(event_id)
    waits = [later - earlier for earlier, later in pairwise(looks)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (ASK_AGAIN, LONGEST_WAIT)
    assert GIVEN_UP_AFTER <= looks[-1] - NOW < GIVEN_UP_AFTER + LONGEST_WAIT


def test_a_unit_without_a_chief_is_asked_once(people, phones, database):
    event_id, _ = fall_silent(database, people)
    with database.transaction() as session:
        session.get_one(Agent, people.chief.id).roles = [Role.GENDARME]
    tell_chiefs(event_id)
    assert jobs(database) == [(event_id, None)]


def test_whoever_could_not_be_reached_has_not_been_told(people, phones, database, clock):
    event_id, _ = fall_silent(database, people)
    tell_chiefs(event_id)
    path = phones.give(people.chief)
    clock.now += ASK_AGAIN
    tell_chiefs(event_id)
    assert len(phones.shown(path)) == 1


def test_what_another_unit_is_contradicted_in_is_none_of_theirs(people, phones, paths, database):
    (event_id,) = contradict(database, people, TOMORROW)
    with database.transaction() as session:
        other = seed_unit(session, 2, "Culoz")
        session.scalars(select(PlanningClash)).one().unit_id = other.id
    tell_chiefs(event_id)
    assert phones.shown(paths["chief"]) == []


def test_what_the_push_service_wants_later_comes_later_and_once(people, phones, paths, database, service, clock):
    service.answer(Say(429, {"Retry-After": "60"}), path=paths["chief"])
    event_id, _ = fall_silent(database, people)
    tell_chiefs(event_id)
    with database.transaction() as session:
        (args,) = session.scalars(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'tell_chief_again'"))
    clock.forward(minutes=2)
    tell_chief_again(**args)
    assert len(phones.shown(paths["chief"])) == 2
    tell_chiefs(event_id)
    assert len(phones.shown(paths["chief"])) == 2


def test_whoever_was_told_is_forgotten_after_a_while(people, phones, paths, database):
    tell_chiefs(fall_silent(database, people)[0])
    with database.transaction() as session:
        assert session.scalars(select(ChiefNotice.agent_id)).all() == [people.chief.id]
        for days, deleted in ((89, 0), (91, 1)):
            assert purge_expired(session, PurgeExpired(), NOW + timedelta(days=days))["chief_notices"] == deleted


def _position(agent, status, since, until):
    return DutyStatus(agent_id=agent.id, status=status, since=since, until=until, source="own", set_by_id=agent.id)
