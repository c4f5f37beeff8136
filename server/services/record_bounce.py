from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.notices import NoticeState
from models.tables import Notice
from server.services.raise_notice import RaiseNotice, raise_notice


@dataclass(frozen=True)
class RecordBounce:
    """A mail server has given a notice up; `status` is its enhanced code (RFC 3463)."""

    notice_id: UUID
    status: str


def record_bounce(session: Session, command: RecordBounce, now: datetime) -> bool:
    """Let the notice have failed, so that the next channel is tried. Returns whether that is news."""
    if session.scalar(select(Notice.channel).where(Notice.id == command.notice_id)) != "email":
        return False
    return raise_notice(session, RaiseNotice(command.notice_id, NoticeState.FAILED, f"bounce_{command.status}"), now)
