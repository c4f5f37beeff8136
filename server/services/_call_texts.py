"""Text messages that are calls of a ladder: whether one is still needed, and what its call learns of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.queries.ladders import Wait, find_wait
from models.rules.text_messages import TextState
from models.tables import Ladder, LadderCall, TextMessage
from server.services._ladders import is_needed
from server.services.settle_call import SettleCall, settle_call

_STATES: dict[TextState, Literal["sent", "failed", "delivered"]] = {
    TextState.SENT: "sent",
    TextState.FAILED: "failed",
    TextState.DELIVERED: "delivered",
}


def wait_of_call(session: Session, call_id: UUID) -> Wait | None:
    """What a call is about, as it stands now; None when its ladder is forgotten."""
    event_id = session.scalar(
        select(Ladder.event_id).join(LadderCall, LadderCall.ladder_id == Ladder.id).where(LadderCall.id == call_id)
    )
    return None if event_id is None else find_wait(session, event_id)


def is_needless(session: Session, message: TextMessage, now: datetime) -> bool:
    """Say whether a message calls for nothing any more, or somebody who must not be woken, after it waited to be sent.

    That is so once somebody has taken what it is about, and once its agent is off duty or away.
    """
    if message.call_id is None:
        return False
    call, wait = session.get(LadderCall, message.call_id), wait_of_call(session, message.call_id)
    return call is None or wait is None or not is_needed(session, call, wait, now)


def tell_call(session: Session, call_id: UUID, message: TextMessage, now: datetime) -> None:
    """Let the call know what has become of its message; as long as that waits, so does the call."""
    state = _STATES.get(TextState(message.state))
    if state is not None:
        settle_call(session, SettleCall(call_id, state, message.cause), now)
