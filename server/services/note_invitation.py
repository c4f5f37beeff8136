from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.tables import CalendarExport, SentInvitation


@dataclass(frozen=True)
class NoteInvitation:
    """What an export by mail has just said of a booking; `sealed` is where, `digest` as `SentInvitation`."""

    export_id: UUID
    sealed: bytes = field(repr=False)
    booking_id: UUID
    sequence: int
    digest: bytes
    cancelled: bool
    starts_at: datetime
    ends_at: datetime


def note_invitation(session: Session, command: NoteInvitation, now: datetime) -> None:
    """Write down what was said, so that it is said once; what was said later stays."""
    export = session.get_one(CalendarExport, command.export_id, with_for_update=True, populate_existing=True)
    if export.address_sealed != command.sealed:
        # Whoever has another mailbox now has been told nothing.
        return
    said = {
        "sequence": command.sequence,
        "digest": command.digest,
        "cancelled": command.cancelled,
        "starts_at": command.starts_at,
        "ends_at": command.ends_at,
        "sent_at": now,
    }
    written = insert(SentInvitation).values(export_id=command.export_id, booking_id=command.booking_id, **said)
    session.execute(
        written.on_conflict_do_update(
            index_elements=[SentInvitation.export_id, SentInvitation.booking_id],
            set_=said,
            where=SentInvitation.sequence < command.sequence,
        )
    )
