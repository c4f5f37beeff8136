from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from models.queries.feed.plannings import health_body
from models.rules.plannings import failures_after, wait
from server.services._plannings import lock_source, tell_health


@dataclass(frozen=True)
class FailReading:
    """Why a source could not be read.

    Args:
        tried_at: when it was asked, as `begin_reading` wrote it down; None: an accident came before that.
        code, line: of `FetchFailed` or `PlanningRefused`.
        jitter: from 0 to 1, drawn anew each time.
    """

    source_id: UUID
    tried_at: datetime | None
    code: str
    line: int = 0
    jitter: float = 0.0


def fail_reading(session: Session, command: FailReading, now: datetime) -> bool:
    """Write down why a source was not read; what it said before stands, and where it fails it is asked later and later.

    Returns:
        Whether that was still of use, as `apply_reading` says it.
    """
    source = lock_source(session, command.source_id)
    if source is None or source.paused_at is not None or command.tried_at not in (None, source.tried_at):
        return False
    before = health_body(source)
    source.failed_at, source.failure_code, source.failure_line = now, command.code, command.line
    source.failures_in_a_row = failures_after(source.failures_in_a_row, command.code)
    source.poll_at = now + wait(timedelta(minutes=source.poll_minutes), source.failures_in_a_row, command.jitter)
    tell_health(session, source, before)
    return True
