"""Times that rest on a planning of which nobody has heard for too long: requested at every door, decided as ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.queries import followed_booking
from models.queries.held_time import held_time
from models.queries.ladders import find_wait
from models.rules.actor import SystemActor
from models.rules.appointments import State
from models.rules.ladder import Standing, Subject
from models.tables import Appointment, Event
from server.services._offers import offer_instead, reoffer
from server.services.accept_offer import AcceptOffer, accept_offer
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.expire_holds import ExpireHolds, expire_holds
from server.services.hold_slot import hold_token_hash
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.offer_earlier import OfferEarlier, offer_earlier
from server.services.want_earlier import WantEarlier, want_earlier
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, change_reason, citizen, keep, row
from tests.support.planned import seed_source
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent

CLOCK = SystemActor("test")


@pytest.fixture
def martin(session, unit):
    return seed_agent(session, unit, name="Adj. Martin")


@pytest.fixture(autouse=True)
def windows(session, chief):
    return seed_windows(session, chief, NINE, at(2))


def silence(session, agent, **more):
    return seed_source(session, agent, silent_since=NOW, **more)


def why(session, booked):
    one = row(session, booked.appointment_id)
    return one.state, one.to_confirm_because


WAITS = (State.REQUESTED, "planning_silent")
STANDS = (State.CONFIRMED, None)


@pytest.mark.parametrize(
    ("kind", "whose", "window_of", "outcome"),
    [
        ("ical", "chief", None, WAITS),
        ("caldav", "martin", None, WAITS),
        ("positions_daily", "chief", None, WAITS),
        ("positions_forecast", "chief", "martin", WAITS),
        ("ical", "martin", "martin", WAITS),
        ("ical", "chief", "martin", STANDS),
    ],
)
def test_what_rests_on_the_source_waits(session, unit, chief, martin, kind, whose, window_of, outcome):
    people = {"chief": chief, "martin": martin}
    silence(session, people[whose], kind=kind)
    if window_of:
        seed_windows(session, chief, at(4), at(5), agent=people[window_of])
    booked = book(session, unit.id, at(4) if window_of else NINE)
    assert why(session, booked) == outcome
    assert booked.state == outcome[0]


def test_a_source_that_speaks_or_is_revoked_asks_for_nothing(session, unit, chief, martin):
    seed_source(session, chief)
    gone = silence(session, martin)
    gone.revoked_at, gone.revoked_by_id, gone.address_sealed = NOW, chief.id, None
    session.flush()
    assert why(session, book(session, unit.id)) == STANDS


def test_a_reason_that_is_approved_anyway_says_nothing_of_the_planning(session, unit, chief):
    silence(session, chief)
    change_reason(session, "neighbours", needs_approval=True)
    assert why(session, book(session, unit.id)) == (State.REQUESTED, None)


def test_whoever_books_is_told_before(session, unit, chief):
    def told(held):
        kept = held_time(session, hold_token_hash(TOKENS, held.hold_token), NOW)
        assert kept is not None
        return kept.to_confirm

    assert not told(keep(session, unit.id))
    silence(session, chief)
    session.get_one(Appointment, keep(session, unit.id, at(0.5)).appointment_id)
    assert told(keep(session, unit.id, at(1))) is True


def test_it_is_approved_and_climbs_like_any_other(session, unit, chief):
    silence(session, chief)
    booked = book(session, unit.id)
    event = session.scalars(select(Event).where(Event.name == "appointment_booked")).one()
    wait = find_wait(session, event.id)
    assert (wait.subject, wait.standing) == (Subject.APPROVAL, Standing.WAITING)
    approve_appointment(session, ApproveAppointment(booked.appointment_id), actor_of(chief), NOW)
    assert why(session, booked) == (State.CONFIRMED, "planning_silent")
    assert find_wait(session, event.id).standing is Standing.TAKEN


def test_nobody_confirms_it_and_it_expires(session, unit, chief):
    silence(session, chief)
    booked = book(session, unit.id)
    assert expire_holds(session, ExpireHolds(), CLOCK, NINE - timedelta(minutes=1)) == 0
    assert expire_holds(session, ExpireHolds(), CLOCK, NINE) == 1
    assert row(session, booked.appointment_id).state == State.EXPIRED


def test_who_moves_there_waits_again(session, unit, chief):
    booked = book(session, unit.id)
    silence(session, chief)
    held = keep(session, unit.id, at(1), booking_id=booked.booking_id)
    move_appointment(session, MoveAppointment(booked.booking_id, held.hold_token), citizen(booked), NOW, TOKENS)
    moved = row(session, held.appointment_id)
    assert (moved.state, moved.to_confirm_because) == WAITS


def accepted(session, booked):
    """The first offer of a booking: what its citizen was told of it, and what accepting it made of it."""
    followed = followed_booking.by_id(session, booked.booking_id, NOW)
    offer = followed.offers[0]
    accept_offer(session, AcceptOffer(booked.booking_id, offer.id), NOW)
    one = row(session, offer.id)
    return offer.to_confirm, (one.state, one.to_confirm_because)


def test_an_earlier_time_waits(session, unit, chief):
    booked = book(session, unit.id, at(1.5))
    silence(session, chief)
    want_earlier(session, WantEarlier(booked.booking_id, wanted=True), NOW)
    assert offer_earlier(session, OfferEarlier(), CLOCK, NOW) == 1
    assert accepted(session, booked) == (True, WAITS)


def test_what_a_job_offers_instead_waits_although_the_first_was_approved(session, unit, chief):
    change_reason(session, "neighbours", needs_approval=True)
    booked = book(session, unit.id)
    approve_appointment(session, ApproveAppointment(booked.appointment_id), actor_of(chief), NOW)
    silence(session, chief)
    reoffer(session, row(session, booked.appointment_id), "", CLOCK, NOW + timedelta(minutes=1))
    assert accepted(session, booked) == (True, WAITS)


def test_what_the_chief_proposes_stands(session, unit, chief):
    booked = book(session, unit.id)
    silence(session, chief)
    offer_instead(session, row(session, booked.appointment_id), [at(1)], "", actor_of(chief), NOW)
    assert accepted(session, booked) == (False, STANDS)
