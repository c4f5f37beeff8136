from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, or_
from sqlalchemy.orm import Session

from models.tables import Event, Notice, TextMessage
from server.services._notices import lock_unit_of, show


@dataclass(frozen=True)
class DropOvertaken:
    """Nothing more is sent about an event: it has been told, or nobody must hear of it any more."""

    event_id: int


def drop_overtaken(session: Session, command: DropOvertaken, now: datetime) -> int:
    """Delete its notices that wait for an attempt which will never come. Returns how many.

    They are no failures: nobody must call because of them. What somebody is sending stays, and what a text message will
    settle.
    """
    event = session.get(Event, command.event_id)
    if event is None:
        return 0
    lock_unit_of(session, event)
    dropped = session.scalars(
        delete(Notice)
        .where(
            Notice.event_id == event.id,
            Notice.state == "queued",
            or_(Notice.claimed_until.is_(None), Notice.claimed_until <= now),
            ~exists().where(TextMessage.notice_id == Notice.id),
        )
        .returning(Notice.id)
    ).all()
    if dropped:
        show(session, event)
    return len(dropped)
