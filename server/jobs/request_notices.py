"""What a citizen is told of their request: from a delivery to the people, the facts and the link."""

from __future__ import annotations

from datetime import datetime

from models.queries.delivery import Delivery
from models.rules.request_lifecycle import State
from push.audience import Situation, audience
from push.messages import Message, NoticeFacts, compose
from push.short_words import ShortWords, short_request
from push.ways import Recipient, Ways
from server.context import Context
from server.jobs.follow_links import follow_url


def recipients_of(delivery: Delivery, ways: Ways) -> tuple[Recipient, ...]:
    """Say who must hear of it now, over which ways."""
    request = delivery.request
    situation = Situation(
        state=State(request.state),
        erased=request.erased_at is not None,
        accepted_at=request.accepted_at,
        transferred_at=request.transferred_at,
        ways=ways,
    )
    return audience(delivery.event, situation)


def compose_for(context: Context, delivery: Delivery, now: datetime) -> Message:
    """Write the mail in the request's language."""
    return compose(delivery.event, _facts(context, delivery), delivery.request.language, now)


def short_for(context: Context, delivery: Delivery) -> ShortWords:
    """Write what a push and a text message say."""
    return short_request(delivery.event, _facts(context, delivery), delivery.request.language)


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
        follow_url=follow_url(context, request),
        call_back_word=request.call_back_word,
    )
