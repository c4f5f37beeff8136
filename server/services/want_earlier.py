from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.appointment_events import EarlierTimeWanted
from models.record import record
from models.rules.actor import CitizenActor
from models.rules.errors import Conflict
from models.rules.request_lifecycle import Verdict
from server.services._bookings import lock_booking, require_open


@dataclass(frozen=True)
class WantEarlier:
    booking_id: UUID
    wanted: bool


def want_earlier(session: Session, command: WantEarlier, now: datetime) -> Verdict:
    """Put a booking on its unit's waiting list for an earlier time, or take it off. The edge has checked the link.

    Raises:
        NotFound: `no_such_booking`.
        Conflict: `already_ended`: there is no appointment to come that could be earlier.
    """
    locked = lock_booking(session, command.booking_id, CitizenActor(booking_id=command.booking_id))
    booking, active = locked.booking, locked.active
    if command.wanted == (booking.wants_earlier_since is not None):
        return Verdict.NOOP
    require_open(session, locked)
    if active is None or active.starts_at <= now:
        raise Conflict("already_ended", {"state": active.state if active else None})
    booking.wants_earlier_since = now if command.wanted else None
    record(
        session,
        EarlierTimeWanted(
            at=now, unit_id=booking.unit_id, booking_id=booking.id, appointment_id=active.id, wanted=command.wanted
        ),
    )
    return Verdict.APPLY
