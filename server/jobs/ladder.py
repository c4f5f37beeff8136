"""Climbs the ladder: one job for each look at something that waits, and a sweep that finds those whose job is gone.

A look claims the steps that are due in one transaction. Each call is claimed once more just before it is sent, so that
it is sent once at most, and settled after. A worker may die anywhere in between: what it had claimed and not tried is
sent by another one; what it had tried is left alone, and the next step reaches more people.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.events import CLEAR, CLIMB
from models.queries.ladders import Wait, find_neglected, find_wait
from models.record import defer
from models.rules.ladder import Channel, Standing, Step, Who
from models.tables import LadderCall, Unit
from push.call_messages import compose_call
from push.calls import CallChannel, MailboxChannel, Outcome, OutgoingCall
from push.email import EmailChannel
from push.failures import PermanentFailure, TemporaryFailure
from server.context import Context
from server.jobs import wiring
from server.jobs.app import CALLS_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.jobs.push_calls import PushCallChannel
from server.jobs.text_calls import TextCallChannel
from server.services.claim_call import ClaimCall, claim_call
from server.services.climb_ladder import ClimbLadder, climb_ladder
from server.services.settle_call import SettleCall, settle_call

log = logging.getLogger(__name__)

# So late a look is nobody's any more: a worker polls for what was put off every five seconds.
GRACE = timedelta(seconds=30)
SWEPT_AT_ONCE = 500
CALLS_AT_ONCE = 8


@queue.task(name="climb", queue=CALLS_QUEUE, retry=ExponentialBackoff())
def climb(event_id: int) -> None:
    """Look at the wait that the event `event_id` began and make the calls that are due; safe to run again."""
    context = wiring.current()
    with context.database.transaction() as session:
        ladder = climb_ladder(session, ClimbLadder(event_id), context.now())
        waiting = [] if ladder is None else _to_make(session.scalars(select(LadderCall).filter_by(ladder_id=ladder.id)))
    if not waiting:
        return
    available = call_channels(context)
    # Whoever's push service hangs must not keep the others of the unit from hearing of it.
    with ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="call") as pool:
        for made in [pool.submit(_make, context, available, call_id) for call_id in waiting]:
            made.result()


async def watch_ladders(context: Context, stopping: asyncio.Event, every_s: float = 20.0) -> None:
    """Sweep again and again until `stopping` is set, by a clock that nobody can put back.

    Jobs that come by the wall clock stay away for hours when that is put back by hours; what waits must not.
    """
    while not stopping.is_set():
        try:
            await asyncio.to_thread(sweep, context)
        except SQLAlchemyError as error:
            log.warning("ladders not swept (%s)", type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every_s)


def sweep(context: Context) -> int:
    """Defer a look at every ladder whose own job is gone, whatever took it. Returns how many there were."""
    with context.database.transaction() as session:
        neglected = find_neglected(session, context.now(), grace=GRACE, limit=SWEPT_AT_ONCE)
        for event_id in neglected:
            defer(session, CLIMB.task, queue=CLIMB.queue, priority=CLIMB.priority, event_id=event_id)
    if neglected:
        log.warning("ladders without a job: %d", len(neglected))
    return len(neglected)


def call_channels(context: Context) -> dict[Channel, CallChannel]:
    """The channels that this deployment has; a call over another one fails as `no_channel`, for all to read."""
    settings = context.settings
    found: dict[Channel, CallChannel] = {}
    if (sender := wiring.push_sender()) is not None:
        found[Channel.WEB_PUSH] = PushCallChannel(context, sender)
    if settings.smtp is not None:
        # Less patience than with a citizen's mail: a look at a ladder waits for it.
        email = EmailChannel(settings.smtp, settings.mail_from, answer_within_s=5, delivered_within_s=10)
        found[Channel.EMAIL] = MailboxChannel(email)
    if settings.sms is not None:
        found[Channel.SMS] = TextCallChannel(context)
    return found


def _to_make(calls: Iterable[LadderCall]) -> list[UUID]:
    """The calls that nobody has tried, those of the highest step first: they reach whoever answers for the rest."""
    ready = [call for call in calls if call.state == "queued" and call.attempted_at is None]
    return [call.id for call in sorted(ready, key=lambda call: (-call.step, call.channel, call.agent_id or 0))]


def _make(context: Context, available: Mapping[Channel, CallChannel], call_id: UUID) -> None:
    with context.database.transaction() as session:
        claimed = claim_call(session, ClaimCall(call_id), context.now())
        if claimed is None:
            return
        call, wait = claimed
        unit = session.get_one(Unit, wait.unit_id)
    settled = _send(context, available, call, wait, unit)
    if settled is None:
        return
    with context.database.transaction() as session:
        state = settle_call(session, settled, context.now())
        if call.channel == Channel.WEB_PUSH and settled.state == "sent":
            _clear_if_over(session, wait)
    if settled.cause is not None:
        log.warning("call %s over %s: %s (%s)", call.id, call.channel, state, settled.cause)


def _clear_if_over(session: Session, wait: Wait) -> None:
    """Whoever ended the wait while the call was on its way found nothing to clear yet."""
    present = find_wait(session, wait.event_id)
    if present is not None and present.standing is not Standing.WAITING:
        defer(session, CLEAR.task, queue=CLEAR.queue, event_id=wait.event_id)


def _send(
    context: Context, available: Mapping[Channel, CallChannel], call: LadderCall, wait: Wait, unit: Unit
) -> SettleCall | None:
    """Try the call; None when it waits in a queue of the channel's own, which settles it."""
    channel = available.get(Channel(call.channel))
    if channel is None:
        return SettleCall(call.id, "failed", "no_channel")
    outgoing = _compose(context, call, wait, unit)
    try:
        outcome = channel.send(outgoing, context.now())
        if outcome is Outcome.HANDED_ON:
            return None
        return SettleCall(call.id, "delivered" if outcome is Outcome.DELIVERED else "sent")
    except TemporaryFailure as failure:
        return SettleCall(call.id, "queued", failure.cause, retry_at=failure.retry_at)
    except PermanentFailure as failure:
        return SettleCall(call.id, "failed", failure.cause)
    except Exception as error:
        # Our own mistake. Whether it left is not known, and the next step must not wait for our mending it.
        log.exception("call %s over %s", call.id, call.channel)
        return SettleCall(call.id, "failed", f"error_{type(error).__name__}")


def _compose(context: Context, call: LadderCall, wait: Wait, unit: Unit) -> OutgoingCall:
    subject_id = wait.request_id or wait.appointment_id
    assert subject_id is not None, "a wait has a subject"
    return OutgoingCall(
        id=call.id,
        unit_id=unit.id,
        agent_id=call.agent_id,
        address=unit.email if call.who == Who.MAILBOX else None,
        words=compose_call(
            Step(call.step), wait.subject, subject_id, discreet=wait.discreet, public_url=context.settings.public_url
        ),
        quiet=call.quiet,
        tried_for=context.now() - call.queued_at,
        # Then the supervisors have it; one that is late already is good for as long as a step lasts.
        good_until=max(wait.since + wait.deadlines.supervisor, context.now() + wait.deadlines.on_duty),
    )
