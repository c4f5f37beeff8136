from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from models.tables import Notice


@dataclass(frozen=True)
class SettleNotice:
    """How one attempt ended.

    Args:
        cause: None when the channel took the notice, else a short code.
        for_good: another attempt would not help.
        tries_for: after so long a temporary failure is final too.
    """

    notice_id: UUID
    cause: str | None = None
    for_good: bool = False
    tries_for: timedelta = timedelta(days=1)


def settle_notice(session: Session, command: SettleNotice, now: datetime) -> str:
    """Write down how an attempt ended and give the claim back. Returns the notice's state."""
    notice = session.get_one(Notice, command.notice_id, with_for_update=True)
    if notice.state != "sent":
        # A claim that ran out may have been taken over: what one worker sent, the other's failure does not undo.
        given_up = command.for_good or now - notice.created_at >= command.tries_for
        notice.state = "sent" if command.cause is None else "failed" if given_up else "queued"
        notice.cause = command.cause
        notice.claimed_until = None
        notice.changed_at = now
    return notice.state
