from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.actor import PartnerActor
from models.rules.errors import Conflict
from server.services._bookings import lock_booking
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.erase_old_bookings import erase_booking


@dataclass(frozen=True)
class DeleteBooking:
    booking_id: UUID


def delete_booking(session: Session, command: DeleteBooking, actor: PartnerActor, now: datetime) -> None:
    """Forget a booking for the partner that made it: cancelled if it was to come, then erased.

    Its times stay as they ended, for statistics, and name nobody; the partner does not find it any more.

    Raises:
        NotFound, Forbidden: as `lock_booking`.
        Conflict: `too_late`, for a partner that must keep the reason's notice.
    """
    booking = lock_booking(session, command.booking_id, actor).booking
    try:
        cancel_booking(session, CancelBooking(command.booking_id), actor, now)
    except Conflict as conflict:
        # They came, or did not: there is nothing to cancel, and it is forgotten all the same.
        if conflict.code != "already_ended":
            raise
    erase_booking(session, booking, now)
