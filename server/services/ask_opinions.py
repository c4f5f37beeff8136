from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentOpinionAsked
from models.events import RequestOpinionAsked
from models.record import record
from models.rules.appointments import EndedBy, State
from models.rules.reminders import ASKED_AFTER, ASKED_WITHIN
from models.rules.request_lifecycle import Outcome
from models.rules.request_lifecycle import State as RequestState
from models.tables import Appointment, Booking, ContactRequest, Event
from server.services._appointments import booking_of
from server.services._bookings import lock_booking
from server.services._requests import lock_request

NOTHING = "nothing"


@dataclass(frozen=True)
class AskOpinions:
    """Asks about at most `limit` requests and as many appointments, so that no lock is held for long."""

    limit: int = 50


def ask_opinions(session: Session, command: AskOpinions, now: datetime) -> int:
    """Ask once how it was, on the day after a request was dealt with or an appointment took place.

    Nobody is asked about a discreet one, nor who chose to hear nothing; a request that became an appointment is asked
    about with that one. Returns how many were asked.
    """
    return _of_requests(session, command.limit, now) + _of_appointments(session, command.limit, now)


def _of_requests(session: Session, limit: int, now: datetime) -> int:
    asked = (
        select(Event.id).where(Event.request_id == ContactRequest.id, Event.name == RequestOpinionAsked.name).exists()
    )
    ids = session.scalars(
        select(ContactRequest.id)
        .where(
            ContactRequest.ended_at.between(now - ASKED_WITHIN, now - ASKED_AFTER),
            ContactRequest.state == RequestState.DONE,
            ContactRequest.outcome.in_([Outcome.HANDLED, Outcome.REDIRECTED]),
            ContactRequest.discreet.is_(False),
            ContactRequest.told_by.is_distinct_from(NOTHING),
            ContactRequest.erased_at.is_(None),
            ~asked,
        )
        .order_by(ContactRequest.ended_at, ContactRequest.id)
        .limit(limit)
    ).all()
    for request_id in ids:
        request, _ = lock_request(session, request_id)
        record(session, RequestOpinionAsked(at=now, unit_id=request.unit_id, request_id=request.id))
    return len(ids)


def _of_appointments(session: Session, limit: int, now: datetime) -> int:
    asked = select(Event.id).where(Event.booking_id == Booking.id, Event.name == AppointmentOpinionAsked.name).exists()
    rows = session.scalars(
        select(Appointment)
        .join(Booking, Booking.id == Appointment.booking_id)
        .where(
            Booking.ended_at.between(now - ASKED_WITHIN, now - ASKED_AFTER),
            Booking.discreet.is_(False),
            Booking.told_by.is_distinct_from(NOTHING),
            Booking.erased_at.is_(None),
            Appointment.state == State.HONOURED,
            # What the clock alone has settled may not have taken place.
            Appointment.ended_by == EndedBy.UNIT,
            ~asked,
        )
        .order_by(Booking.ended_at, Appointment.id)
        .limit(limit)
    ).all()
    for appointment in rows:
        lock_booking(session, booking_of(appointment))
        record(
            session,
            AppointmentOpinionAsked(
                at=now,
                unit_id=appointment.unit_id,
                booking_id=booking_of(appointment),
                appointment_id=appointment.id,
            ),
        )
    return len(rows)
