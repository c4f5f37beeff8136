from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentOutcome
from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules import appointments
from models.rules.appointments import EndedBy, State
from models.tables import Appointment
from server.services._appointments import booking_of, end_booking, facts_of
from server.services._clashes import weighs_once


@dataclass(frozen=True)
class SettleOutcomes:
    """Ends at most `limit` appointments, so that no lock is held for long."""

    limit: int = 50


@weighs_once
def settle_outcomes(session: Session, command: SettleOutcomes, now: datetime) -> int:
    """End the appointments of which nobody has said for a week whether the citizen came; returns how many.

    They count as honoured, `ended_by` the clock, so that statistics can tell them from what a gendarme has said.
    """
    unsaid = session.execute(
        select(Appointment.id, Appointment.unit_id)
        .where(Appointment.state == State.CONFIRMED, Appointment.ends_at <= now - appointments.UNSAID)
        .order_by(Appointment.unit_id, Appointment.ends_at, Appointment.id)
        .limit(command.limit)
    ).all()
    # All at once, in the order in which everybody locks.
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in unsaid})
    done = 0
    for appointment_id, unit_id in unsaid:
        appointment = session.get_one(Appointment, appointment_id, populate_existing=True)
        if not appointments.is_unsaid(facts_of(session, appointment), now):
            continue
        appointment.state, appointment.ended_at, appointment.ended_by = State.HONOURED, now, EndedBy.TIME
        session.flush()
        end_booking(session, booking_of(appointment), now)
        record(
            session,
            AppointmentOutcome(
                at=now,
                unit_id=unit_id,
                booking_id=booking_of(appointment),
                appointment_id=appointment.id,
                outcome=State.HONOURED,
            ),
        )
        done += 1
    return done
