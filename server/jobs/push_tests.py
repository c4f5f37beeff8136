"""Sends the message with which somebody tests their terminal, on the way that every other takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from models.queries.push_subscriptions import live, of_terminal
from models.record import defer
from models.tables import PushSubscription, PushTest
from push.call_notices import trial_notice
from push.web_push_values import Outcome, PushResult, Urgency
from server.context import Context
from server.jobs import wiring
from server.jobs.app import CALLS_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.jobs.push_sending import NO_ADDRESS, send_all
from server.push_receipts import Kind, receipt_token
from server.services.settle_push_test import SettlePushTest, settle_push_test

# Whoever tests looks at the screen, and does not look for longer.
PATIENCE = timedelta(seconds=25)
GOOD_FOR = timedelta(minutes=2)
# Codes that terminals have words for; the other causes are the push service's own.
_CAUSES = {Outcome.GONE: "gone", Outcome.KEY_WRONG: "key_wrong"}


@queue.task(name="try_push", queue=CALLS_QUEUE, retry=ExponentialBackoff(attempts=3))
def try_push(test_id: str) -> None:
    """Send the test `test_id` if nothing is known of it yet, and write down what the push service said."""
    context, sender = wiring.current(), wiring.push_sender()
    with context.database.transaction() as session:
        test = session.get(PushTest, UUID(test_id))
        if test is None or test.state != "queued":
            return
        row = _row(session, test, context)
    if sender is None:
        return _settle(context, test, "failed", "no_channel")
    if row is None:
        return _settle(context, test, "failed", NO_ADDRESS)
    notice = trial_notice(row.language, receipt_token(context.tokens, Kind.TEST, test.id))
    [result] = send_all(
        context,
        sender,
        [(row, notice)],
        urgency=Urgency.HIGH,
        good_until=test.created_at + GOOD_FOR,
        tried_for=context.now() - test.created_at,
    )
    if result.outcome is Outcome.DELIVERED:
        return _settle(context, test, "sent")
    if result.retry_at is not None and result.retry_at <= test.created_at + PATIENCE:
        return _again(context, test, result)
    return _settle(context, test, "failed", _CAUSES.get(result.outcome, result.cause))


def _row(session: Session, test: PushTest, context: Context) -> PushSubscription | None:
    row = of_terminal(session, test.terminal_id)
    return None if row is None else live(session, row.id, context.now())


def _again(context: Context, test: PushTest, result: PushResult) -> None:
    with context.database.transaction() as session:
        defer(session, "try_push", queue=CALLS_QUEUE, at=result.retry_at, test_id=str(test.id))


def _settle(context: Context, test: PushTest, state: Literal["sent", "failed"], cause: str | None = None) -> None:
    with context.database.transaction() as session:
        settle_push_test(session, SettlePushTest(test.id, state, cause), context.now())
