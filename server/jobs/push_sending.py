"""Sends one notice to the browsers of one person, and keeps what that says of each browser."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete

from models.tables import PushSubscription as PushSubscriptionRow
from push.failures import PermanentFailure, TemporaryFailure
from push.web_push import WebPushSender
from push.web_push_answers import FIRST_PAUSE
from push.web_push_values import Outcome, PushMessage, PushNotice, PushResult, PushSubscription, Urgency
from server.context import Context

log = logging.getLogger(__name__)

NO_ADDRESS = "no_address"


def push(
    context: Context,
    sender: WebPushSender,
    rows: Iterable[PushSubscriptionRow],
    notice: PushNotice,
    *,
    good_until: datetime,
    urgency: Urgency = Urgency.NORMAL,
    tried_for: timedelta = timedelta(0),
) -> None:
    """Send `notice` to every browser of `rows`, as `push_each`."""
    push_each(
        context, sender, [(row, notice) for row in rows], good_until=good_until, urgency=urgency, tried_for=tried_for
    )


def push_each(
    context: Context,
    sender: WebPushSender,
    notices: Iterable[tuple[PushSubscriptionRow, PushNotice]],
    *,
    good_until: datetime,
    urgency: Urgency = Urgency.NORMAL,
    tried_for: timedelta = timedelta(0),
) -> None:
    """Send each browser its notice; returns once a push service has taken at least one of them.

    A browser that is gone is deleted. What is our own mistake, or that of our settings, is logged as an error and
    deletes nothing. To be called outside of any transaction: it lasts as long as push services take.

    Args:
        good_until: afterwards it is of no use any more, neither here nor at the push service.
        tried_for: how long attempts have failed so far; pauses grow with it.

    Raises:
        TemporaryFailure: none has it yet; `retry_at` says when the first of them may be tried again.
        PermanentFailure: none will ever have it; `no_address` when there is nobody (any more) to send it to.
    """
    results = send_all(context, sender, notices, good_until=good_until, urgency=urgency, tried_for=tried_for)
    _judge(results)


def send_all(
    context: Context,
    sender: WebPushSender,
    notices: Iterable[tuple[PushSubscriptionRow, PushNotice]],
    *,
    good_until: datetime,
    urgency: Urgency = Urgency.NORMAL,
    tried_for: timedelta = timedelta(0),
) -> list[PushResult]:
    """Send each browser its notice, keep what that says of it as `push_each` does, and return one result for each."""
    attempts = attempts_in(tried_for)
    results = list(
        sender.send(
            PushMessage(
                id=row.id,
                subscription=PushSubscription(row.endpoint, row.p256dh, row.auth, row.vapid_key),
                notice=notice,
                expires_at=good_until,
                urgency=urgency,
                attempts=attempts,
            )
            for row, notice in notices
        )
    )
    _keep(context, results)
    return results


def attempts_in(tried_for: timedelta) -> int:
    """How many attempts fit into a time of failures, each pause twice as long as the one before."""
    return max(0, int(math.log2(max(tried_for / FIRST_PAUSE, 0) + 1)))


def _keep(context: Context, results: Iterable[PushResult]) -> None:
    gone = []
    for result in results:
        if result.outcome is Outcome.GONE:
            gone.append(result.message.id)
        if result.alert:
            # The host is no secret, the rest of the address is.
            host = urlsplit(result.message.subscription.endpoint).hostname
            log.error("web push to %s: %s (%s)", host, result.outcome, result.cause)
    if gone:
        with context.database.transaction() as session:
            session.execute(delete(PushSubscriptionRow).where(PushSubscriptionRow.id.in_(gone)))


def _judge(results: Iterable[PushResult]) -> None:
    by_outcome: dict[Outcome, list[PushResult]] = {}
    for result in results:
        by_outcome.setdefault(result.outcome, []).append(result)
    if Outcome.DELIVERED in by_outcome:
        return
    if later := by_outcome.get(Outcome.RETRY):
        first = min(later, key=lambda result: result.retry_at or result.message.expires_at)
        raise TemporaryFailure(first.cause, first.retry_at)
    by_outcome.pop(Outcome.GONE, None)
    if by_outcome:
        [first, *_] = next(iter(by_outcome.values()))
        raise PermanentFailure(first.cause)
    raise PermanentFailure(NO_ADDRESS)
