from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.export_events import ExportChanged
from models.record import defer, record
from models.rules.actor import AgentActor
from models.rules.exports import BY_PERSON, WANTED_PRIORITY, Kind
from models.rules.refused_mails import refused_of
from models.tables import CalendarExport
from server.services._exports import in_hand, lock_export
from server.services.want_export import QUEUE, RUN


@dataclass(frozen=True)
class ChangeCalendarExport:
    """What is None stays as it is."""

    export_id: UUID
    name: str | None = None
    paused: bool | None = None


def change_calendar_export(
    session: Session, command: ChangeCalendarExport, actor: AgentActor, now: datetime
) -> CalendarExport:
    """Rename, pause or resume an export.

    While it is paused nothing is written to the agenda, and a feed is not there. What changed meanwhile is written when
    it goes on, which is also how one goes on that stood still because its agenda would not have it.

    Raises:
        Forbidden, NotFound: as `models.rules.exports.change`.
    """
    export = lock_export(session, command.export_id, actor)
    if command.name is not None and command.name != export.name:
        export.name = command.name
        record_change(session, export, "renamed", actor, now)
    if command.paused is True and export.paused_at is None:
        export.paused_at, export.pause_cause = now, BY_PERSON
        # A worker that has it in hand keeps it until it gives it back, or nobody would know of the two who are there.
        export.run_at = export.run_at if in_hand(export) else None
        record_change(session, export, "paused", actor, now)
    if command.paused is False and export.paused_at is not None:
        export.paused_at, export.pause_cause = None, None
        record_change(session, export, "resumed", actor, now)
        start_anew(session, export, now)
    return export


def start_anew(session: Session, export: CalendarExport, now: datetime) -> None:
    """Let a worker look at once, whatever has failed or was refused before; a feed needs none.

    One that a worker has in hand is looked at when that ends.
    """
    if export.kind == Kind.FEED:
        return
    export.wanted += 1
    export.known = sorted(set(export.known) - refused_of(export.known))
    if not in_hand(export):
        export.run_at = now
        session.flush()
        defer(session, RUN, queue=QUEUE, priority=WANTED_PRIORITY, export_id=str(export.id))


def record_change(session: Session, export: CalendarExport, how: str, actor: AgentActor, now: datetime) -> None:
    """Write down what somebody has done to an export: `how` as `ExportChanged`."""
    session.flush()
    record(
        session,
        ExportChanged(
            at=now,
            unit_id=export.unit_id,
            agent_id=actor.agent_id,
            about_agent_id=export.agent_id,
            export_id=str(export.id),
            kind=export.kind,
            how=how,
        ),
    )
