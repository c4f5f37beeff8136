from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from models.rules.errors import NotFound
from models.tables import PushFollow
from models.tables import PushSubscription as PushSubscriptionRow
from server.push_subscriptions import PushSubscription, endpoint_hash


@dataclass(frozen=True)
class RenewPushSubscription:
    """A citizen's browser is reached in another way, or with another of our keys.

    Args:
        old_endpoint, old_auth: how it was reached: only the browser itself has the secret.
        subscription: one that `server.push_subscriptions.judge_subscription` lets through.
    """

    old_endpoint: str = field(repr=False)
    old_auth: str = field(repr=False)
    subscription: PushSubscription


def renew_push_subscription(session: Session, command: RenewPushSubscription, now: datetime) -> None:
    """Let everything that was followed the old way be followed the new way.

    Raises:
        NotFound: `no_push_subscription`: no citizen's browser was reached like that, or its secret is another one.
    """
    old = session.scalars(
        select(PushSubscriptionRow)
        .where(PushSubscriptionRow.endpoint_hash == endpoint_hash(command.old_endpoint))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    given = command.subscription
    if old is None or old.terminal_id is not None or not _same(old.auth, command.old_auth):
        raise NotFound("no_push_subscription")
    hashed = endpoint_hash(given.endpoint)
    new = session.scalars(
        select(PushSubscriptionRow)
        .where(PushSubscriptionRow.endpoint_hash == hashed, PushSubscriptionRow.id != old.id)
        .with_for_update()
    ).one_or_none()
    if new is not None:
        # The page was first.
        _hand_over(session, old, new)
        return
    old.endpoint, old.endpoint_hash = given.endpoint, hashed
    old.p256dh, old.auth, old.vapid_key = given.p256dh, given.auth, given.vapid_key
    old.confirmed_at = now


def _hand_over(session: Session, old: PushSubscriptionRow, new: PushSubscriptionRow) -> None:
    other = aliased(PushFollow)
    twice = exists().where(
        other.subscription_id == new.id,
        other.request_id.is_not_distinct_from(PushFollow.request_id),
        other.booking_id.is_not_distinct_from(PushFollow.booking_id),
    )
    once = update(PushFollow).where(PushFollow.subscription_id == old.id, ~twice)
    session.execute(once.values(subscription_id=new.id))
    session.execute(delete(PushSubscriptionRow).where(PushSubscriptionRow.id == old.id))


def _same(kept: str, given: str) -> bool:
    return hmac.compare_digest(kept.rstrip("=").encode(), given.rstrip("=").encode())
