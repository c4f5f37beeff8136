"""Who is called away gives up what is only held, too, and is back where nobody has come forward."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from models.rules.actor import CitizenActor
from models.rules.appointments import Offer, State
from models.tables import AppointmentAgent, Event
from server.services._offers import offer_instead
from server.services.accept_offer import AcceptOffer, accept_offer
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.declare_absence import DeclareAbsence, declare_absence
from tests.support.agenda import seed_windows
from tests.support.bookings import CAMILLE, NINE, at, book, change_reason, keep, row
from tests.support.seed import NOW, TOKENS, actor_of, seed_agent


@pytest.fixture
def martin(session, unit):
    return seed_agent(session, unit)


def away(session, agent, first=NINE, last=None):
    """Declare an absence, from nine to one o'clock unless another time is named; returns its id."""
    absence_id = uuid4()
    declare_absence(session, DeclareAbsence(absence_id, first, last or at(4)), actor_of(agent), NOW)
    return absence_id


def receivers(session, appointment_id):
    who = AppointmentAgent.appointment_id == appointment_id
    return sorted(session.scalars(select(AppointmentAgent.agent_id).where(who)))


def changes(session):
    query = select(Event.data).where(Event.name == "appointment_agents_changed").order_by(Event.id)
    return [data["how"] for data in session.scalars(query)]


def confirm(session, held):
    booked = book_appointment(
        session, BookAppointment(held.hold_token, CAMILLE, "fr", str(uuid4())), CitizenActor(), NOW, TOKENS
    )
    return row(session, booked.appointment_id)


def test_a_time_held_while_typing_is_booked_without_whoever_is_away(session, unit, chief, martin):
    seed_windows(session, chief, NINE, at(1), agent=martin)
    held = keep(session, unit.id)
    assert receivers(session, held.appointment_id) == [martin.id]
    away(session, martin)
    assert (receivers(session, held.appointment_id), changes(session)) == ([], [])
    booked = confirm(session, held)
    assert (booked.state, booked.released_at, receivers(session, booked.id)) == (State.CONFIRMED, NOW, [])


def test_of_two_gendarmes_at_once_one_is_lacking(session, unit, chief, martin):
    seed_windows(session, chief, NINE, at(1))
    change_reason(session, "neighbours", agents_needed=2)
    held = keep(session, unit.id)
    away(session, martin)
    booked = confirm(session, held)
    assert (booked.released_at, receivers(session, booked.id)) == (NOW, [chief.id])


def test_an_offer_stands_without_whoever_is_away_and_terminals_see_it(session, unit, chief, martin):
    seed_windows(session, chief, NINE, at(1))
    seed_windows(session, chief, at(2), at(3), agent=martin)
    booked = book(session, unit.id)
    (offer,) = offer_instead(
        session, row(session, booked.appointment_id), [at(2)], "Une intervention.", actor_of(chief), NOW
    )
    away(session, martin)
    assert (receivers(session, offer.id), changes(session)) == ([], ["withdrawn"])
    accept_offer(session, AcceptOffer(booked.booking_id, offer.id), NOW)
    accepted = row(session, offer.id)
    assert (accepted.offer, accepted.state, accepted.released_at) == (Offer.INSTEAD, State.CONFIRMED, NOW)
