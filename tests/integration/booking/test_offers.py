"""Times that a unit holds for somebody instead of one that it gave up; what it proposes, and what nobody decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.queries import followed_booking
from models.rules.actor import SystemActor
from models.rules.appointments import State
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.request_lifecycle import Verdict
from models.tables import Event
from server.services._offers import move_to_other_counter, offer_instead, reoffer
from server.services.accept_offer import AcceptOffer, accept_offer
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.decline_offer import DeclineOffer, decline_offer
from server.services.expire_holds import ExpireHolds, expire_holds
from server.services.move_appointment import MoveAppointment, move_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, citizen, keep, row
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent

CLOCK = SystemActor("test")
DAY = 24


@pytest.fixture(autouse=True)
def windows(session, chief):
    return seed_windows(session, chief, NINE, at(4))


@pytest.fixture
def booked(session, unit):
    return book(session, unit.id)


def named(session, name):
    return session.scalars(select(Event).where(Event.name == name).order_by(Event.id)).all()


def given_up(session, booked, chief, starts, word="Une intervention."):
    return offer_instead(session, row(session, booked.appointment_id), starts, word, actor_of(chief), NOW)


def test_a_unit_that_gives_a_time_up_holds_others(session, unit, chief, booked):
    offers = given_up(session, booked, chief, [at(1), at(2)])
    old = row(session, booked.appointment_id)
    assert (old.state, old.ended_by, old.word, old.decided_by_id) == (
        State.CANCELLED, "unit", "Une intervention.", chief.id,
    )  # fmt: skip
    assert [(one.starts_at, one.offer, one.held_until) for one in offers] == [
        (at(1), "instead", NOW + timedelta(hours=48)), (at(2), "instead", NOW + timedelta(hours=48)),
    ]  # fmt: skip
    assert [event.data for event in named(session, "appointment_cancelled")] == [
        {"by": "unit", "word": "Une intervention."}
    ]
    assert len(named(session, "appointment_offered")) == 2
    found = followed_booking.by_id(session, booked.booking_id, NOW)
    assert found.active is None
    assert found.ended_at is None
    assert found.may_choose_again(NOW)
    assert [one.starts_at for one in found.offers] == [at(1), at(2)]
    assert found.last.word == "Une intervention."
    with pytest.raises(Conflict):
        keep(session, unit.id, at(1))


def test_one_of_them_is_taken_and_the_others_are_free(session, unit, chief, booked):
    first, second = given_up(session, booked, chief, [at(1), at(2)])
    command = AcceptOffer(booked.booking_id, second.id)
    assert accept_offer(session, command, NOW) is Verdict.APPLY
    assert (row(session, second.id).state, row(session, first.id).state) == (State.CONFIRMED, State.CANCELLED)
    assert named(session, "appointment_moved")[0].data["from_appointment_id"] == str(booked.appointment_id)
    assert [event.data for event in named(session, "offer_ended")] == [{"how": "chosen_other"}]
    assert accept_offer(session, command, NOW) is Verdict.NOOP
    keep(session, unit.id, at(1))


def test_what_the_unit_proposed_needs_no_approval(session, unit, chief):
    requested = book(session, unit.id, at(1), reason="case_follow_up")
    (one,) = given_up(session, requested, chief, [at(2)])
    accept_offer(session, AcceptOffer(requested.booking_id, one.id), NOW)
    assert row(session, one.id).state == State.CONFIRMED


def test_what_a_job_offers_instead_of_a_request_that_nobody_decided_needs_approval(session, unit, chief):
    requested, approved = (book(session, unit.id, at(hours), reason="case_follow_up") for hours in (1, 2))
    approve_appointment(session, ApproveAppointment(approved.appointment_id), actor_of(chief), NOW)
    states = []
    for booked in (requested, approved):
        first, *_ = reoffer(session, row(session, booked.appointment_id), "", CLOCK, NOW)
        accept_offer(session, AcceptOffer(booked.booking_id, first.id), NOW)
        states.append(row(session, first.id).state)
    assert states == [State.REQUESTED, State.CONFIRMED]


def test_none_of_them_suits_so_another_time_is_chosen(session, unit, chief, booked):
    (one,) = given_up(session, booked, chief, [at(1)])
    decline = DeclineOffer(booked.booking_id, one.id)
    assert decline_offer(session, decline, NOW) is Verdict.APPLY
    assert decline_offer(session, decline, NOW) is Verdict.NOOP
    with pytest.raises(Conflict, match="offer_ended"):
        accept_offer(session, AcceptOffer(booked.booking_id, one.id), NOW)
    held = keep(session, unit.id, at(3), booking_id=booked.booking_id)
    command = MoveAppointment(booked.booking_id, held.hold_token)
    assert move_appointment(session, command, citizen(booked), NOW, TOKENS) is Verdict.APPLY
    assert row(session, held.appointment_id).moved_from_id == booked.appointment_id


def test_an_offer_stands_until_it_begins_at_the_latest(session, unit, chief, booked):
    soon = NOW + timedelta(hours=1)
    seed_windows(session, chief, soon, soon + timedelta(hours=1))
    # The notice of four hours does not count for what the unit chose.
    (one,) = given_up(session, booked, chief, [soon])
    assert one.held_until == soon
    assert expire_holds(session, ExpireHolds(), CLOCK, soon - timedelta(seconds=1)) == 0
    assert expire_holds(session, ExpireHolds(), CLOCK, soon) == 1
    assert row(session, one.id).state == State.EXPIRED
    assert [event.data for event in named(session, "offer_ended")] == [{"how": "expired"}]
    with pytest.raises(Conflict, match="offer_ended"):
        accept_offer(session, AcceptOffer(booked.booking_id, one.id), soon)


@pytest.mark.parametrize(("hours", "problem"), [((1, 2, 3, 3.5), "too_many"), ((0,), "same_time"), ((-1000,), "past")])
def test_other_times_that_make_no_sense_are_refused(session, chief, booked, hours, problem):
    with pytest.raises(Invalid) as refused:
        given_up(session, booked, chief, [at(one) for one in hours])
    assert refused.value.detail == {"fields": {"starts": problem}}
    assert row(session, booked.appointment_id).state == State.CONFIRMED


def test_a_time_that_is_taken_is_named(session, unit, chief, booked):
    book(session, unit.id, at(1))
    with pytest.raises(Conflict, match="slot_taken") as refused:
        given_up(session, booked, chief, [at(1)])
    assert refused.value.detail == {
        "starts_at": at(1).isoformat(),
        "next": [at(one).isoformat() for one in (0.5, 1.5, 2)],
    }
    assert row(session, booked.appointment_id).state == State.CONFIRMED


def test_what_has_ended_is_not_given_up_again(session, chief, booked):
    given_up(session, booked, chief, [])
    with pytest.raises(Conflict, match="already_ended"):
        given_up(session, booked, chief, [at(1)])


def test_the_next_free_times_are_found(session, unit, chief, booked):
    found = reoffer(session, row(session, booked.appointment_id), "", CLOCK, NOW)
    assert [one.starts_at for one in found] == [at(0.5), at(1), at(1.5)]
    assert row(session, booked.appointment_id).state == State.CANCELLED


def test_when_nothing_is_free_the_citizen_still_hears(session, unit, chief, windows):
    booked = book(session, unit.id)
    for window in windows:
        session.delete(window)
    session.flush()
    assert reoffer(session, row(session, booked.appointment_id), "Fermé.", CLOCK, NOW) == []
    assert len(named(session, "appointment_cancelled")) == 1


def test_another_counter_at_the_same_time_is_no_news_for_the_citizen(session, unit, chief, booked):
    appointment = row(session, booked.appointment_id)
    assert move_to_other_counter(session, appointment, NOW) is False
    seed_windows(session, chief, NINE, at(1), agent=seed_agent(session, unit))
    seed_windows(session, chief, NINE, at(1), place_kind="town_hall")
    assert move_to_other_counter(session, appointment, NOW) is False
    (other,) = seed_windows(session, chief, NINE, at(0.5))
    assert move_to_other_counter(session, appointment, NOW) is True
    moved = row(session, booked.appointment_id)
    assert (moved.counter_id, moved.occurrence_id) == (other.counter_id, other.occurrence_id)
    assert [event.data["how"] for event in named(session, "appointment_agents_changed")] == ["counter"]


def test_somebody_elses_offer_is_none_of_theirs(session, unit, chief, booked):
    other = book(session, unit.id, at(1))
    (one,) = given_up(session, booked, chief, [at(2)])
    for appointment_id in (one.id, other.appointment_id):
        for service, command in ((accept_offer, AcceptOffer), (decline_offer, DeclineOffer)):
            with pytest.raises(NotFound, match="no_such_offer"):
                service(session, command(other.booking_id, appointment_id), NOW)


def test_what_nobody_approved_in_time_is_over_and_the_citizen_hears(session, unit, chief):
    requested = book(session, unit.id, at(1), reason="case_follow_up")
    assert expire_holds(session, ExpireHolds(), CLOCK, at(1) - timedelta(seconds=1)) == 0
    assert expire_holds(session, ExpireHolds(), CLOCK, at(1)) == 1
    appointment = row(session, requested.appointment_id)
    assert (appointment.state, appointment.ended_by) == (State.EXPIRED, "time")
    assert named(session, "appointment_cancelled")[0].data == {"by": "time", "word": ""}
