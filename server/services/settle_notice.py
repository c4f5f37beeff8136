from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.notices import NoticeState
from server.services._notices import lock_notice, rise


@dataclass(frozen=True)
class SettleNotice:
    """How one attempt ended.

    Args:
        cause: None when the channel took the notice, else a short code.
        for_good: another attempt would not help.
        tries_for: after so long a temporary failure is final too.
        handed_on: nothing is known yet: it is in a queue of the channel's own, which raises the notice later.
    """

    notice_id: UUID
    cause: str | None = None
    for_good: bool = False
    tries_for: timedelta = timedelta(days=1)
    handed_on: bool = False


def settle_notice(session: Session, command: SettleNotice, now: datetime) -> str:
    """Write down how an attempt ended and give the claim back. Returns the notice's state."""
    notice = lock_notice(session, command.notice_id)
    if notice.state == "queued":
        # Otherwise a claim that ran out was taken over: what one worker sent, the other's failure does not undo.
        notice.claimed_until = None
        if command.cause is None and not command.handed_on:
            rise(session, notice, NoticeState.SENT, None, now)
        elif command.for_good or (command.cause is not None and now - notice.created_at >= command.tries_for):
            rise(session, notice, NoticeState.FAILED, command.cause, now)
        else:
            notice.cause, notice.changed_at = command.cause, now
    return notice.state
