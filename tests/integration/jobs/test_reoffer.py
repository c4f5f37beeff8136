"""What nobody receives is given up in time, with other times; and the chief's own word does the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.rules.actor import Role, SystemActor
from models.rules.appointments import Offer, State
from models.rules.errors import Conflict, Invalid
from models.rules.request_lifecycle import Verdict
from models.tables import Appointment, Booking, Event
from server.services.propose_times import ProposeTimes, propose_times
from server.services.reoffer_released import CALLED_AWAY, NOT_CONFIRMED, ReofferReleased, reoffer_released
from server.services.take_appointment import TakeAppointment, take_appointment
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.seed import NOW, actor_of, seed_agent, seed_unit

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
JOB = SystemActor("reoffer")
TOMORROW = NOW + DAY


@pytest.fixture
def chief(session):
    return seed_agent(session, seed_unit(session), Role.CHIEF)


@pytest.fixture
def window(session, chief):
    (window,) = seed_windows(session, chief, TOMORROW, TOMORROW + 4 * HOUR)
    seed_windows(session, chief, TOMORROW + DAY, TOMORROW + DAY + 4 * HOUR)
    return window


def run(session, now):
    return reoffer_released(session, ReofferReleased(), JOB, now)


def offers(session, appointment):
    return session.scalars(
        select(Appointment)
        .where(Appointment.booking_id == appointment.booking_id, Appointment.state == State.HELD)
        .order_by(Appointment.starts_at)
    ).all()


def test_a_released_one_is_given_up_a_quarter_of_an_hour_before_and_others_are_held(session, window):
    appointment = seed_appointment(session, window, TOMORROW)
    appointment.released_at = NOW
    assert run(session, TOMORROW - 16 * MINUTE) == 0
    assert run(session, TOMORROW - 15 * MINUTE) == 1
    assert run(session, TOMORROW - 15 * MINUTE) == 0
    assert (appointment.state, appointment.ended_by, appointment.word) == ("cancelled", "unit", CALLED_AWAY["fr"])
    held = offers(session, appointment)
    assert held
    assert all(one.offer == Offer.INSTEAD and one.starts_at > TOMORROW for one in held)
    assert session.get_one(Booking, appointment.booking_id).ended_at is None
    names = session.scalars(select(Event.name).where(Event.booking_id == appointment.booking_id).order_by(Event.id))
    assert list(names) == ["appointment_cancelled", *["appointment_offered"] * len(held)]


def test_colleagues_have_ten_minutes_and_whoever_takes_it_keeps_it(session, window, chief):
    first, second = (seed_appointment(session, window, TOMORROW + at * HOUR) for at in (0, 1))
    first.released_at = TOMORROW - 5 * MINUTE
    second.released_at = NOW
    take_appointment(session, TakeAppointment(second.id), actor_of(chief), NOW)
    assert run(session, TOMORROW + 4 * MINUTE) == 0
    assert run(session, TOMORROW + 5 * MINUTE) == 1
    assert run(session, TOMORROW + HOUR) == 0
    assert (first.state, second.state, second.released_at) == ("cancelled", "confirmed", None)


def test_one_without_a_name_is_kept_and_one_that_was_never_approved_is_not(session, window):
    nobodys = seed_appointment(session, window, TOMORROW)
    asked = seed_appointment(session, window, TOMORROW + HOUR, state=State.REQUESTED)
    session.get_one(Booking, asked.booking_id).language = "en"
    assert run(session, TOMORROW + 2 * HOUR) == 1
    assert (nobodys.state, asked.state, asked.word) == ("confirmed", "cancelled", NOT_CONFIRMED["en"])


def test_the_chief_proposes_other_times_which_are_held(session, window, chief):
    appointment = seed_appointment(session, window, TOMORROW, state=State.REQUESTED)
    starts = (TOMORROW + 2 * HOUR, TOMORROW + DAY)
    command = ProposeTimes(appointment.id, starts, "Je suis au tribunal.")
    assert propose_times(session, command, actor_of(chief), NOW) is Verdict.APPLY
    assert (appointment.state, appointment.word) == ("cancelled", "Je suis au tribunal.")
    assert [one.starts_at for one in offers(session, appointment)] == list(starts)
    with pytest.raises(Conflict, match="appointment_ended"):
        propose_times(session, command, actor_of(chief), NOW)


def test_a_proposed_time_that_is_not_free_changes_nothing(session, window, chief):
    appointment = seed_appointment(session, window, TOMORROW)
    seed_appointment(session, window, TOMORROW + HOUR)
    with pytest.raises(Conflict, match="slot_taken"), session.begin_nested():
        propose_times(session, ProposeTimes(appointment.id, (TOMORROW + HOUR,)), actor_of(chief), NOW)
    with pytest.raises(Invalid), session.begin_nested():
        propose_times(session, ProposeTimes(appointment.id, (TOMORROW,)), actor_of(chief), NOW)
    session.refresh(appointment)
    assert (appointment.state, offers(session, appointment)) == ("confirmed", [])
