from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.planning_events import PlanningSilent
from models.queries.feed.plannings import health_of
from models.record import record
from models.rules.plannings import WITHOUT_A_WORD, Kind, is_silent, silent_from
from models.tables import PlanningSource
from server.services._plannings import lock_source, silent_after_of


@dataclass(frozen=True)
class WatchSilence:
    """At most `limit` in one transaction: each waits for its unit's lock."""

    limit: int = 20


def watch_silence(session: Session, command: WatchSilence, now: datetime) -> int:
    """Say of which sources nothing was heard for longer than may be, and which tables have no word about today.

    A paused one falls silent like any other.

    Returns:
        How many were found; fewer than the limit: no other is.
    """
    heard_at = func.coalesce(PlanningSource.succeeded_at, PlanningSource.created_at)
    found = session.execute(
        select(PlanningSource.id, PlanningSource.unit_id)
        .where(
            PlanningSource.revoked_at.is_(None),
            PlanningSource.silent_since.is_(None),
            or_(
                heard_at + func.make_interval(0, 0, 0, 0, 0, PlanningSource.silent_after_minutes) < now,
                and_(
                    PlanningSource.kind.in_([Kind.POSITIONS_DAILY, Kind.POSITIONS_FORECAST]),
                    PlanningSource.read_until < now - WITHOUT_A_WORD,
                ),
            ),
        )
        .order_by(PlanningSource.unit_id, PlanningSource.id)
        .limit(command.limit)
    ).all()
    # In the order in which everybody who takes several units' locks takes them.
    for one in sorted(found, key=lambda one: unit_scope(one.unit_id)):
        source = lock_source(session, one.id)
        # It may have been heard, changed or revoked while we waited for its unit.
        if source is None or source.silent_since is not None:
            continue
        if is_silent(health_of(source), silent_after_of(source), now):
            source.silent_since = silent_from(health_of(source), silent_after_of(source))
            session.flush()
            record(session, PlanningSilent(at=now, unit_id=source.unit_id, planning_id=str(source.id)))
    return len(found)
