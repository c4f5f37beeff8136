"""Real commits from many threads: as many citizens get a time as there are times, everybody else hears of the next."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from models.database import Database
from models.queries.slots import next_slots
from models.rules.actor import CitizenActor, Role
from models.rules.appointments import OCCUPYING, State
from models.rules.errors import Conflict
from models.tables import Appointment, AppointmentAgent, Unit
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.move_appointment import MoveAppointment, move_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import CAMILLE, NINE, at, book, change_reason
from tests.support.recomputation import overlaps, recomputed_gaps, stored_gaps
from tests.support.seed import NOW, TOKENS, seed_agent, seed_unit

CITIZENS = 50
REASON = "neighbours"  # Half an hour without a pause: each hour of a window has two places.


@pytest.fixture
def database(database_url):
    """More connections than two web processes have, so that the race is in the database and not in the pool."""
    database = Database(database_url, pool_size=25)
    yield database
    database.dispose()


@pytest.fixture
def chief(database):
    with database.transaction() as session:
        return seed_agent(session, seed_unit(session), Role.CHIEF)


def race(racers):
    """Start all at once; returns each one's answer, or the refusal it got."""
    barrier = Barrier(len(racers))

    def run(racer):
        barrier.wait(timeout=30)
        try:
            return racer()
        except Conflict as refusal:
            return refusal

    with ThreadPoolExecutor(len(racers)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, racer) for racer in racers]]


def come(database, unit_id, starts_at):
    """Hold a time and book it as the pages do it: a transaction each. Returns the appointment's id."""
    with database.transaction() as session:
        held = hold_slot(session, HoldSlot(unit_id, REASON, starts_at), NOW, TOKENS)
    who = replace(CAMILLE, phone="", email=f"{uuid4()}@example.org")
    command = BookAppointment(held.hold_token, who, "fr", str(uuid4()))
    with database.transaction() as session:
        return book_appointment(session, command, CitizenActor(), NOW, TOKENS).appointment_id


def move(database, unit_id, booking_id, starts_at):
    with database.transaction() as session:
        held = hold_slot(session, HoldSlot(unit_id, REASON, starts_at, booking_id), NOW, TOKENS)
    with database.transaction() as session:
        command = MoveAppointment(booking_id, held.hold_token)
        move_appointment(session, command, CitizenActor(booking_id=booking_id), NOW, TOKENS)
    return held.appointment_id


def booked_starts(database):
    """Where citizens have a time, after checking that no double booking and no wrong index are left."""
    with database.transaction() as session:
        assert overlaps(session) == {}
        assert stored_gaps(session) == recomputed_gaps(session)
        rows = session.execute(
            select(Appointment.starts_at, Appointment.state).where(Appointment.state.in_(OCCUPYING))
        ).all()
    assert {state for _, state in rows} <= {State.CONFIRMED}
    return Counter(start.astimezone(UTC) for start, _ in rows)


def told_next(refusal):
    assert refusal.code == "slot_taken"
    return [datetime.fromisoformat(text) for text in refusal.detail["next"]]


@pytest.mark.parametrize("counters", ["one", "two", "a named gendarme's and another"])
def test_ten_of_fifty_get_one_of_ten_slots_and_the_others_hear_of_the_next(database, chief, counters):
    hours = 5 if counters == "one" else 2.5
    with database.transaction() as session:
        seed_windows(session, chief, NINE, at(hours), counters=2 if counters == "two" else 1)
        if counters.startswith("a named"):
            seed_windows(session, chief, NINE, at(hours), agent=chief)
        seed_windows(session, chief, at(24), at(27))
    starts = [at(half / 2) for half in range(int(hours * 2))]

    wishes = [starts[number % len(starts)] for number in range(CITIZENS)]
    answers = race([lambda start=wish: come(database, chief.unit_id, start) for wish in wishes])

    winners = [answer for answer in answers if isinstance(answer, UUID)]
    losers = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(winners), len(set(winners)), len(losers)) == (10, 10, CITIZENS - 10)
    assert booked_starts(database) == Counter({start: 10 // len(starts) for start in starts})
    offered = {start for loser in losers for start in told_next(loser)}
    assert all(len(told_next(loser)) == 3 for loser in losers)
    # While others are still fighting one of the ten may be named; whoever came last heard of tomorrow.
    assert offered <= {*starts, *(at(24 + half / 2) for half in range(6))}
    assert at(24) in offered


def test_two_of_twenty_get_the_two_pairs_that_five_gendarmes_make(database, chief):
    """Ten counters are open, but two gendarmes receive at once, so that the fifth can receive nobody."""
    with database.transaction() as session:
        seed_windows(session, chief, NINE, at(0.5), counters=10)
        unit = session.get_one(Unit, chief.unit_id)
        for _ in range(4):
            seed_agent(session, unit)
        change_reason(session, REASON, agents_needed=2)

    answers = race([lambda: come(database, chief.unit_id, NINE)] * 20)

    assert sum(isinstance(answer, UUID) for answer in answers) == 2
    assert booked_starts(database) == {NINE: 2}
    with database.transaction() as session:
        named = session.scalars(select(AppointmentAgent.agent_id).where(AppointmentAgent.occupies)).all()
    assert len(named) == len(set(named)) == 4


def test_whoever_tries_the_next_times_they_are_told_gets_one(database, chief):
    """Twenty citizens want the same morning's first time; there are twenty places, so nobody may leave without one."""
    with database.transaction() as session:
        seed_windows(session, chief, NINE, at(5), counters=2)

    def racer(number):
        draw = random.Random(number)

        def insist():
            start = NINE
            while True:
                try:
                    return come(database, chief.unit_id, start)
                except Conflict as refusal:
                    following = told_next(refusal)
                    assert following, "a place is left for everybody, yet somebody was told of none"
                    start = draw.choice(following)

        return insist

    answers = race([racer(number) for number in range(20)])
    assert len(set(answers)) == 20
    assert booked_starts(database) == Counter({at(half / 2): 2 for half in range(10)})
    with database.transaction() as session:
        assert next_slots(session, chief.unit_id, REASON, NOW, 1) == []


def test_who_loses_the_race_for_a_better_time_keeps_the_one_they_had(database, chief):
    """Ten who move there against ten who are new, for one time."""
    wanted = at(24)
    with database.transaction() as session:
        seed_windows(session, chief, NINE, at(5))
        seed_windows(session, chief, wanted, at(24.5))
        bookings = [book(session, chief.unit_id, at(half / 2)).booking_id for half in range(10)]

    answers = race(
        [lambda booking_id=one: move(database, chief.unit_id, booking_id, wanted) for one in bookings]
        + [lambda: come(database, chief.unit_id, wanted) for _ in bookings]
    )

    won = [number for number, answer in enumerate(answers) if isinstance(answer, UUID)]
    assert len(won) == 1
    # Nothing is free but what the winner may have left.
    left = {at(number / 2) for number in won if number < 10}
    assert all(set(told_next(answer)) <= left for answer in answers if isinstance(answer, Conflict))
    kept = Counter({wanted: 1, **{at(number / 2): 1 for number in range(10) if number not in won}})
    assert booked_starts(database) == kept
