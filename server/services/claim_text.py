from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.text_messages import TextState
from models.tables import TextMessage
from server.services._call_texts import is_needless
from server.services._ladders import NOT_NEEDED
from server.services._text_subjects import tell_subject
from server.services._texts import finish, is_stopped
from server.services.claim_notice import Claim


@dataclass(frozen=True)
class ClaimText:
    """Asks for the right to send one message until `now + lasts`, longer than any sending can take.

    Args:
        segments, cost: what it will use up at most; it counts from now on, so that a dead worker's messages count too.
    """

    text_id: UUID
    segments: int
    cost: Decimal
    lasts: timedelta = timedelta(minutes=2)


def claim_text(session: Session, command: ClaimText, now: datetime) -> Claim:
    """Make sure that one worker at a time sends a message that is still wanted.

    Returns:
        `OURS` (send it, then settle it), `ANOTHERS` (look again later) or `SETTLED` (nothing is left to do: it has
        left, failed for good, comes too late, or its phone asked for no more meanwhile).
    """
    message = session.get(TextMessage, command.text_id, with_for_update=True, populate_existing=True)
    if message is None or message.state != TextState.QUEUED:
        return Claim.SETTLED
    if message.claimed_until is not None and message.claimed_until > now:
        return Claim.ANOTHERS
    cause = "stopped" if is_stopped(session, message.phone_hash) else "too_late" if message.good_until <= now else None
    if cause is None and is_needless(session, message, now):
        cause = NOT_NEEDED
    message.changed_at = now
    if cause is not None:
        finish(message, TextState.FAILED, cause)
        tell_subject(session, message, now)
        return Claim.SETTLED
    message.claimed_until = now + command.lasts
    message.attempts += 1
    message.attempted_at = now
    message.segments, message.cost = command.segments, command.cost
    return Claim.OURS
