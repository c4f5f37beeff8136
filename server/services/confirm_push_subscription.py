from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.tables import PushSubscription


@dataclass(frozen=True)
class ConfirmPushSubscription:
    """A browser has come back and compared.

    Args:
        step: written no more often than that, because otherwise each read would be a write.
    """

    subscription_id: UUID
    step: timedelta = timedelta(days=1)


def confirm_push_subscription(session: Session, command: ConfirmPushSubscription, now: datetime) -> None:
    """Note that the browser is still there: what nobody confirms for long is forgotten."""
    session.execute(
        update(PushSubscription)
        .where(PushSubscription.id == command.subscription_id, PushSubscription.confirmed_at < now - command.step)
        .values(confirmed_at=now)
    )
