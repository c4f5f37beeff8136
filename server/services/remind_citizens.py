from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentReminded
from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules.appointments import State
from models.rules.reminders import BEFORE, TOO_NEAR, Ahead, due_reminder
from models.tables import Appointment, Event
from server.services._appointments import booking_of

_AGREED_AT = func.greatest(Appointment.booked_at, Appointment.decided_at)


@dataclass(frozen=True)
class RemindCitizens:
    """Reminds of at most `limit` appointments, so that no lock is held for long."""

    limit: int = 50


def remind_citizens(session: Session, command: RemindCitizens, now: datetime) -> int:
    """Record each reminder that is due, which sends it; returns how many. Safe to run at any time, and again."""
    found = session.execute(
        select(Appointment.id, Appointment.unit_id)
        .where(Appointment.state == State.CONFIRMED, or_(*(_is_due(ahead, now) for ahead in Ahead)))
        .order_by(Appointment.unit_id, Appointment.starts_at, Appointment.id)
        .limit(command.limit)
    ).all()
    # All at once, in the order in which everybody locks.
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in found})
    done = 0
    for appointment_id, unit_id in found:
        appointment = session.get_one(Appointment, appointment_id, populate_existing=True)
        ahead = _due(session, appointment, now)
        if ahead is None:
            continue
        record(
            session,
            AppointmentReminded(
                at=now,
                unit_id=unit_id,
                booking_id=booking_of(appointment),
                appointment_id=appointment.id,
                ahead=ahead,
            ),
        )
        done += 1
    return done


def _due(session: Session, appointment: Appointment, now: datetime) -> Ahead | None:
    if appointment.state != State.CONFIRMED or appointment.booked_at is None:
        return None
    reminded = session.scalars(
        select(Event.data["ahead"].astext).where(
            Event.appointment_id == appointment.id, Event.name == AppointmentReminded.name
        )
    )
    agreed_at = max(appointment.booked_at, appointment.decided_at or appointment.booked_at)
    return due_reminder(appointment.starts_at, agreed_at, now, [Ahead(one) for one in reminded])


def _is_due(ahead: Ahead, now: datetime) -> ColumnElement[bool]:
    """As `due_reminder`, in SQL: most appointments are left alone without being read."""
    reminded = (
        select(Event.id)
        .where(
            Event.appointment_id == Appointment.id,
            Event.name == AppointmentReminded.name,
            Event.data["ahead"].astext == ahead,
        )
        .exists()
    )
    return and_(
        Appointment.starts_at > now + TOO_NEAR[ahead],
        Appointment.starts_at <= now + BEFORE[ahead],
        Appointment.starts_at >= _AGREED_AT + BEFORE[ahead],
        ~reminded,
    )
