from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from server.services._poll_jobs import defer_readings


@dataclass(frozen=True)
class ClaimDuePlannings:
    """At most `limit` in one transaction."""

    limit: int = 50


# Every unit's first before anybody's second: one with a hundred sources keeps nobody waiting. `poll_at` moves on before
# the job exists, so that no other tick takes it again; a job that is lost all the same is made anew by then.
_CLAIM = text(
    "WITH due AS (SELECT id, poll_at, row_number() OVER (PARTITION BY unit_id ORDER BY poll_at, id) AS turn"
    " FROM planning_sources WHERE revoked_at IS NULL AND paused_at IS NULL AND poll_at <= :now),"
    " claimed AS (SELECT source.id FROM planning_sources source JOIN due USING (id)"
    " WHERE source.revoked_at IS NULL AND source.paused_at IS NULL AND source.poll_at <= :now"
    " ORDER BY due.turn, due.poll_at, source.id LIMIT :limit FOR UPDATE OF source SKIP LOCKED)"
    " UPDATE planning_sources SET poll_at = :now + make_interval(mins => poll_minutes)"
    " WHERE id IN (SELECT id FROM claimed) RETURNING id"
)


def claim_due_plannings(session: Session, command: ClaimDuePlannings, now: datetime) -> int:
    """Have the sources asked whose time has come. Returns how many; fewer than the limit: no other is due."""
    claimed = session.scalars(_CLAIM, {"now": now, "limit": command.limit}).all()
    defer_readings(session, claimed, now)
    return len(claimed)
