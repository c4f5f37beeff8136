from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentOpinionAsked
from models.events import RequestOpinionAsked, unit_scope
from models.record import lock_scopes, record
from models.rules.appointments import EndedBy, State
from models.rules.reminders import ASKED_AFTER, ASKED_WITHIN
from models.rules.request_lifecycle import Outcome
from models.rules.request_lifecycle import State as RequestState
from models.tables import Appointment, Booking, ContactRequest, Event
from server.services._appointments import booking_of

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
    requests, appointments = _requests(now), _appointments(now)
    of_requests = requests.with_only_columns(ContactRequest.id, ContactRequest.unit_id).limit(command.limit)
    of_appointments = appointments.with_only_columns(Appointment.id, Booking.unit_id).limit(command.limit)
    found = [session.execute(one).all() for one in (of_requests, of_appointments)]
    # All at once, in the order in which everybody locks; and then once more what is still so.
    lock_scopes(session, {unit_scope(unit_id) for rows in found for _, unit_id in rows})
    request_ids, appointment_ids = ([one for one, _ in rows] for rows in found)
    asked = 0
    for request in session.scalars(requests.where(ContactRequest.id.in_(request_ids))).all():
        record(session, RequestOpinionAsked(at=now, unit_id=request.unit_id, request_id=request.id))
        asked += 1
    for appointment in session.scalars(appointments.where(Appointment.id.in_(appointment_ids))).all():
        record(
            session,
            AppointmentOpinionAsked(
                at=now,
                unit_id=appointment.unit_id,
                booking_id=booking_of(appointment),
                appointment_id=appointment.id,
            ),
        )
        asked += 1
    return asked


def _requests(now: datetime) -> Select[ContactRequest]:
    asked = (
        select(Event.id).where(Event.request_id == ContactRequest.id, Event.name == RequestOpinionAsked.name).exists()
    )
    return (
        select(ContactRequest)
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
        .execution_options(populate_existing=True)
    )


def _appointments(now: datetime) -> Select[Appointment]:
    asked = select(Event.id).where(Event.booking_id == Booking.id, Event.name == AppointmentOpinionAsked.name).exists()
    return (
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
        .execution_options(populate_existing=True)
    )
