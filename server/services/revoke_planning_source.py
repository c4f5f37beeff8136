from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.planning_events import PlanningRevoked
from models.record import record
from models.rules.actor import AgentActor
from models.rules.plannings import Kind
from models.tables import PlanningObject, PlanningPosition, PlanningSource
from server.services._clashes import weigh_clashes
from server.services._planning_absences import Difference, replace_absences
from server.services._planning_positions import derive_positions
from server.services._plannings import find_source, window_of, zone_of


@dataclass(frozen=True)
class RevokePlanningSource:
    source_id: UUID


def revoke_planning_source(session: Session, command: RevokePlanningSource, actor: AgentActor, now: datetime) -> None:
    """End a source: its address and password go, and all that it said of today and later; what other tables say comes
    back.

    Raises:
        Forbidden: `not_in_a_unit`.
        NotFound: `no_such_planning` that the actor may end; also one that is revoked already.
    """
    source = find_source(session, command.source_id, actor)
    end_source(session, source, actor.agent_id, now, by_id=actor.agent_id)


def end_calendars_of(session: Session, agent_id: int, now: datetime) -> None:
    """End the calendars of somebody who has left: nobody asks with their password any more.

    The caller holds the lock of their unit.
    """
    statement = select(PlanningSource).where(PlanningSource.agent_id == agent_id, PlanningSource.revoked_at.is_(None))
    for source in session.scalars(statement.with_for_update().order_by(PlanningSource.id)).all():
        end_source(session, source, agent_id, now, by_id=None)


def end_source(session: Session, source: PlanningSource, revoked_by_id: int, now: datetime, by_id: int | None) -> None:
    """Do the same to a source that is locked.

    Args:
        by_id: who has done it, None when nobody in the unit has.
    """
    source.revoked_at, source.revoked_by_id = now, revoked_by_id
    source.address_sealed = source.poll_at = source.tried_at = None
    source.etag = source.last_modified = source.sync_token = ""
    source.refused = []
    session.flush()
    for table in (PlanningObject, PlanningPosition):
        session.execute(delete(table).where(table.source_id == source.id))
    difference = _forget(session, source, now)
    record(
        session,
        PlanningRevoked(
            at=now,
            unit_id=source.unit_id,
            agent_id=by_id,
            planning_id=str(source.id),
            touched=tuple(difference.touched),
        ),
    )
    weigh_clashes(session, source.unit_id, now)


def _forget(session: Session, source: PlanningSource, now: datetime) -> Difference:
    zone = zone_of(session, source.unit_id)
    midnight = window_of(zone, now).start
    if Kind(source.kind).is_calendar:
        return replace_absences(session, [source.id], (), midnight, now)
    return derive_positions(session, source.unit_id, zone, midnight, now)
