"""How use cases take hold of an export, and what becomes of it when it ends."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.events import unit_scope
from models.export_events import ExportEnded, ExportRevoked
from models.record import lock_scopes, record, stamp
from models.rules import exports
from models.rules.actor import AgentActor, Role
from models.rules.colleagues import require_unit
from models.rules.errors import NotFound
from models.rules.exports import LEASE, Kind
from models.tables import AgendaFinding, Agent, CalendarExport


def serves_in(unit_id: ColumnElement[int] | InstrumentedAttribute[int]) -> tuple[ColumnElement[bool], ...]:
    """What an agent must be for their appointments to leave that unit."""
    serves: ColumnElement[bool] = Agent.roles.overlap([Role.GENDARME.value, Role.CHIEF.value])
    return Agent.unit_id == unit_id, Agent.active.is_(True), serves


def lock_export(session: Session, export_id: UUID, actor: AgentActor) -> CalendarExport:
    """Lock the actor's unit and one of its exports that has not been revoked.

    Raises:
        Forbidden, NotFound: as `models.rules.exports.change`.
    """
    lock_scopes(session, {unit_scope(require_unit(actor))})
    export = session.get(CalendarExport, export_id, with_for_update=True, populate_existing=True)
    if export is None or export.revoked_at is not None:
        raise NotFound("no_such_export")
    exports.change(actor, export.unit_id, export.agent_id)
    return export


def in_hand(export: CalendarExport) -> bool:
    """Say whether a worker has taken the export in hand, and neither given it back nor died so long ago."""
    return export.run_at is not None and export.tried_at is not None and export.run_at == export.tried_at + LEASE


def revoke(session: Session, export: CalendarExport, by_id: int | None, now: datetime) -> None:
    """End an export, whose unit and row are locked: a feed at once, an agenda once what we wrote there is out."""
    free = not in_hand(export)
    export.revoked_at, export.revoked_by_id = now, by_id
    if export.kind != Kind.FEED:
        export.wanted += 1
        # One that a worker has in hand is looked at when that ends.
        export.run_at = now if free else export.run_at
    _overtake(session, export, now)
    record(
        session,
        ExportRevoked(
            at=now,
            unit_id=export.unit_id,
            agent_id=by_id,
            about_agent_id=export.agent_id,
            export_id=str(export.id),
            kind=export.kind,
        ),
    )


def _overtake(session: Session, export: CalendarExport, now: datetime) -> None:
    """Ask no more about what was done in an agenda that somebody no longer wants."""
    asked = session.scalars(
        update(AgendaFinding)
        .where(AgendaFinding.export_id == export.id, AgendaFinding.answered_at.is_(None))
        .values(answered_at=now, answer="overtaken")
        .returning(AgendaFinding.appointment_id)
        .execution_options(synchronize_session=False)
    )
    for appointment_id in sorted(set(asked)):
        stamp(session, unit_scope(export.unit_id), f"appointment/{appointment_id}")


def forget(session: Session, export: CalendarExport, now: datetime, *, emptied: bool) -> None:
    """Forget where a revoked export went."""
    export.address_sealed = None
    export.run_at = None
    export.known = []
    record(
        session,
        ExportEnded(
            at=now,
            unit_id=export.unit_id,
            about_agent_id=export.agent_id,
            export_id=str(export.id),
            kind=export.kind,
            emptied=emptied,
        ),
    )
