from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.actor import AgentActor
from models.rules.errors import Conflict
from models.rules.exports import Kind
from server.services._exports import lock_export
from server.services.change_calendar_export import start_anew


@dataclass(frozen=True)
class RunCalendarExport:
    export_id: UUID


def run_calendar_export(session: Session, command: RunCalendarExport, actor: AgentActor, now: datetime) -> None:
    """Let a worker look at an agenda now; one that is in hand already is looked at once more.

    Raises:
        Forbidden, NotFound: as `models.rules.exports.change`.
        Conflict: `export_paused`, or `nothing_to_run` for a feed, which is read by others.
    """
    export = lock_export(session, command.export_id, actor)
    if export.kind == Kind.FEED:
        raise Conflict("nothing_to_run")
    if export.paused_at is not None:
        raise Conflict("export_paused")
    start_anew(session, export, now)
