from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.text_messages import TextState, rises
from models.tables import TextMessage
from server.services._text_subjects import tell_subject
from server.services._texts import finish


@dataclass(frozen=True)
class RecordDeliveryReport:
    """What a provider says of a message; the edge has made sure that it is the provider who says so.

    Args:
        provider_id: the provider's name for it, if its reports tell one.
    """

    text_id: UUID
    provider: str
    provider_id: str | None
    state: TextState
    cause: str | None = None


def record_delivery_report(session: Session, command: RecordDeliveryReport, now: datetime) -> bool:
    """Write down a report when it is news. Reports may be repeated, overtake each other and even our own bookkeeping.

    A report of a message that is still queued proves that it has left: a worker died before it could say so, and the
    message is not sent again. A failure is no news when another provider has the message.

    Returns:
        Whether anything changed.
    """
    message = session.get(TextMessage, command.text_id, with_for_update=True, populate_existing=True)
    if message is None or not rises(TextState(message.state), command.state):
        return False
    if command.state is TextState.FAILED and message.provider not in (None, command.provider):
        return False
    if message.provider is None:
        message.provider, message.provider_id = command.provider, command.provider_id
    message.sent_at = message.sent_at or now
    message.changed_at = now
    finish(message, command.state, command.cause if command.state is TextState.FAILED else None)
    tell_subject(session, message, now)
    return True
