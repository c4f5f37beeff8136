"""Takes a call off the screens once nothing waits there any more: a silent notice replaces it on every terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from models.queries.ladders import Wait, find_wait, waits
from models.queries.push_subscriptions import live, of_agent
from models.record import defer
from models.tables import PushSubscription
from push.call_notices import over_notice
from push.web_push import WebPushSender
from push.web_push_values import Outcome
from server.context import Context
from server.jobs import wiring
from server.jobs.app import CALLS_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.jobs.push_sending import send_all
from server.services.clear_calls import ClearCalls, clear_calls

# A terminal that was off for longer asks what waits before anybody reads its screen.
GOOD_FOR = timedelta(hours=12)


@queue.task(name="clear", queue=CALLS_QUEUE, retry=ExponentialBackoff())
def clear(event_id: int) -> None:
    """Clear what was called for the subject of the event `event_id`, unless it waits; safe to run again."""
    context, sender = wiring.current(), wiring.push_sender()
    if sender is None:
        return
    now = context.now()
    with context.database.transaction() as session:
        over = [
            (
                cleared.wait,
                [
                    (row, agent_id == cleared.ended_by_id)
                    for agent_id in cleared.agent_ids
                    for row in of_agent(session, agent_id, now)
                ],
            )
            for cleared in clear_calls(session, ClearCalls(event_id), now)
        ]
    for wait, terminals in over:
        _replace(context, sender, wait, terminals, begun_at=now)


@queue.task(name="clear_one", queue=CALLS_QUEUE, retry=ExponentialBackoff())
def clear_one(event_id: int, subscription_id: str, begun_at: str, own: int = 0) -> None:
    """Try again on one terminal whose push service wanted it later; not if it waits again meanwhile.

    Args:
        event_id: with which the wait began.
        begun_at: of the first attempt, ISO 8601.
        own: 1 on a terminal of whoever ended the wait.
    """
    context, sender = wiring.current(), wiring.push_sender()
    with context.database.transaction() as session:
        wait = find_wait(session, event_id)
        row = live(session, UUID(subscription_id), context.now())
        needed = wait is not None and not waits(session, wait)
    if sender is not None and wait is not None and row is not None and needed:
        _replace(context, sender, wait, [(row, bool(own))], begun_at=datetime.fromisoformat(begun_at))


def _replace(
    context: Context,
    sender: WebPushSender,
    wait: Wait,
    terminals: Sequence[tuple[PushSubscription, bool]],
    *,
    begun_at: datetime,
) -> None:
    """Send what takes the call's place to each terminal, which is that of whoever ended the wait or not."""
    subject_id = wait.request_id or wait.appointment_id
    assert subject_id is not None, "a wait has a subject"
    results = send_all(
        context,
        sender,
        [
            (row, over_notice(wait.subject, wait.standing, subject_id, row.language, discreet=wait.discreet, own=own))
            for row, own in terminals
        ],
        good_until=begun_at + GOOD_FOR,
        tried_for=context.now() - begun_at,
    )
    own_ids = {row.id for row, own in terminals if own}
    with context.database.transaction() as session:
        for result in results:
            if result.outcome is Outcome.RETRY:
                defer(
                    session,
                    "clear_one",
                    queue=CALLS_QUEUE,
                    at=result.retry_at,
                    event_id=wait.event_id,
                    subscription_id=str(result.message.id),
                    begun_at=begun_at.isoformat(),
                    own=int(result.message.id in own_ids),
                )
