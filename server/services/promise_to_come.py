from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.appointment_events import AppointmentPromised
from models.queries.promises import last_reminder
from models.record import record
from models.rules.errors import Conflict
from models.rules.request_lifecycle import Verdict
from server.services._bookings import lock_booking


@dataclass(frozen=True)
class PromiseToCome:
    """A citizen answers on their page to the reminder of `appointment_id`: I am coming."""

    booking_id: UUID
    appointment_id: UUID


def promise_to_come(session: Session, command: PromiseToCome, now: datetime) -> Verdict:
    """Keep the promise; the unit reads it with the reminder, as it does a "1" by text message.

    Raises:
        NotFound: as `lock_booking`.
        Conflict: `appointment_changed`: it is not the booking's any more, or has begun; `not_asked`: nobody was
            reminded.
    """
    locked = lock_booking(session, command.booking_id)
    active = locked.active
    if active is None or active.id != command.appointment_id or active.starts_at <= now:
        raise Conflict("appointment_changed")
    asked = last_reminder(session, active.id)
    if asked is None:
        raise Conflict("not_asked")
    if asked.promised:
        return Verdict.NOOP
    record(
        session,
        AppointmentPromised(
            at=now,
            unit_id=active.unit_id,
            booking_id=locked.booking.id,
            appointment_id=active.id,
            ahead=asked.ahead,
        ),
    )
    return Verdict.APPLY
