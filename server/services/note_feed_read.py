from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from models.tables import CalendarExport

# Writing it down at each read would make each one a write.
STEP = timedelta(minutes=5)


@dataclass(frozen=True)
class NoteFeedRead:
    export_id: UUID


def note_feed_read(session: Session, command: NoteFeedRead, now: datetime) -> None:
    """Write down that a calendar has read a feed, to within five minutes: its owner sees that it is in use."""
    session.execute(
        update(CalendarExport)
        .where(
            CalendarExport.id == command.export_id,
            or_(CalendarExport.succeeded_at.is_(None), CalendarExport.succeeded_at < now - STEP),
        )
        .values(tried_at=now, succeeded_at=now)
        .execution_options(synchronize_session=False)
    )
