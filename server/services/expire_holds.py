from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentCancelled
from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules.actor import SystemActor
from models.rules.appointments import EndedBy, State
from models.tables import Appointment, Booking
from server.services._bookings import end_appointment
from server.services._clashes import weighs_once
from server.services._holds import let_go


@dataclass(frozen=True)
class ExpireHolds:
    """Ends at most `limit` held times, so that no lock is held for long."""

    limit: int = 50


@weighs_once
def expire_holds(session: Session, command: ExpireHolds, actor: SystemActor, now: datetime) -> int:
    """End what was held and has run out, offers included, and requests that began unanswered. Returns how many.

    A request for which nobody found the time is over when its time has come; its citizen is told so.
    """
    del actor
    due = session.execute(
        select(Appointment.id, Appointment.unit_id)
        .where(
            ((Appointment.state == State.HELD) & (Appointment.held_until <= now))
            | ((Appointment.state == State.REQUESTED) & (Appointment.starts_at <= now))
        )
        .order_by(Appointment.unit_id, Appointment.starts_at)
        .limit(command.limit)
    ).all()
    # All at once, in the order in which everybody locks.
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in due})
    return sum(_expire(session, appointment_id, now) for appointment_id, _ in due)


def _expire(session: Session, appointment_id: UUID, now: datetime) -> bool:
    appointment = session.get(Appointment, appointment_id, populate_existing=True)
    if appointment is None:
        return False
    if appointment.state == State.HELD and appointment.held_until is not None and appointment.held_until <= now:
        let_go(session, appointment, State.EXPIRED, EndedBy.TIME, now, "expired")
        return True
    if appointment.state == State.REQUESTED and appointment.starts_at <= now:
        _unanswered(session, appointment, now)
        return True
    return False


def _unanswered(session: Session, appointment: Appointment, now: datetime) -> None:
    assert appointment.booking_id is not None
    end_appointment(session, appointment, State.EXPIRED, EndedBy.TIME, now)
    # The booking stays open: its citizen may choose another time with the link they have.
    session.get_one(Booking, appointment.booking_id, populate_existing=True).wants_earlier_since = None
    record(
        session,
        AppointmentCancelled(
            at=now,
            unit_id=appointment.unit_id,
            booking_id=appointment.booking_id,
            appointment_id=appointment.id,
            by=EndedBy.TIME,
        ),
    )
