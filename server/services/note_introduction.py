from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from models.tables import CalendarExport

# Stands among what an export by mail is known to hold.
INTRODUCED = "introduced"


@dataclass(frozen=True)
class NoteIntroduction:
    """A mailbox has been told what an export will send."""

    export_id: UUID


def note_introduction(session: Session, command: NoteIntroduction) -> None:
    """Write it down at once, so that it is told once whatever becomes of the visit."""
    export = session.get_one(CalendarExport, command.export_id, with_for_update=True, populate_existing=True)
    export.known = sorted({*export.known, INTRODUCED})
