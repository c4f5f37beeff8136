"""What an export by mail has said of bookings, and what has become of them since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.queries.agenda import CHANGES_FOR_GENDARMES, changes_of
from models.tables import Booking, SentInvitation, Unit


@dataclass(frozen=True)
class Sent:
    """What was last said of a booking.

    Args:
        sequence, digest, cancelled: as `SentInvitation` has them.
        starts_at, ends_at: what was said.
        changes: how often the booking has changed by now.
    """

    booking_id: UUID
    sequence: int
    digest: bytes
    cancelled: bool
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    changes: int


def sent_by(session: Session, export_id: UUID) -> list[Sent]:
    """All that an export has sent."""
    rows = session.execute(
        select(SentInvitation, Unit.time_zone)
        .join(Booking, Booking.id == SentInvitation.booking_id)
        .join(Unit, Unit.id == Booking.unit_id)
        .where(SentInvitation.export_id == export_id)
        .order_by(SentInvitation.booking_id)
        .execution_options(populate_existing=True)
    ).all()
    changes = changes_of(session, [sent.booking_id for sent, _ in rows], CHANGES_FOR_GENDARMES)
    return [
        Sent(
            booking_id=sent.booking_id,
            sequence=sent.sequence,
            digest=sent.digest,
            cancelled=sent.cancelled,
            starts_at=sent.starts_at,
            ends_at=sent.ends_at,
            time_zone=time_zone,
            changes=changes[sent.booking_id].sequence,
        )
        for sent, time_zone in rows
    ]
