from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from models.rules.notices import NoticeState
from models.tables import Event, Notice
from server.services.raise_notice import RaiseNotice, raise_notice


@dataclass(frozen=True)
class SeeNotices:
    """The citizen has opened the page of a request or a booking: they know what its notices say."""

    subject_id: UUID


def has_unseen(session: Session, command: SeeNotices, now: datetime) -> bool:
    """Say whether anything that has reached them was not known to be seen; a look that takes no lock."""
    return bool(session.scalar(select(exists().where(_unseen(command, now)))))


def see_notices(session: Session, command: SeeNotices, now: datetime) -> int:
    """Raise each notice that had left by now; returns how many. What is still on its way is not known to anybody."""
    ids = session.scalars(
        select(Notice.id).join(Event, Event.id == Notice.event_id).where(_unseen(command, now)).order_by(Notice.id)
    ).all()
    return sum(raise_notice(session, RaiseNotice(one, NoticeState.SEEN), now) for one in ids)


def _unseen(command: SeeNotices, now: datetime) -> ColumnElement[bool]:
    # An id is one of a request or of a booking, never of both.
    return (
        (Notice.event_id == Event.id)
        & ((Event.request_id == command.subject_id) | (Event.booking_id == command.subject_id))
        & Notice.state.in_([NoticeState.SENT, NoticeState.DELIVERED])
        & (Notice.sent_at <= now)
    )
