from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.appointment_events import AppointmentCancelled
from models.record import record
from models.rules.appointments import EndedBy, State
from models.rules.errors import Conflict
from models.rules.request_lifecycle import Verdict
from server.services._bookings import (
    BookingActor,
    acting_agent,
    end_appointment,
    last_appointment,
    lock_booking,
    require_in_time,
)
from server.services._clashes import weighs_once
from server.services._holds import held_of, let_go


@dataclass(frozen=True)
class CancelBooking:
    """`word` is what the citizen tells the unit; it may be empty."""

    booking_id: UUID
    word: str = ""


@weighs_once
def cancel_booking(session: Session, command: CancelBooking, actor: BookingActor, now: datetime) -> Verdict:
    """End a booking for its citizen: its time is free again, and so is whatever the unit offered them.

    Raises:
        NotFound, Forbidden: as `lock_booking`.
        Conflict: `too_late` with `until` and the unit's `phone`; `already_ended` with `state` when they came, did not
            come, or nobody answered in time.
    """
    locked = lock_booking(session, command.booking_id, actor)
    booking, active = locked.booking, locked.active
    if booking.ended_at is not None:
        last = last_appointment(session, booking.id)
        if last is None or last.state == State.CANCELLED:
            return Verdict.NOOP
        raise Conflict("already_ended", {"state": last.state})
    require_in_time(locked, actor, now)
    for offered in held_of(session, booking.id):
        let_go(session, offered, State.CANCELLED, EndedBy.CITIZEN, now, "declined")
    booking.ended_at = now
    booking.wants_earlier_since = None
    if active is not None:
        active.citizen_word = command.word.strip() or None
        end_appointment(session, active, State.CANCELLED, EndedBy.CITIZEN, now)
        record(
            session,
            AppointmentCancelled(
                at=now,
                unit_id=booking.unit_id,
                agent_id=acting_agent(actor),
                booking_id=booking.id,
                appointment_id=active.id,
                by=EndedBy.CITIZEN,
                word=command.word.strip(),
            ),
        )
    session.flush()
    return Verdict.APPLY
