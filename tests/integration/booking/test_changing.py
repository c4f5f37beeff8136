"""Moving and cancelling: by the follow link in time, by a gendarme for a caller at any time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.queries import followed_booking
from models.rules.actor import CitizenActor, PartnerActor
from models.rules.appointments import State
from models.rules.errors import Conflict, Forbidden, Invalid, NotFound
from models.rules.request_lifecycle import Verdict
from models.tables import Booking, Event
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.move_appointment import MoveAppointment, move_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, citizen, keep, row
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent, seed_unit

# The reason's notice to change is four hours.
LAST_MOMENT = NINE - timedelta(hours=4)


@pytest.fixture(autouse=True)
def windows(session, chief):
    return seed_windows(session, chief, NINE, at(8))


@pytest.fixture
def booked(session, unit):
    return book(session, unit.id)


def move(session, booked, held, *, actor=None, now=NOW):
    command = MoveAppointment(booked.booking_id, held.hold_token)
    return move_appointment(session, command, actor or citizen(booked), now, TOKENS)


def names(session):
    return session.scalars(select(Event.name).order_by(Event.id)).all()


def test_moving_frees_the_old_time_and_books_the_new_one(session, unit, booked):
    held = keep(session, unit.id, at(2), booking_id=booked.booking_id)
    assert move(session, booked, held) is Verdict.APPLY
    old, new = row(session, booked.appointment_id), row(session, held.appointment_id)
    assert (old.state, old.ended_at, old.ended_by) == (State.MOVED, NOW, "citizen")
    assert (new.state, new.booking_id, new.moved_from_id) == (State.CONFIRMED, booked.booking_id, old.id)
    event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert (event.name, event.appointment_id) == ("appointment_moved", new.id)
    assert event.data == {"from_appointment_id": str(old.id), "by": "citizen"}
    # The link stays, and somebody else may have the old time.
    found = followed_booking.by_id(session, booked.booking_id, NOW)
    assert (found.active.id, found.reference) == (new.id, booked.reference)
    book(session, unit.id)
    assert move(session, booked, held) is Verdict.NOOP


def test_a_move_that_is_refused_changes_nothing(session, unit, booked):
    held = keep(session, unit.id, at(2), booking_id=booked.booking_id)
    with pytest.raises(Conflict, match="hold_expired"):
        move(session, booked, held, now=held.held_until)
    assert row(session, booked.appointment_id).state == State.CONFIRMED
    assert names(session) == ["appointment_booked"]


def test_only_what_is_held_for_this_booking_is_moved_to(session, unit, booked):
    other = book(session, unit.id, at(1))
    for held in (keep(session, unit.id, at(2)), keep(session, unit.id, at(3), booking_id=other.booking_id)):
        with pytest.raises(Conflict, match="hold_expired"):
            move(session, booked, held)


def test_looking_at_another_time_lets_the_one_before_go(session, unit, booked):
    first = keep(session, unit.id, at(2), booking_id=booked.booking_id)
    keep(session, unit.id, at(3), booking_id=booked.booking_id)
    assert row(session, first.appointment_id).state == State.CANCELLED
    keep(session, unit.id, at(2))


@pytest.mark.parametrize(
    ("changes", "fields"),
    [({"reason": "road"}, {"reason_code": "other_reason"}), ({"unit": 2}, {"unit_id": "other_unit"})],
)
def test_a_booking_stays_with_its_unit_and_its_reason(session, unit, chief, booked, changes, fields):
    culoz = seed_unit(session, 2, "Brigade de Culoz")
    seed_windows(session, seed_agent(session, culoz), NINE, at(8))
    with pytest.raises(Invalid) as refused:
        keep(session, changes.get("unit", unit.id), at(2), booking_id=booked.booking_id,
             reason=changes.get("reason", "neighbours"))  # fmt: skip
    assert refused.value.detail == {"fields": fields}


def test_a_move_asks_the_chief_again(session, unit, chief):
    booked = book(session, unit.id, at(1), reason="case_follow_up")
    row(session, booked.appointment_id).state = State.CONFIRMED
    session.flush()
    held = keep(session, unit.id, at(4), reason="case_follow_up", booking_id=booked.booking_id)
    move(session, booked, held)
    assert row(session, held.appointment_id).state == State.REQUESTED


def test_what_is_too_late_says_until_when_and_whom_to_call(session, unit, booked):
    late = LAST_MOMENT + timedelta(seconds=1)
    held = keep(session, unit.id, at(7), booking_id=booked.booking_id, now=LAST_MOMENT)
    expected = {"until": LAST_MOMENT.isoformat(), "phone": unit.phone_as_printed}
    with pytest.raises(Conflict, match="too_late") as refused:
        move(session, booked, held, now=late)
    assert refused.value.detail == expected
    with pytest.raises(Conflict, match="too_late") as refused:
        cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), late)
    assert refused.value.detail == expected
    assert move(session, booked, held, now=LAST_MOMENT) is Verdict.APPLY


def test_a_gendarme_changes_for_a_caller_at_the_last_minute(session, unit, booked):
    gendarme, late = actor_of(seed_agent(session, unit)), NINE - timedelta(minutes=5)
    held = keep(session, unit.id, at(5), booking_id=booked.booking_id, now=late)
    assert move(session, booked, held, actor=gendarme, now=late) is Verdict.APPLY
    assert cancel_booking(session, CancelBooking(booked.booking_id), gendarme, at(4.9)) is Verdict.APPLY
    last = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert (last.agent_id, last.data["by"]) == (gendarme.agent_id, "citizen")


def test_nobody_changes_what_is_not_theirs(session, unit, booked):
    stranger = actor_of(seed_agent(session, seed_unit(session, 2, "Brigade de Culoz")))
    partner = PartnerActor(1, frozenset({"bookings:write"}))
    for actor in (stranger, partner, CitizenActor(), CitizenActor(booking_id=uuid4())):
        with pytest.raises(NotFound, match="no_such_booking"):
            cancel_booking(session, CancelBooking(booked.booking_id), actor, NOW)
    with pytest.raises(Forbidden, match="scope_missing"):
        cancel_booking(session, CancelBooking(booked.booking_id), PartnerActor(1, frozenset()), NOW)
    with pytest.raises(NotFound, match="no_such_booking"):
        cancel_booking(session, CancelBooking(uuid4()), CitizenActor(), NOW)


def test_cancelling_ends_the_booking_and_again_is_harmless(session, unit, booked):
    held = keep(session, unit.id, at(2), booking_id=booked.booking_id)
    command = CancelBooking(booked.booking_id, " Je suis malade. ")
    assert cancel_booking(session, command, citizen(booked), NOW) is Verdict.APPLY
    assert row(session, booked.appointment_id).state == State.CANCELLED
    assert row(session, held.appointment_id).state == State.CANCELLED
    assert session.get_one(Booking, booked.booking_id).ended_at == NOW
    event = session.scalars(select(Event).where(Event.name == "appointment_cancelled")).one()
    assert event.data == {"by": "citizen", "word": "Je suis malade."}
    assert cancel_booking(session, command, citizen(booked), NOW) is Verdict.NOOP
    with pytest.raises(Conflict, match="already_ended") as refused:
        keep(session, unit.id, at(2), booking_id=booked.booking_id)
    assert refused.value.detail == {"state": State.CANCELLED}
    book(session, unit.id)


@pytest.mark.parametrize("state", [State.HONOURED, State.NO_SHOW])
def test_what_has_taken_place_is_not_cancelled(session, unit, booked, state):
    appointment = row(session, booked.appointment_id)
    appointment.state, appointment.ended_at = state, at(1)
    session.get_one(Booking, booked.booking_id).ended_at = at(1)
    session.flush()
    with pytest.raises(Conflict, match="already_ended") as refused:
        cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), at(2))
    assert refused.value.detail == {"state": state}
