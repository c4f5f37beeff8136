"""Tells a unit's chiefs over web push that a planning has gone silent, or contradicts what is near.

Each of them hears once of each event, at most: that they are told is committed before anything is sent. What a push
service wants later is sent later; what it never takes is lost, and the desk shows it all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from models.queries.chief_notices import Told, worth_telling
from models.queries.push_subscriptions import live, of_agent
from models.record import defer
from models.tables import Event, PushSubscription, Unit
from push.chief_notices import Clashes, Silence, chief_notice
from push.web_push import WebPushSender
from push.web_push_values import Outcome, Urgency
from server.context import Context
from server.jobs import wiring
from server.jobs.app import CALLS_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.jobs.push_calls import rests
from server.jobs.push_sending import send_all
from server.services.claim_chief_notices import TASK, ChiefNotices, ClaimChiefNotices, claim_chief_notices

# A terminal that was off for longer shows the desk before anybody reads its screen.
GOOD_FOR = timedelta(hours=12)

_Terminal = tuple[PushSubscription, Silence | Clashes, bool]


@queue.task(name=TASK, queue=CALLS_QUEUE, retry=ExponentialBackoff())
def tell_chiefs(event_id: int) -> None:
    """Tell the chiefs of what the event `event_id` is about, as far as it is still so; safe to run again."""
    context, sender = wiring.current(), wiring.push_sender()
    if sender is None:
        return
    now = context.now()
    with context.database.transaction() as session:
        notices = claim_chief_notices(session, ClaimChiefNotices(event_id), now)
        if notices.ask_again_at is not None:
            defer(session, TASK, queue=CALLS_QUEUE, at=notices.ask_again_at, event_id=event_id)
        terminals = _terminals(session, event_id, notices, now)
    _send(context, sender, event_id, terminals, begun_at=now)


@queue.task(name="tell_chief_again", queue=CALLS_QUEUE, retry=ExponentialBackoff(attempts=3))
def tell_chief_again(event_id: int, subscription_id: str, begun_at: str) -> None:
    """Try again on one terminal whose push service wanted it later, unless it is no longer so.

    Args:
        begun_at: of the first attempt, ISO 8601.
    """
    context, sender = wiring.current(), wiring.push_sender()
    now = context.now()
    with context.database.transaction() as session:
        told = worth_telling(session, event_id, now)
        row = live(session, UUID(subscription_id), now)
        if sender is None or row is None or not told:
            return
        zone = session.get_one(Unit, told[0].unit_id).time_zone
    _send(
        context,
        sender,
        event_id,
        [(row, _said(told), rests(row, now, zone))],
        begun_at=datetime.fromisoformat(begun_at),
    )


def _terminals(session: Session, event_id: int, notices: ChiefNotices, now: datetime) -> list[_Terminal]:
    event = session.get(Event, event_id)
    if event is None or not notices.claimed:
        return []
    zone = session.get_one(Unit, event.unit_id).time_zone
    return [
        (row, _said(one.told), one.quiet or rests(row, now, zone))
        for one in notices.claimed
        for row in of_agent(session, one.agent_id, now)
    ]


def _said(told: Sequence[Told]) -> Silence | Clashes:
    if told[0].planning_id is not None:
        return Silence(told[0].planning_id)
    ids = dict.fromkeys(one.appointment_id for one in told if one.appointment_id is not None)
    return Clashes(told[0].unit_id, tuple(ids), any(one.discreet for one in told))


def _send(
    context: Context, sender: WebPushSender, event_id: int, terminals: Sequence[_Terminal], *, begun_at: datetime
) -> None:
    if not terminals:
        return
    results = send_all(
        context,
        sender,
        [(row, chief_notice(said, row.language, quiet=quiet)) for row, said, quiet in terminals],
        urgency=Urgency.NORMAL,
        good_until=begun_at + GOOD_FOR,
        tried_for=context.now() - begun_at,
    )
    with context.database.transaction() as session:
        for result in results:
            if result.outcome is Outcome.RETRY:
                defer(
                    session,
                    "tell_chief_again",
                    queue=CALLS_QUEUE,
                    at=result.retry_at,
                    event_id=event_id,
                    subscription_id=str(result.message.id),
                    begun_at=begun_at.isoformat(),
                )
