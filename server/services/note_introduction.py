from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from models.tables import CalendarExport

# Stands among what an export by mail is known to hold.
INTRODUCED = "introduced"


@dataclass(frozen=True)
class NoteIntroduction:
    """A mailbox has been told what an export will send; `sealed` is its address."""

    export_id: UUID
    sealed: bytes = field(repr=False)


def note_introduction(session: Session, command: NoteIntroduction) -> None:
    """Write it down at once, so that it is told once whatever becomes of the visit."""
    export = session.get_one(CalendarExport, command.export_id, with_for_update=True, populate_existing=True)
    # Whoever has another mailbox now has been told nothing.
    if export.address_sealed == command.sealed:
        export.known = sorted({*export.known, INTRODUCED})
