from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.text_messages import TextState
from models.tables import TextMessage
from server.services._text_subjects import tell_subject
from server.services._texts import finish


@dataclass(frozen=True)
class SettleText:
    """How one attempt ended.

    Args:
        provider, provider_id, cost: who took it, under which name, for how much; None when nobody did.
        cause: None when somebody took it, else a short code.
        for_good: another attempt would not help.
        may_have_left: nobody knows, so that it goes on counting against the ceilings.
    """

    text_id: UUID
    provider: str | None = None
    provider_id: str | None = None
    cost: Decimal | None = None
    cause: str | None = None
    for_good: bool = False
    may_have_left: bool = False


def settle_text(session: Session, command: SettleText, now: datetime) -> TextState:
    """Write down how an attempt ended and give the claim back. Returns the message's state."""
    message = session.get_one(TextMessage, command.text_id, with_for_update=True, populate_existing=True)
    message.changed_at = now
    taken = command.cause is None
    if taken and message.provider_id is None:
        message.provider, message.provider_id, message.cost = command.provider, command.provider_id, command.cost
        message.sent_at = message.sent_at or now
    # A report may have been faster than the provider's own answer, and knows more.
    if message.state == TextState.QUEUED:
        if taken:
            finish(message, TextState.SENT, None)
        elif command.for_good:
            finish(message, TextState.FAILED, command.cause)
        else:
            message.cause = command.cause
            message.claimed_until = None
        if not taken and not command.may_have_left:
            message.attempted_at = None
        tell_subject(session, message, now)
    return TextState(message.state)
