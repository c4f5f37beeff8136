"""What the clock asks of many units' citizens at once, while somebody else holds some of these units."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from models.appointment_events import AppointmentOpinionAsked, AppointmentReminded
from models.events import unit_scope
from models.record import lock_scopes
from models.rules.actor import Role
from models.rules.appointments import EndedBy, State
from models.tables import Appointment, Booking, Event
from server.services.ask_opinions import AskOpinions, ask_opinions
from server.services.remind_citizens import RemindCitizens, remind_citizens
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.processes import wait_until
from tests.support.seed import NOW, seed_agent, seed_unit

# As numbers in this order, as names of locks in the other one.
UNITS = (9, 10)


@pytest.fixture
def bookings(database):
    """A booking of each unit, of an appointment that took place yesterday or is tomorrow."""

    def make(starts_at):
        with database.transaction() as session:
            return [_seed(session, unit_id, starts_at).booking_id for unit_id in UNITS]

    return make


def _seed(session, unit_id, starts_at):
    chief = seed_agent(session, seed_unit(session, unit_id, f"Brigade {unit_id}"), Role.CHIEF)
    (window,) = seed_windows(session, chief, starts_at, starts_at + timedelta(hours=1))
    return seed_appointment(session, window, starts_at, reason_code="neighbours", now=NOW - timedelta(days=9))


def honour(database):
    ended_at = NOW - timedelta(hours=30)
    with database.transaction() as session:
        session.execute(update(Appointment).values(state=State.HONOURED, ended_at=ended_at, ended_by=EndedBy.UNIT))
        for number, unit_id in enumerate(UNITS):
            # The one whose lock comes last ended first.
            ended = ended_at + timedelta(minutes=number)
            session.execute(update(Booking).where(Booking.unit_id == unit_id).values(ended_at=ended))


def while_held(database, work, change):
    """Run `work` while this transaction holds the unit whose lock comes first; `change` what it holds before it ends.

    Returns:
        What `work` returned.
    """

    def run():
        with database.transaction() as session:
            return work(session)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            lock_scopes(session, {unit_scope(UNITS[1])})
            future = pool.submit(run)
            wait_until(lambda: waits(database), "it waits for the unit")
            change(session)
        return future.result(timeout=60)


def waits(database):
    with database.transaction() as session:
        return bool(
            session.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
            )
        )


def subjects(database, kind):
    with database.transaction() as session:
        return set(session.scalars(select(Event.booking_id).where(Event.name == kind.name)))


def take_the_other(session):
    lock_scopes(session, {unit_scope(UNITS[0])})


def test_reminders_cross_nobody_who_locks_in_the_common_order(database, bookings):
    found = bookings(NOW + timedelta(hours=40))
    done = while_held(database, lambda session: remind_citizens(session, RemindCitizens(), NOW), take_the_other)
    assert done == len(UNITS)
    assert subjects(database, AppointmentReminded) == set(found)


def test_opinions_cross_nobody_who_locks_in_the_common_order(database, bookings):
    found = bookings(NOW - timedelta(hours=31))
    honour(database)
    asked = while_held(database, lambda session: ask_opinions(session, AskOpinions(), NOW), take_the_other)
    assert asked == len(UNITS)
    assert subjects(database, AppointmentOpinionAsked) == set(found)


@pytest.mark.parametrize("change", [{"erased_at": NOW}, {"told_by": "nothing"}])
def test_whoever_has_gone_meanwhile_is_not_asked_and_the_others_are(database, bookings, change):
    found = bookings(NOW - timedelta(hours=31))
    honour(database)

    def go(session):
        session.execute(update(Booking).where(Booking.id == found[1]).values(**change))

    assert while_held(database, lambda session: ask_opinions(session, AskOpinions(), NOW), go) == 1
    assert subjects(database, AppointmentOpinionAsked) == {found[0]}
