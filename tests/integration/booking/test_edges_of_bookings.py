"""Bookings of partners, at home and too late: what an edge may not promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from models.queries.feed import appointments as feed
from models.queries.feed.view import View
from models.rules.actor import CitizenActor, PartnerActor, SystemActor
from models.rules.api_keys import Scope
from models.rules.appointments import State
from models.rules.booking import BookingDetails
from models.rules.errors import Conflict, Invalid
from models.tables import Appointment, Booking
from server.provable_channels import Provable
from server.services._offers import reoffer
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.create_api_key import CreateApiKey, create_api_key
from tests.support.agenda import seed_windows
from tests.support.bookings import CAMILLE, NINE, at, book, change_reason, citizen, keep, row
from tests.support.seed import NOW, TOKENS


@pytest.fixture(autouse=True)
def windows(session, chief):
    return seed_windows(session, chief, NINE, at(4))


def body_of(session, unit, appointment_id):
    session.flush()
    view = View(unit.id, unit.time_zone, NINE - timedelta(days=1))
    return feed.bodies(session, view, [str(appointment_id)])[str(appointment_id)]


def by_partner(session, unit, scope, details, reason=None):
    made = create_api_key(session, CreateApiKey("Partenaire", frozenset({scope}), unit.id, reason), NOW, TOKENS)
    actor = PartnerActor(made.api_key_id, frozenset({scope.value}), unit.id)
    command = BookAppointment(keep(session, unit.id).hold_token, details, "fr", "key")
    return book_appointment(session, command, actor, NOW, TOKENS), actor


def test_what_the_citizen_says_when_they_cancel_reaches_the_terminals(session, unit):
    booked = book(session, unit.id)
    cancel_booking(session, CancelBooking(booked.booking_id, " Je suis à l’hôpital. "), citizen(booked), NOW)
    body = body_of(session, unit, booked.appointment_id)
    assert (body["citizen_word"], body["word"]) == ("Je suis à l’hôpital.", None)


@pytest.mark.parametrize(
    ("details", "told"),
    [
        (BookingDetails(), None),
        (BookingDetails(phone="+33639980012"), ("+33639980012", "")),
        (BookingDetails(facts="Mon vélo."), (None, "Mon vélo.")),
    ],
)
def test_a_gendarme_reads_what_a_partner_gave_without_a_name(session, unit, details, told):
    booked, _ = by_partner(session, unit, Scope.BOOKINGS_WRITE, details)
    found = body_of(session, unit, booked.appointment_id)["citizen"]
    assert (found and (found["phone"], found["facts"] or "")) == told


def test_nothing_is_held_for_who_cannot_accept_it(session, unit):
    booked, _ = by_partner(session, unit, Scope.VISIOPLAINTE, BookingDetails(), "neighbours")
    assert reoffer(session, row(session, booked.appointment_id), "Panne.", SystemActor("test"), NOW) == []
    assert session.scalar(select(func.count()).where(Appointment.state == State.HELD)) == 0
    assert session.get_one(Booking, booked.booking_id).ended_at == NOW


def test_a_partner_cancels_nothing_that_is_over(session, unit):
    booked, actor = by_partner(session, unit, Scope.VISIOPLAINTE, BookingDetails(), "neighbours")
    with pytest.raises(Conflict, match="already_ended"):
        cancel_booking(session, CancelBooking(booked.booking_id), actor, at(0.5))
    assert row(session, booked.appointment_id).state == State.CONFIRMED
    cancel_booking(session, CancelBooking(booked.booking_id), actor, at(0.25))
    assert row(session, booked.appointment_id).state == State.CANCELLED


def asked(session, unit, start, **details):
    """Which channels are asked of somebody who books with these details."""
    held = keep(session, unit.id, start)
    who = replace(CAMILLE, caller_name="Alex", **details)
    command = BookAppointment(held.hold_token, who, "fr", str(uuid4()), provable=Provable(frozenset({33})))
    with pytest.raises(Conflict, match="verification_needed") as refused:
        book_appointment(session, command, CitizenActor(), NOW, TOKENS)
    return refused.value.detail["channels"]


def test_trying_a_number_does_not_tell_of_a_discreet_appointment(session, unit):
    book(session, unit.id, reason="domestic_violence", phone="+33639980012", email="")
    book(session, unit.id, at(2), phone="+33639980012", email="alex@example.org")


def test_what_is_proved_is_what_the_two_appointments_share(session, unit):
    book(session, unit.id, phone="+33639980012", email="camille@example.org")
    assert asked(session, unit, at(1), phone="+33639980012", email="alex@example.org") == ["phone"]
    assert asked(session, unit, at(1.5), phone="+33639980099", email="camille@example.org") == ["email"]


def test_nobody_moves_home_without_having_said_where_that_is(session, unit):
    change_reason(session, "neighbours", place_kinds=["unit", "home"])
    booked = book(session, unit.id)
    session.execute(text("UPDATE opening_windows SET place_kind = 'home'"))
    session.expire_all()
    with pytest.raises(Conflict, match="slot_taken"):
        keep(session, unit.id, at(2), booking_id=booked.booking_id)
    with pytest.raises(Invalid):
        keep(session, unit.id, at(2), booking_id=booked.booking_id, place_kind="home")
    session.get_one(Booking, booked.booking_id).address = "3 rue du Lavoir, Belley"
    session.flush()
    assert keep(session, unit.id, at(2), booking_id=booked.booking_id).place_kind == "home"
