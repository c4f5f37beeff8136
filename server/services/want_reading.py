from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.actor import AgentActor
from models.rules.errors import Conflict
from server.services._plannings import find_source
from server.services._poll_jobs import defer_readings


@dataclass(frozen=True)
class WantReading:
    source_id: UUID


def want_reading(session: Session, command: WantReading, actor: AgentActor, now: datetime) -> datetime | None:
    """Have a source asked as soon as a worker has a hand free, and after what is under way.

    Returns:
        When it was last asked until now, by which whoever waits tells what was under way from what comes after.

    Raises:
        Forbidden: `not_in_a_unit`.
        NotFound: `no_such_planning` that the actor may change.
        Conflict: `planning_paused`, or `planning_without_address`: it is only uploaded.
    """
    source = find_source(session, command.source_id, actor)
    if source.paused_at is not None:
        raise Conflict("planning_paused")
    if source.address_sealed is None:
        raise Conflict("planning_without_address")
    defer_readings(session, [source.id], now, priority=5)
    return source.tried_at
