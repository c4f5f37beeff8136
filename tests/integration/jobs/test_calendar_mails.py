"""Mails that keep a citizen's calendar beside another way of being told: only for as long as they want them."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from models.rules.actor import Role
from models.rules.telling import Way
from models.tables import Event, Unit
from server.jobs.deliver import deliver
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.choose_how_told import ChooseHowTold, choose_how_told
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.keep_push_subscription import CitizenOwner
from server.services.move_appointment import MoveAppointment, move_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, change_reason, citizen
from tests.support.seed import NOW, TOKENS, seed_agent

LATER = at(24)
# How many mails follow the first one: each change is one, or none.
KEPT, LEFT = 2, 0


@pytest.fixture
def booked(context, database):
    """A booking of which a mail with an invitation has left."""
    with database.transaction() as session:
        change_reason(session, "neighbours", notice_minutes=0)
        chief = seed_agent(session, session.scalars(select(Unit)).one(), Role.GENDARME, Role.CHIEF)
        seed_windows(session, chief, NINE, at(4))
        seed_windows(session, chief, LATER, at(28))
        booked = book(session, chief.unit_id)
    tell(database)
    return booked


def tell(database):
    """Deliver what has happened last."""
    names = ("appointment_booked", "appointment_moved", "appointment_cancelled")
    with database.transaction() as session:
        event_id = session.scalar(select(Event.id).where(Event.name.in_(names)).order_by(Event.id.desc()).limit(1))
    deliver(event_id=event_id)


def move_and_cancel(database, booked):
    with database.transaction() as session:
        unit_id = session.scalars(select(Unit.id)).one()
        asked = HoldSlot(unit_id, "neighbours", LATER, booking_id=booked.booking_id)
        held = hold_slot(session, asked, NOW, TOKENS)
        move_appointment(session, MoveAppointment(booked.booking_id, held.hold_token), citizen(booked), NOW, TOKENS)
    tell(database)
    with database.transaction() as session:
        cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), NOW)
    tell(database)


def choose(database, booked, *choices):
    for way, calendar in choices:
        with database.transaction() as session:
            owner = CitizenOwner(booking_id=booked.booking_id)
            choose_how_told(session, ChooseHowTold(owner, way, calendar), NOW)


@pytest.mark.parametrize(
    ("choices", "mails"),
    [
        # A browser of theirs follows, and they have chosen nothing: not to leave mail either.
        ([], KEPT),
        ([(Way.PUSH, True)], KEPT),
        ([(Way.PUSH, False)], LEFT),
        # Who leaves mail because others read it there is not found again by a tap on a page.
        ([(Way.PUSH, False), (None, None)], LEFT),
        ([(Way.NOTHING, False), (None, None)], LEFT),
        ([(Way.PUSH, False), (Way.PUSH, None)], LEFT),
        ([(Way.PUSH, True), (None, None)], KEPT),
        ([(Way.PUSH, False), (Way.PUSH, True)], KEPT),
        ([(Way.PUSH, True), (Way.PUSH, False)], LEFT),
        # Mail is theirs again.
        ([(Way.PUSH, False), (Way.EMAIL, True), (None, None)], KEPT),
    ],
)
def test_a_calendar_is_kept_for_as_long_as_its_owner_wants(booked, database, relay, phones, choices, mails):
    choose(database, booked, *choices)
    path = phones.follow(CitizenOwner(booking_id=booked.booking_id))
    move_and_cancel(database, booked)
    assert len(phones.shown(path)) == 2
    assert len(relay.messages) == 1 + mails


def test_what_was_promised_before_there_was_a_choice_holds(booked, database, relay, phones):
    """Somebody chose another way before the page said anything of calendars."""
    choose(database, booked, (Way.PUSH, None))
    with database.transaction() as session:
        session.execute(delete(Event).where(Event.name == "calendar_mails_chosen"))
    path = phones.follow(CitizenOwner(booking_id=booked.booking_id))
    choose(database, booked, (None, None))
    move_and_cancel(database, booked)
    assert len(phones.shown(path)) == 2
    assert len(relay.messages) == 1


def test_a_choice_is_written_down_once(booked, database):
    choose(database, booked, (Way.PUSH, True), (Way.PUSH, True), (Way.PUSH, False), (Way.PUSH, None))
    with database.transaction() as session:
        said = session.scalars(
            select(Event.data["wanted"]).where(Event.name == "calendar_mails_chosen").order_by(Event.id)
        )
        assert said.all() == [True, False]
