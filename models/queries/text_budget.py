"""What text messages have used up, for whoever is about to send another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.rules.text_messages import TextState
from models.tables import TextMessage


@dataclass(frozen=True)
class UsedTexts:
    segments: int
    cost: Decimal


def used_texts(session: Session, since: datetime, *, but: UUID) -> UsedTexts:
    """What was sent, or may have been sent, after `since`, without the message `but`."""
    segments, cost = session.execute(
        select(func.coalesce(func.sum(TextMessage.segments), 0), func.coalesce(func.sum(TextMessage.cost), 0)).where(
            TextMessage.attempted_at > since, TextMessage.id != but
        )
    ).one()
    return UsedTexts(int(segments or 0), Decimal(cost or 0))


def count_waiting_texts(session: Session, since: datetime, now: datetime) -> int:
    """How many messages have waited since `since` or longer, and are still of use."""
    return session.execute(
        select(func.count())
        .select_from(TextMessage)
        .where(TextMessage.state == TextState.QUEUED, TextMessage.created_at <= since, TextMessage.good_until > now)
    ).scalar_one()


def lock_text_budget(session: Session) -> None:
    """Let one transaction at a time read what is used and add to it: two workers must not share the last segment."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('text_budget'))"))
