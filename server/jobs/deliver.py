"""Tells people outside of what was recorded: one job for each event that somebody must hear of.

Claim, send, settle: the notice is written down before it is sent and marked as sent after. A worker that dies in
between leaves a claim that runs out, and the next one sends again under the same identity: at least once.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models.queries.appointment_delivery import AppointmentDelivery, find_appointment_delivery
from models.queries.delivery import Delivery, find_delivery
from models.rules.request_lifecycle import State
from push.audience import Channel, Recipient, Situation, audience
from push.email import EmailChannel
from push.failures import PermanentFailure, TemporaryFailure
from push.messages import Message, NoticeFacts, compose
from server.context import Context
from server.jobs import wiring
from server.jobs.app import DELIVERY_QUEUE, queue
from server.jobs.appointment_notices import compose_for, recipients_of
from server.jobs.backoff import ExponentialBackoff
from server.services.claim_notice import Claim, ClaimNotice, claim_notice
from server.services.settle_notice import SettleNotice, settle_notice

log = logging.getLogger(__name__)


class Sender(Protocol):
    """A channel: takes a message to an address, or raises one of `push.failures`."""

    def send(self, address: str, message: Message, notice_id: UUID, now: datetime) -> None: ...


class DeliverLater(Exception):
    """Some notice of this event could not leave yet; the job runs again."""


@queue.task(name="deliver", queue=DELIVERY_QUEUE, retry=ExponentialBackoff())
def deliver(event_id: int) -> None:
    """Send what the event `event_id` calls for; safe to run again.

    Raises:
        DeliverLater: at least one notice has to wait.
    """
    context = wiring.current()
    with context.database.transaction() as session:
        delivery = find_delivery(session, event_id) or find_appointment_delivery(session, event_id)
    if delivery is None:
        return
    # Every recipient gets its attempt before the job says that it has to come back.
    finished = [_notify(context, event_id, delivery, one) for one in _recipients(delivery, context.now())]
    if not all(finished):
        raise DeliverLater


def channels(context: Context) -> dict[Channel, Sender]:
    """The channels that this deployment has."""
    settings = context.settings
    assert settings.smtp is not None, "the worker does not start without a relay"
    return {Channel.EMAIL: EmailChannel(settings.smtp, settings.mail_from)}


def _recipients(delivery: Delivery | AppointmentDelivery, now: datetime) -> tuple[Recipient, ...]:
    if isinstance(delivery, AppointmentDelivery):
        return recipients_of(delivery, now)
    return audience(delivery.event, _situation(delivery))


def _compose(context: Context, delivery: Delivery | AppointmentDelivery, now: datetime) -> Message:
    if isinstance(delivery, AppointmentDelivery):
        return compose_for(context, delivery, now)
    return compose(delivery.event, _facts(context, delivery), delivery.request.language, now)


def _notify(context: Context, event_id: int, delivery: Delivery | AppointmentDelivery, recipient: Recipient) -> bool:
    """Send one notice; True when nothing is left to do for it."""
    with context.database.transaction() as session:
        command = ClaimNotice(event_id, recipient.channel, recipient.who)
        claim, notice_id = claim_notice(session, command, context.now())
    if claim is not Claim.OURS:
        return claim is Claim.SETTLED

    cause, for_good = None, False
    unexpected: Exception | None = None
    try:
        now = context.now()
        message = _compose(context, delivery, now)
        channels(context)[recipient.channel].send(recipient.address, message, notice_id, now)
    except (TemporaryFailure, PermanentFailure) as failure:
        cause, for_good = failure.cause, isinstance(failure, PermanentFailure)
    except Exception as error:
        # Our own mistake: a release may mend it before the day is over, and meanwhile the notice says why it waits.
        cause, unexpected = f"error_{type(error).__name__}", error

    with context.database.transaction() as session:
        state = settle_notice(session, SettleNotice(notice_id, cause, for_good), context.now())
    if cause is not None:
        log.warning("notice %s over %s: %s (%s)", notice_id, recipient.channel, state, cause)
    if unexpected is not None:
        raise unexpected
    return state != "queued"


def _situation(delivery: Delivery) -> Situation:
    request = delivery.request
    return Situation(
        state=State(request.state),
        erased=request.erased_at is not None,
        accepted_at=request.accepted_at,
        transferred_at=request.transferred_at,
        email=request.email,
    )


def _facts(context: Context, delivery: Delivery) -> NoticeFacts:
    request, unit = delivery.request, delivery.unit
    return NoticeFacts(
        reference=request.reference,
        unit_name=unit.name,
        unit_phone=unit.phone_as_printed or None,
        time_zone=unit.time_zone,
        due_at=request.due_at,
        channel=request.channel,
        call_window=request.call_window,
        discreet=request.discreet,
        outcome=request.outcome,
        new_request_url=context.settings.public_url + ("/en/" if request.language == "en" else "/"),
        follow_url=_follow_url(context, delivery),
        call_back_word=request.call_back_word,
    )


def _follow_url(context: Context, delivery: Delivery) -> str:
    request = delivery.request
    entrance = f"{context.settings.public_url}/{'en/follow' if request.language == 'en' else 'suivi'}"
    if request.discreet:
        # Somebody else may read this mailbox: only whoever has noted the reference and the code comes in.
        return entrance
    return f"{entrance}/{context.tokens.follow_token(request.id, request.follow_generation)}"
