"""What calendars hold: whose appointments, for how long, and numbers that only rise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.queries.agenda import CHANGES_FOR_CITIZENS, CHANGES_FOR_GENDARMES, changes_of, count_held, held_by
from models.rules.actor import Role
from models.rules.appointments import Outcome
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.assign_appointment import AssignAppointment, assign_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.leave_appointment import LeaveAppointment, leave_appointment
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.set_outcome import SetOutcome, set_outcome
from server.services.take_appointment import TakeAppointment, take_appointment
from server.services.want_earlier import WantEarlier, want_earlier
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, change_reason, citizen, keep
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent, seed_territory

SOON = NOW + timedelta(hours=1)


@pytest.fixture
def unit(session):
    return seed_territory(session)


@pytest.fixture
def chief(session, unit):
    chief = seed_agent(session, unit, Role.GENDARME, Role.CHIEF)
    seed_windows(session, chief, NINE, at(8), counters=2)
    return chief


@pytest.fixture
def martin(session, unit):
    return seed_agent(session, unit)


def take(session, appointment_id, agent, now=NOW):
    take_appointment(session, TakeAppointment(appointment_id), actor_of(agent), now)


def sequence(session, booked, which=CHANGES_FOR_GENDARMES):
    return changes_of(session, [booked.booking_id], which)[booked.booking_id].sequence


def starts(session, unit, agent, now=NOW):
    held = [one.starts_at for one in held_by(session, unit, agent.id, now)]
    assert count_held(session, unit, [agent.id], now) == ({agent.id: len(held)} if held else {})
    return held


def test_a_gendarme_holds_what_they_receive_and_nothing_else(session, unit, chief, martin):
    mine, theirs = book(session, unit.id, facts="Un secret."), book(session, unit.id, at(1))
    book(session, unit.id, at(2))
    take(session, mine.appointment_id, martin)
    take(session, theirs.appointment_id, chief)
    [held] = held_by(session, unit, martin.id, NOW)
    assert (held.appointment_id, held.booking_id) == (mine.appointment_id, mine.booking_id)
    assert (held.starts_at, held.ends_at, held.confirmed) == (NINE, NINE + timedelta(minutes=30), True)
    assert (held.unit_name, held.time_zone, held.place_kind, held.counter) == (unit.name, "Europe/Paris", "unit", 1)
    assert held.sequence == 1
    assert held.changed_at == NOW


def test_a_time_that_is_only_held_is_not_in_it(session, unit, chief, martin):
    seed_windows(session, chief, at(20), at(21), agent=martin)
    held = keep(session, unit.id, at(20))
    assert starts(session, unit, martin) == []
    booked = book(session, unit.id, at(20.5))
    assert starts(session, unit, martin) == [at(20.5)]
    assert held.appointment_id != booked.appointment_id


def test_what_is_requested_is_not_yet_confirmed(session, unit, chief, martin):
    change_reason(session, "neighbours", needs_approval=True)
    booked = book(session, unit.id)
    take(session, booked.appointment_id, martin)
    assert [one.confirmed for one in held_by(session, unit, martin.id, NOW)] == [False]
    approve_appointment(session, ApproveAppointment(booked.appointment_id), actor_of(chief), SOON)
    [held] = held_by(session, unit, martin.id, SOON)
    assert (held.confirmed, held.sequence, held.changed_at) == (True, 2, SOON)


def test_it_stays_for_a_week_of_the_units_own_days(session, unit, chief, martin):
    booked = book(session, unit.id)
    take(session, booked.appointment_id, martin)
    set_outcome(session, SetOutcome(booked.appointment_id, Outcome.HONOURED), actor_of(martin), NINE)
    # The day of 1 December ends at eleven in the evening, UTC.
    last = NINE.replace(hour=22, minute=59) + timedelta(days=7)
    assert starts(session, unit, martin, last) == [NINE]
    assert starts(session, unit, martin, last + timedelta(minutes=1)) == []


def test_one_who_did_not_come_was_waited_for(session, unit, chief, martin):
    booked = book(session, unit.id)
    take(session, booked.appointment_id, martin)
    before = sequence(session, booked)
    set_outcome(session, SetOutcome(booked.appointment_id, Outcome.NO_SHOW), actor_of(martin), NINE)
    assert starts(session, unit, martin, NINE) == [NINE]
    assert sequence(session, booked) == before


def changes_to(session, unit, chief, martin, booked):
    """Every kind of change, in an order in which each one is possible; done one by one."""
    yield take(session, booked.appointment_id, martin)
    yield approve_appointment(session, ApproveAppointment(booked.appointment_id), actor_of(chief), NOW)
    assignment = AssignAppointment(booked.appointment_id, (chief.id,))
    yield assign_appointment(session, assignment, actor_of(chief), NOW)
    yield leave_appointment(session, LeaveAppointment(booked.appointment_id), actor_of(chief), NOW)
    held = keep(session, unit.id, at(2), booking_id=booked.booking_id)
    yield move_appointment(session, MoveAppointment(booked.booking_id, held.hold_token), citizen(booked), NOW, TOKENS)
    yield take(session, held.appointment_id, martin)
    yield cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), NOW)


def test_its_number_rises_with_each_change(session, unit, chief, martin):
    change_reason(session, "neighbours", needs_approval=True)
    booked = book(session, unit.id)
    numbers, for_citizens = [sequence(session, booked)], [sequence(session, booked, CHANGES_FOR_CITIZENS)]
    for _ in changes_to(session, unit, chief, martin, booked):
        numbers.append(sequence(session, booked))
        for_citizens.append(sequence(session, booked, CHANGES_FOR_CITIZENS))
    assert numbers == list(range(8))
    # Who receives is not for them to know.
    assert for_citizens == [0, 0, 1, 1, 1, 2, 2, 3]


def test_what_changes_nothing_in_it_leaves_its_number(session, unit, chief, martin):
    booked = book(session, unit.id)
    take(session, booked.appointment_id, martin)
    before = changes_of(session, [booked.booking_id], CHANGES_FOR_GENDARMES)
    want_earlier(session, WantEarlier(booked.booking_id, wanted=True), SOON)
    take(session, booked.appointment_id, martin, SOON)
    assert changes_of(session, [booked.booking_id], CHANGES_FOR_GENDARMES) == before
