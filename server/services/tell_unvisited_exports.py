from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.export_events import ExportFailing
from models.record import lock_scopes, record
from models.rules.exports import UNVISITED, UNVISITED_AFTER
from models.tables import CalendarExport


@dataclass(frozen=True)
class TellUnvisitedExports:
    """Tells of at most `limit` exports, so that no lock is held for long."""

    limit: int = 50


def tell_unvisited_exports(session: Session, command: TellUnvisitedExports, now: datetime) -> int:
    """Tell units of agendas whose time came long ago and where no worker has been since. Returns how many.

    Nobody else would: it is a visit that fails, and these have none. The next one takes it back, however it ends.
    """
    is_unvisited = (
        CalendarExport.run_at <= now - UNVISITED_AFTER,
        CalendarExport.address_sealed.is_not(None),
        CalendarExport.paused_at.is_(None),
        CalendarExport.revoked_at.is_(None),
        CalendarExport.failure_code.is_distinct_from(UNVISITED),
    )
    found = session.execute(
        select(CalendarExport.id, CalendarExport.unit_id)
        .where(*is_unvisited)
        .order_by(CalendarExport.unit_id, CalendarExport.id)
        .limit(command.limit)
    ).all()
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in found})
    for export_id, _ in found:
        # Somebody may have taken it in hand, or ended it, before it was locked.
        export = session.scalar(
            select(CalendarExport)
            .where(CalendarExport.id == export_id, *is_unvisited)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if export is not None:
            _tell(session, export, now)
    return len(found)


def _tell(session: Session, export: CalendarExport, now: datetime) -> None:
    export.failed_at, export.failure_code = now, UNVISITED
    session.flush()
    record(
        session,
        ExportFailing(
            at=now,
            unit_id=export.unit_id,
            about_agent_id=export.agent_id,
            export_id=str(export.id),
            kind=export.kind,
            cause=UNVISITED,
        ),
    )
