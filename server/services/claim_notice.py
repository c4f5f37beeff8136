from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.tables import Notice


@dataclass(frozen=True)
class ClaimNotice:
    """Asks for the right to send one notice until `now + lasts`, longer than any sending can take."""

    event_id: int
    channel: str
    recipient: str
    lasts: timedelta = timedelta(minutes=5)


class Claim(StrEnum):
    OURS = "ours"
    ANOTHERS = "anothers"
    SETTLED = "settled"
    FAILED = "failed"


def claim_notice(session: Session, command: ClaimNotice, now: datetime) -> tuple[Claim, UUID]:
    """Write the notice down before it is sent, and make sure that one worker at a time sends it.

    Returns:
        The notice's id with `OURS` (send it, then settle it), `ANOTHERS` (somebody is at it; look again later),
        `SETTLED` (it has left) or `FAILED` (it never will, over this channel).
    """
    which = {"event_id": command.event_id, "channel": command.channel, "recipient": command.recipient}
    session.execute(
        insert(Notice)
        .values(id=uuid4(), **which, state="queued", attempts=0, created_at=now, changed_at=now)
        .on_conflict_do_nothing()
    )
    notice = session.scalars(
        select(Notice).filter_by(**which).with_for_update().execution_options(populate_existing=True)
    ).one()
    if notice.state != "queued":
        return Claim.FAILED if notice.state == "failed" else Claim.SETTLED, notice.id
    if notice.claimed_until is not None and notice.claimed_until > now:
        return Claim.ANOTHERS, notice.id
    notice.claimed_until = now + command.lasts
    notice.attempts += 1
    notice.changed_at = now
    return Claim.OURS, notice.id
