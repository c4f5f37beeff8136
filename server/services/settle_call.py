from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from models.events import CLIMB
from models.record import defer
from models.tables import Ladder, LadderCall

RANKS = ("queued", "sent", "failed", "delivered", "seen")


@dataclass(frozen=True)
class SettleCall:
    """How an attempt ended, or what a provider reports of it later.

    Args:
        state: what it has become; `queued` after a failure that may pass.
        cause: a short code when it did not get through.
        retry_in: after such a failure it is tried again so much later, until a higher step overtakes it.
        retry_at: not before then, when the channel says so.
        tries_for: after so long such a failure is final too.
    """

    call_id: UUID
    state: Literal["queued", "sent", "failed", "delivered"]
    cause: str | None = None
    retry_in: timedelta = timedelta(seconds=30)
    retry_at: datetime | None = None
    tries_for: timedelta = timedelta(minutes=30)


def settle_call(session: Session, command: SettleCall, now: datetime) -> str:
    """Write down what became of a call; a report that says less than is known already changes nothing.

    Returns:
        The call's state.
    """
    call = session.get_one(LadderCall, command.call_id, with_for_update=True)
    state = command.state
    if state == "queued" and now - call.queued_at >= command.tries_for:
        state = "failed"
    if RANKS.index(state) < RANKS.index(call.state):
        return call.state
    call.state, call.cause, call.changed_at, call.retry_at = state, command.cause, now, None
    if state == "queued":
        call.attempted_at, call.retry_at = None, command.retry_at or now + command.retry_in
        event_id = session.get_one(Ladder, call.ladder_id).event_id
        at = call.retry_at
        defer(session, CLIMB.task, queue=CLIMB.queue, priority=CLIMB.priority, at=at, event_id=event_id)
    elif state in {"sent", "delivered"}:
        call.sent_at = call.sent_at or now
        call.delivered_at = now if state == "delivered" else None
    return call.state
