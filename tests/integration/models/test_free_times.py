"""The database itself keeps `free_times` true and lets no two appointments overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from models.rules.actor import Role
from models.rules.appointments import State
from models.tables import Absence, AppointmentAgent, FreeTime
from models.tables.appointment import AGENT_BUSY, COUNTER_BUSY
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.seed import NOW, seed_agent, seed_unit

NINE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def hours(value: float) -> datetime:
    return NINE + timedelta(hours=value)


def free(session):
    rows = session.execute(select(FreeTime.starts_at, FreeTime.ends_at).order_by(FreeTime.starts_at, FreeTime.ends_at))
    return [((start - NINE) / timedelta(hours=1), (end - NINE) / timedelta(hours=1)) for start, end in rows]


@pytest.fixture
def chief(session):
    return seed_agent(session, seed_unit(session), Role.CHIEF)


def test_a_window_is_free_until_somebody_books(session, chief):
    (window,) = seed_windows(session, chief, NINE, hours(3))
    assert free(session) == [(0, 3)]
    appointment = seed_appointment(session, window, hours(1), minutes=30, buffer=15, state=State.HELD)
    assert free(session) == [(0, 1), (1.75, 3)]
    appointment.state, appointment.ended_at, appointment.held_until = State.EXPIRED, NOW, None
    session.flush()
    assert free(session) == [(0, 3)]


def test_a_window_of_a_named_gendarme_loses_their_absences_and_other_appointments(session, chief):
    (own,) = seed_windows(session, chief, NINE, hours(4), agent=chief)
    (other,) = seed_windows(session, chief, hours(10), hours(12))
    (beside,) = seed_windows(session, chief, NINE, hours(4))
    seed_appointment(session, beside, hours(1), minutes=60, agents=[chief])
    absence = Absence(id=uuid4(), agent_id=chief.id, during=Range(hours(3), hours(9)), source="own", declared_at=NOW)
    session.add(absence)
    session.flush()
    assert free(session) == [(0, 1), (0, 1), (2, 3), (2, 4), (10, 12)]
    absence.cancelled_at, absence.cancelled_by_id = NOW, chief.id
    session.flush()
    assert free(session) == [(0, 1), (0, 1), (2, 4), (2, 4), (10, 12)]
    session.delete(own)
    session.flush()
    assert free(session) == [(0, 1), (2, 4), (10, 12)]
    assert other.counter_id != beside.counter_id


def test_no_counter_has_two_appointments_at_once(session, chief):
    (window,) = seed_windows(session, chief, NINE, hours(3))
    seed_appointment(session, window, hours(1), minutes=30, buffer=15)
    with pytest.raises(IntegrityError, match=COUNTER_BUSY), session.begin_nested():
        seed_appointment(session, window, hours(1.5))


def test_whoever_was_said_to_have_come_keeps_counter_and_gendarme_until_the_end(session, chief):
    first, second = seed_windows(session, chief, NINE, hours(3), counters=2)
    appointment = seed_appointment(session, first, NINE, minutes=120, agents=[chief])
    appointment.state, appointment.ended_at = State.HONOURED, NINE
    session.flush()
    assert free(session) == [(0, 3), (2, 3)]
    with pytest.raises(IntegrityError, match=COUNTER_BUSY), session.begin_nested():
        seed_appointment(session, first, hours(0.5))
    with pytest.raises(IntegrityError, match=AGENT_BUSY), session.begin_nested():
        seed_appointment(session, second, hours(0.5), agents=[chief])
    appointment.state = State.NO_SHOW
    session.flush()
    assert free(session) == [(0, 3), (0, 3)]
    seed_appointment(session, first, hours(0.5), agents=[chief])


def test_no_gendarme_has_two_appointments_at_once_and_an_ended_one_frees_them(session, chief):
    first, second = seed_windows(session, chief, NINE, hours(3), counters=2)
    appointment = seed_appointment(session, first, hours(1), agents=[chief])
    with pytest.raises(IntegrityError, match=AGENT_BUSY), session.begin_nested():
        seed_appointment(session, second, hours(1), agents=[chief])
    appointment.state, appointment.ended_at = State.CANCELLED, NOW
    session.flush()
    row = session.scalars(select(AppointmentAgent).execution_options(populate_existing=True)).one()
    assert not row.occupies
    seed_appointment(session, second, hours(1), agents=[chief])
