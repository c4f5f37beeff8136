from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class RetryStalledJobs:
    """Which jobs have nobody working on them.

    Args:
        silence: a worker that has sent no heartbeat (one every 10 s) for so long is dead.
        longest: no job of ours takes so long. When the database goes away just as a job ends, its end is never
            written down although the worker lives on.
    """

    silence: timedelta = timedelta(seconds=60)
    longest: timedelta = timedelta(minutes=30)
    limit: int = 500


def retry_stalled_jobs(session: Session, command: RetryStalledJobs, now: datetime) -> int:
    """Put jobs back on the queue that a dead worker left `doing`. Returns how many there were.

    Those that come by the clock (they hold a queueing lock) only end: their next tick may wait already, and two of
    them cannot.
    """
    stalled = session.execute(
        text(
            "SELECT job.id, job.queueing_lock FROM procrastinate_jobs job"
            " LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id"
            " WHERE job.status = 'doing' AND ("
            "  worker.id IS NULL OR worker.last_heartbeat < :silent_since"
            "  OR (SELECT max(event.at) FROM procrastinate_events event"
            "      WHERE event.job_id = job.id AND event.type = 'started') < :started_before)"
            " ORDER BY job.id LIMIT :limit FOR UPDATE OF job SKIP LOCKED"
        ),
        {
            "silent_since": now - command.silence,
            "started_before": now - command.longest,
            "limit": command.limit,
        },
    ).all()
    session.execute(
        text("SELECT procrastinate_retry_job_v2(id, :now, NULL, NULL, NULL) FROM unnest(CAST(:ids AS bigint[])) id"),
        {"now": now, "ids": [job_id for job_id, lock in stalled if lock is None]},
    )
    session.execute(
        text("SELECT procrastinate_finish_job_v1(id, 'aborted', false) FROM unnest(CAST(:ids AS bigint[])) id"),
        {"ids": [job_id for job_id, lock in stalled if lock is not None]},
    )
    return len(stalled)
