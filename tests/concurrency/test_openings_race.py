"""Approvals at once open different counters, and none leaves an appointment behind that is booked meanwhile."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select

from models.rules.actor import CitizenActor
from models.rules.booking import BookingDetails
from models.rules.errors import Conflict
from models.rules.openings import PlaceKind, Proposal
from models.rules.recurrence_text import read_recurrence
from models.rules.request_lifecycle import Verdict
from models.tables import Appointment, Counter, OpeningOccurrence, OpeningWindow
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.propose_opening import ProposeOpening, propose_opening
from server.services.withdraw_opening import WithdrawOpening, withdraw_opening
from tests.concurrency.test_services_race import race
from tests.support.brigade_world import BrigadeWorld
from tests.support.seed import NOW, TOKENS, actor_of

RACERS = 8
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = NOW + DAY


def propose(world, **changes):
    opening_id = uuid4()
    proposal = Proposal(START, START + 3 * HOUR, 2, (), PlaceKind.UNIT, "", None, **changes)
    with world.database.transaction() as session:
        propose_opening(session, ProposeOpening(opening_id, proposal), actor_of(world.martin), NOW)
    return opening_id


def approve(world, opening_id):
    with world.database.transaction() as session:
        return approve_opening(session, ApproveOpening(opening_id), actor_of(world.roux), NOW)


def test_openings_at_the_same_hours_that_are_approved_at_once_have_different_counters(database):
    world = BrigadeWorld(database)
    weekly = read_recurrence("FREQ=WEEKLY;UNTIL=20270101")
    ids = [propose(world, recurrence=weekly) for _ in range(RACERS)]
    answers = race([lambda opening_id=one: approve(world, opening_id) for one in ids])
    assert answers == [Verdict.APPLY] * RACERS
    with database.transaction() as session:
        rows = session.execute(
            select(OpeningOccurrence.day, Counter.number)
            .join(OpeningWindow, OpeningWindow.occurrence_id == OpeningOccurrence.id)
            .join(Counter, Counter.id == OpeningWindow.counter_id)
        ).all()
    by_day = {}
    for day, number in rows:
        by_day.setdefault(day, []).append(number)
    assert len(by_day) == 6
    assert all(sorted(numbers) == list(range(1, 2 * RACERS + 1)) for numbers in by_day.values())


def test_who_books_while_the_opening_is_withdrawn_is_booked_or_told(database):
    """Whichever commits first, no active appointment is left without a window."""
    world = BrigadeWorld(database)
    opening_id = propose(world)
    approve(world, opening_id)

    def book(number):
        details = BookingDetails(caller_name="Camille Essai", email=f"camille{number}@example.org")

        def racer():
            with database.transaction() as session:
                start = START + number % 4 * HOUR / 2
                held = hold_slot(session, HoldSlot(world.unit.id, "neighbours", start), NOW, TOKENS)
                command = BookAppointment(held.hold_token, details, "fr", str(uuid4()))
                return book_appointment(session, command, CitizenActor(), NOW, TOKENS)

        return racer

    def withdraw():
        with database.transaction() as session:
            return withdraw_opening(session, WithdrawOpening(opening_id), actor_of(world.roux), NOW)

    answers = race([*(book(number) for number in range(RACERS - 1)), withdraw])
    refusals = {answer.code for answer in answers if isinstance(answer, Conflict)}
    assert refusals <= {"slot_taken", "appointments_concerned"}
    assert not [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Conflict)]
    covered = (
        select(OpeningWindow.id)
        .where(
            OpeningWindow.counter_id == Appointment.counter_id,
            OpeningWindow.during.contains(func.tstzrange(Appointment.starts_at, Appointment.ends_at)),
        )
        .exists()
    )
    with database.transaction() as session:
        active = select(func.count()).select_from(Appointment).where(Appointment.ended_at.is_(None))
        assert session.scalar(active.where(~covered)) == 0
        withdrawn = answers[-1] is Verdict.APPLY
        assert (session.scalar(active) == 0) is withdrawn
