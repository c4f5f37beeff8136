"""Earlier times that are held for those who wait for one: who is offered what, when, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.queries import followed_booking
from models.rules.actor import SystemActor
from models.rules.appointments import State
from models.rules.errors import Conflict
from models.rules.request_lifecycle import Verdict
from models.tables import Appointment, Booking, Event
from server.services.accept_offer import AcceptOffer, accept_offer
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.decline_offer import DeclineOffer, decline_offer
from server.services.expire_holds import ExpireHolds, expire_holds
from server.services.offer_earlier import OfferEarlier, offer_earlier
from server.services.want_earlier import WantEarlier, want_earlier
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, citizen, row
from tests.support.seed import NOW

CLOCK = SystemActor("test")
DAY = 24


@pytest.fixture(autouse=True)
def windows(session, chief):
    return seed_windows(session, chief, NINE, at(4))


def offered(session, now=NOW):
    """Run the clock's job; returns who is offered what."""
    session.flush()
    before = set(session.scalars(select(Appointment.id)))
    offer_earlier(session, OfferEarlier(), CLOCK, now)
    new = session.scalars(select(Appointment).where(Appointment.id.not_in(before))).all()
    return [(one.booking_id, one.starts_at) for one in new]


def wait(session, unit, starts_at, now=NOW, **more):
    booked = book(session, unit.id, starts_at, now=now, **more)
    assert want_earlier(session, WantEarlier(booked.booking_id, True), now) is Verdict.APPLY
    return booked


def test_who_waits_is_offered_what_is_free_earlier(session, unit, chief):
    seed_windows(session, chief, at(DAY), at(DAY + 4))
    waiting = wait(session, unit, at(DAY))
    (one,) = offered(session)
    assert one == (waiting.booking_id, NINE)
    found = followed_booking.by_id(session, waiting.booking_id, NOW)
    assert (found.wants_earlier, found.active.starts_at, found.offers[0].starts_at) == (True, at(DAY), NINE)
    assert found.offers[0].held_until == NOW + timedelta(hours=2)
    # While they think about it they get no second one.
    assert offered(session) == []
    accept_offer(session, AcceptOffer(waiting.booking_id, found.offers[0].id), NOW)
    assert row(session, waiting.appointment_id).state == State.MOVED
    assert session.get_one(Booking, waiting.booking_id).wants_earlier_since is None


def test_who_has_waited_longest_comes_first_and_a_start_goes_to_one(session, unit, chief):
    seed_windows(session, chief, at(DAY), at(DAY + 4))
    second = wait(session, unit, at(DAY), NOW + timedelta(minutes=1))
    first = wait(session, unit, at(DAY + 1), NOW)
    book(session, unit.id, NINE)
    for hours in (0.5, 1, 1.5, 2, 2.5, 3):
        book(session, unit.id, at(hours))
    assert offered(session, NOW + timedelta(minutes=2)) == [(first.booking_id, at(3.5))]
    # Nothing else is free for the second one before their own time.
    assert offered(session, NOW + timedelta(minutes=3)) == []
    expire_holds(session, ExpireHolds(), CLOCK, NOW + timedelta(minutes=122))
    assert offered(session, NOW + timedelta(minutes=122)) == [(second.booking_id, at(3.5))]


def test_nobody_is_offered_the_same_start_twice_nor_twice_in_half_a_day(session, unit, chief):
    seed_windows(session, chief, at(DAY), at(DAY + 4))
    waiting = wait(session, unit, at(DAY))
    offered(session)
    (offer,) = followed_booking.by_id(session, waiting.booking_id, NOW).offers
    decline_offer(session, DeclineOffer(waiting.booking_id, offer.id), NOW)
    assert offered(session, NOW + timedelta(hours=1)) == []
    tomorrow = NOW + timedelta(hours=18)
    assert offered(session, tomorrow) == [(waiting.booking_id, at(0.5))]


@pytest.mark.parametrize(("hour", "count"), [(6, 0), (7, 1), (18, 1), (19, 0), (23, 0)])
def test_nobody_is_woken(session, unit, chief, hour, count):
    """Offers go out from eight to twenty o'clock in Belley, an hour ahead of UTC in November."""
    seed_windows(session, chief, at(DAY), at(DAY + 4))
    wait(session, unit, at(DAY))
    assert len(offered(session, NOW.replace(day=25, hour=hour, minute=0))) == count


def test_an_earlier_offer_ends_with_the_notice_and_a_short_one_is_not_made(session, unit, chief):
    seed_windows(session, chief, at(DAY), at(DAY + 4))
    waiting = wait(session, unit, at(DAY))
    # With four hours of notice, noon would have to be accepted at once, and half past twelve within half an hour.
    eight_o_clock = NINE - timedelta(hours=1)
    assert offered(session, eight_o_clock) == [(waiting.booking_id, at(3.5))]
    (offer,) = followed_booking.by_id(session, waiting.booking_id, eight_o_clock).offers
    assert offer.held_until == eight_o_clock + timedelta(minutes=30)


def test_half_an_hour_is_not_earlier_enough(session, unit, chief):
    wait(session, unit, at(0.5))
    assert offered(session) == []


def test_only_the_same_kind_of_place_is_offered(session, unit, chief):
    seed_windows(session, chief, at(DAY), at(DAY + 1), place_kind="town_hall")
    wait(session, unit, at(DAY))
    assert offered(session) == []


def test_leaving_the_list_and_joining_twice(session, unit):
    booked = book(session, unit.id)
    command = WantEarlier(booked.booking_id, True)
    assert want_earlier(session, command, NOW) is Verdict.APPLY
    assert want_earlier(session, command, NOW + timedelta(hours=1)) is Verdict.NOOP
    assert session.get_one(Booking, booked.booking_id).wants_earlier_since == NOW
    assert want_earlier(session, WantEarlier(booked.booking_id, False), NOW) is Verdict.APPLY
    wanted = select(Event).where(Event.name == "earlier_time_wanted").order_by(Event.id)
    assert [event.data for event in session.scalars(wanted)] == [{"wanted": True}, {"wanted": False}]
    cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), NOW)
    with pytest.raises(Conflict, match="already_ended"):
        want_earlier(session, command, NOW)


def test_an_earlier_time_asks_the_chief_again(session, unit, chief):
    seed_windows(session, chief, at(DAY), at(DAY + 4))
    waiting = wait(session, unit, at(DAY), reason="case_follow_up")
    offered(session)
    (offer,) = followed_booking.by_id(session, waiting.booking_id, NOW).offers
    accept_offer(session, AcceptOffer(waiting.booking_id, offer.id), NOW)
    assert row(session, offer.id).state == State.REQUESTED
