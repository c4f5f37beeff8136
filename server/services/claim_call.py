from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.queries.ladders import Wait, find_wait
from models.tables import Ladder, LadderCall
from server.services._ladders import NOT_NEEDED, is_needed


@dataclass(frozen=True)
class ClaimCall:
    call_id: UUID


def claim_call(session: Session, command: ClaimCall, now: datetime) -> tuple[LadderCall, Wait] | None:
    """Note that a call is about to be tried, so that nobody else ever tries it.

    Returns:
        The call and what it is about, or None: another worker has it, it waits for its next try, or nobody needs it
        any more (it fails then), because somebody has taken what waited or its agent has gone off duty or away.
    """
    found = session.execute(
        select(LadderCall, Ladder.event_id)
        .join(Ladder, LadderCall.ladder_id == Ladder.id)
        .where(LadderCall.id == command.call_id)
    ).one_or_none()
    wait = None if found is None else find_wait(session, found.event_id)
    if found is None or wait is None:
        return None
    needed = is_needed(session, found.LadderCall, wait, now)
    claimed = session.scalar(
        update(LadderCall)
        .where(
            LadderCall.id == command.call_id,
            LadderCall.state == "queued",
            LadderCall.attempted_at.is_(None),
            or_(LadderCall.retry_at.is_(None), LadderCall.retry_at <= now),
        )
        .values(
            {"attempted_at": now, "changed_at": now}
            if needed
            else {"state": "failed", "cause": NOT_NEEDED, "changed_at": now}
        )
        .returning(LadderCall)
        .execution_options(populate_existing=True)
    )
    return (claimed, wait) if claimed is not None and needed else None
