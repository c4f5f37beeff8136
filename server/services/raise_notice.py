from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import DELIVER
from models.record import defer
from models.rules.notices import NoticeState, rises
from models.tables import Notice
from server.services._notices import lock_notice, rise


@dataclass(frozen=True)
class RaiseNotice:
    """What somebody says of a notice that has left our hands: a provider, a browser, a mail server, or its reader.

    Args:
        cause: of a failure, a short code; other states have none.
    """

    notice_id: UUID
    state: NoticeState
    cause: str | None = None


def raise_notice(session: Session, command: RaiseNotice, now: datetime) -> bool:
    """Write it down when it is news. What failed is tried over the next channel: the event is delivered again.

    Returns:
        Whether anything changed; False for a notice that is gone.
    """
    if session.scalar(select(Notice.id).where(Notice.id == command.notice_id)) is None:
        return False
    notice = lock_notice(session, command.notice_id)
    if not rises(NoticeState(notice.state), command.state):
        return False
    failed = command.state is NoticeState.FAILED
    rise(session, notice, command.state, (command.cause or "unknown") if failed else None, now)
    if failed:
        defer(session, DELIVER.task, queue=DELIVER.queue, event_id=notice.event_id)
    return True
