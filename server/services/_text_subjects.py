"""What follows for whatever a text message was about, once it is known what has become of the message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.rules.notices import NoticeState
from models.rules.text_messages import TextState
from models.tables import TextMessage
from server.services._call_texts import tell_call
from server.services.raise_notice import RaiseNotice, raise_notice

_NOTICE_STATES = {
    TextState.SENT: NoticeState.SENT,
    TextState.FAILED: NoticeState.FAILED,
    TextState.DELIVERED: NoticeState.DELIVERED,
}


def tell_subject(session: Session, message: TextMessage, now: datetime) -> None:
    """Tell what a message was for how far it has come; call it when the message's state has changed."""
    state = _NOTICE_STATES.get(TextState(message.state))
    if message.notice_id is not None and state is not None:
        raise_notice(session, RaiseNotice(message.notice_id, state, message.cause), now)
    if message.call_id is not None:
        tell_call(session, message.call_id, message, now)
