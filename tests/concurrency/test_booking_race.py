"""Real commits from many threads: a time goes to one of them, a double tap is one booking, a move is whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from models.rules.actor import CitizenActor, Role
from models.rules.appointments import BOOKED, State
from models.rules.errors import Conflict
from models.tables import Agent, Appointment, Booking, Unit
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.move_appointment import MoveAppointment, move_appointment
from tests.concurrency.test_services_race import race
from tests.support.agenda import seed_windows
from tests.support.bookings import CAMILLE, NINE, at, book, citizen, keep
from tests.support.planned import seed_source
from tests.support.seed import NOW, TOKENS, seed_agent, seed_territory

CROWD = 50
# What two appointments that share a counter at one instant would be found by.
OVERLAPS = text(
    "SELECT count(*) FROM appointments a JOIN appointments b ON a.counter_id = b.counter_id AND a.id < b.id"
    " AND a.occupied && b.occupied AND a.occupies AND b.occupies"
)


@pytest.fixture
def unit(database) -> Unit:
    """A unit that receives from nine to half past ten, at one counter: three times of half an hour."""
    with database.transaction() as session:
        unit = seed_territory(session)
        seed_windows(session, seed_agent(session, unit, Role.CHIEF), NINE, at(1.5))
    return unit


def count(database, *states):
    with database.transaction() as session:
        assert session.scalar(OVERLAPS) == 0
        return session.scalar(select(func.count()).select_from(Appointment).where(Appointment.state.in_(states)))


def test_three_of_fifty_get_the_three_times(database, unit):
    def racer(number):
        def run():
            with database.transaction() as session:
                held = keep(session, unit.id, at(0.5 * (number % 3)))
            with database.transaction() as session:
                details = replace(CAMILLE, phone="", email=f"{number}@example.org")
                command = BookAppointment(held.hold_token, details, "fr", str(number))
                return book_appointment(session, command, CitizenActor(), NOW, TOKENS)

        return run

    answers = race([racer(number) for number in range(CROWD)])
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(refused) == CROWD - 3
    assert {answer.code for answer in refused} == {"slot_taken"}
    assert count(database, *BOOKED) == 3
    with database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM free_times")) == 0


def test_a_double_tap_is_one_booking(database, unit):
    with database.transaction() as session:
        held = keep(session, unit.id)
    command = BookAppointment(held.hold_token, CAMILLE, "fr", str(uuid4()))

    def tap():
        with database.transaction() as session:
            return book_appointment(session, command, CitizenActor(), NOW, TOKENS)

    answers = race([tap] * 12)
    assert len({answer.reference for answer in answers}) == 1
    assert [answer.again for answer in answers].count(False) == 1
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == 1


def test_two_tabs_move_and_cancel_at_once_and_one_thing_has_happened(database, unit):
    with database.transaction() as session:
        booked = book(session, unit.id)
        held = keep(session, unit.id, at(1), booking_id=booked.booking_id)

    def move():
        with database.transaction() as session:
            command = MoveAppointment(booked.booking_id, held.hold_token)
            return move_appointment(session, command, citizen(booked), NOW, TOKENS)

    def cancel():
        with database.transaction() as session:
            return cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), NOW)

    race([move, cancel] * 4)
    # Whoever was first: in the end the citizen had cancelled, and nothing is kept for them.
    assert count(database, *BOOKED, State.HELD) == 0
    with database.transaction() as session:
        assert session.get_one(Booking, booked.booking_id).ended_at == NOW
        assert session.scalar(text("SELECT count(*) FROM free_times")) == 1


def test_those_who_come_when_a_hold_runs_out_do_not_share_it(database, unit):
    with database.transaction() as session:
        for hours in (0, 0.5, 1):
            keep(session, unit.id, at(hours))

    def late():
        with database.transaction() as session:
            return keep(session, unit.id, now=NOW + timedelta(minutes=10))

    answers = race([late] * 12)
    assert sum(not isinstance(answer, Conflict) for answer in answers) == 1
    assert count(database, State.HELD) == 1
    assert count(database, State.EXPIRED) == 3


def test_twenty_at_once_get_three_of_five_counters_when_the_planning_leaves_three(database, unit):
    with database.transaction() as session:
        chief = session.scalars(select(Agent).where(Agent.unit_id == unit.id)).one()
        for _ in range(2):
            seed_agent(session, unit)
        seed_windows(session, chief, NINE, at(0.5), counters=4)
        seed_source(session, chief)

    def run():
        with database.transaction() as session:
            return keep(session, unit.id)

    answers = race([run] * 20)
    assert sum(not isinstance(answer, Conflict) for answer in answers) == 3
    assert {answer.code for answer in answers if isinstance(answer, Conflict)} == {"slot_taken"}
    assert count(database, State.HELD) == 3
