"""How a reading is put on the queue: of one source one waits at most, and one is under way at most."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.record import defer

TASK, QUEUE = "poll_planning", "calendars"

# Whoever would wait behind plannings that came by the clock, and has been asked for, does not.
_HASTEN = text(
    "UPDATE procrastinate_jobs SET priority = greatest(priority, :priority), scheduled_at = NULL,"
    " args = args || jsonb_build_object('claimed_at', CAST(:claimed_at AS text))"
    " WHERE queue_name = :queue AND task_name = :task AND status = 'todo'"
    " AND args ->> 'source_id' = ANY(CAST(:ids AS text[])) RETURNING args ->> 'source_id'"
)


def defer_readings(session: Session, sources: Collection[UUID], now: datetime, priority: int = 0) -> None:
    """Have sources asked whose rows the caller has locked; one that waits already is not put there again.

    No queueing lock of the queue's own: the jobs of a dead worker that hold one are not tried again, because two of
    them cannot wait. That the rows are locked makes looking first as good.
    """
    ids = [str(one) for one in sources]
    wanted = {"priority": priority, "claimed_at": now.isoformat(), "queue": QUEUE, "task": TASK, "ids": ids}
    waiting = set(session.scalars(_HASTEN, wanted))
    for source_id in ids:
        if source_id not in waiting:
            defer(
                session,
                TASK,
                queue=QUEUE,
                priority=priority,
                one_at_a_time=f"planning:{source_id}",
                source_id=source_id,
                claimed_at=now.isoformat(),
            )
