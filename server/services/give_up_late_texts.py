from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.text_messages import TextState
from models.tables import TextMessage
from server.services._text_subjects import tell_subject
from server.services._texts import finish


@dataclass(frozen=True)
class GiveUpLateTexts:
    """Messages that nobody could send, and that are of no use any more.

    Args:
        after: the last use: until then the message's own job does the same.
        limit: in one transaction. Each message takes the lock of its notice's unit, and several would be taken in no
            order: more than one only where nobody else is at work.
    """

    after: timedelta = timedelta(hours=1)
    limit: int = 1


def give_up_late_texts(session: Session, command: GiveUpLateTexts, now: datetime) -> int:
    """Fail messages whose job is gone, and tell their notice or call so: another way or a higher step takes over.

    Returns:
        How many; call again while it reaches the limit.
    """
    late = session.scalars(
        select(TextMessage)
        .where(TextMessage.state == TextState.QUEUED, TextMessage.good_until < now - command.after)
        .order_by(TextMessage.good_until)
        .limit(command.limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for message in late:
        message.changed_at = now
        finish(message, TextState.FAILED, message.cause or "too_late")
        # The state is looked at by whoever is told.
        session.flush()
        tell_subject(session, message, now)
    return len(late)
