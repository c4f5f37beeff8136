"""The channels that carry notices to citizens: each takes one notice, or raises one of `push.failures`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from models.appointment_events import AppointmentOffered, AppointmentOpinionAsked, AppointmentReminded
from models.events import RequestOpinionAsked
from models.queries.appointment_delivery import AppointmentDelivery
from models.queries.delivery import Delivery
from models.queries.push_subscriptions import of_booking, of_request
from models.rules.text_messages import Purpose, TextState
from models.tables import Booking, ContactRequest
from push.email import EmailChannel
from push.failures import PermanentFailure
from push.messages import Message
from push.short_words import ShortWords
from push.ways import Channel, Recipient
from push.web_push import WebPushSender
from push.web_push_values import PushNotice
from server.context import Context
from server.jobs import appointment_notices, request_notices, wiring
from server.jobs.follow_links import follow_url, unsubscribe_url
from server.jobs.push_sending import push
from server.push_receipts import Kind, receipt_token
from server.services.queue_text import QueueText, queue_text
from server.services.settle_notice import SettleNotice, settle_notice

# A phone that is switched off has so long to be switched on: after that another way, if there is one, is tried.
TEXT_IS_GOOD = timedelta(hours=24)
TEXT_IS_GOOD_BEFORE_ANOTHER_WAY = timedelta(hours=4)
PUSH_IS_GOOD = timedelta(hours=24)
# What says nothing that somebody must know: its mails can be stopped from the mail program.
_MAY_BE_STOPPED = frozenset({AppointmentReminded, AppointmentOpinionAsked, RequestOpinionAsked, AppointmentOffered})


@dataclass(frozen=True)
class OutgoingNotice:
    """One notice, claimed.

    Args:
        is_last: there is no other way to tell this person.
    """

    id: UUID
    delivery: Delivery | AppointmentDelivery
    recipient: Recipient
    is_last: bool

    @property
    def subject(self) -> ContactRequest | Booking:
        """What it is about."""
        return self.delivery.booking if isinstance(self.delivery, AppointmentDelivery) else self.delivery.request


# Sends, and says whether the notice has left (True) or is in the hands of somebody who will settle it (False).
Channels = Mapping[Channel, Callable[[OutgoingNotice], bool]]


def channels(context: Context) -> Channels:
    """The channels that this deployment has."""
    found: dict[Channel, Callable[[OutgoingNotice], bool]] = {
        Channel.EMAIL: lambda outgoing: _by_mail(context, outgoing)
    }
    if context.settings.sms is not None:
        found[Channel.SMS] = lambda outgoing: _by_text(context, outgoing)
    if (sender := wiring.push_sender()) is not None:
        found[Channel.PUSH] = lambda outgoing: _by_push(context, sender, outgoing)
    return found


def email_channel(context: Context) -> EmailChannel:
    """The relay, for citizens' mails."""
    settings = context.settings
    assert settings.smtp is not None, "the worker does not start without a relay"
    return EmailChannel(settings.smtp, settings.mail_from, settings.mail_bounces)


def _by_mail(context: Context, outgoing: OutgoingNotice) -> bool:
    now = context.now()
    message = _mail(context, outgoing, now)
    is_needed = type(outgoing.delivery.event) not in _MAY_BE_STOPPED
    email_channel(context).send(
        outgoing.recipient.address,
        message,
        outgoing.id,
        now,
        unsubscribe_url=None if is_needed else unsubscribe_url(context, outgoing.subject),
    )
    return True


def _by_text(context: Context, outgoing: OutgoingNotice) -> bool:
    now = context.now()
    good_for = TEXT_IS_GOOD if outgoing.is_last else TEXT_IS_GOOD_BEFORE_ANOTHER_WAY
    command = QueueText(
        text_id=outgoing.id,
        purpose=Purpose.NOTICE,
        phone=outgoing.recipient.address,
        language=outgoing.subject.language,
        good_until=now + good_for,
        body=_short(context, outgoing.delivery, now).text,
        notice_id=outgoing.id,
    )
    with context.database.transaction() as session:
        if queue_text(session, command, now, context.tokens) is TextState.FAILED:
            raise PermanentFailure("stopped")
        settle_notice(session, SettleNotice(outgoing.id, handed_on=True), now)
    return False


def _by_push(context: Context, sender: WebPushSender, outgoing: OutgoingNotice) -> bool:
    now, subject = context.now(), outgoing.subject
    words = _short(context, outgoing.delivery, now)
    notice = PushNotice(
        title=words.title,
        body=words.body,
        # The worker of the citizen's pages opens paths of its own site only.
        navigate=urlsplit(follow_url(context, subject)).path,
        tag=f"follow-{subject.id}",
        lang=subject.language,
        # It takes the place of what was told before, and is news all the same.
        renotify=True,
        actions=[(answer, label) for answer, label, _ in words.answers],
        data={answer: urlsplit(url).path for answer, _, url in words.answers},
        receipt=receipt_token(context.tokens, Kind.NOTICE, outgoing.id),
    )
    with context.database.transaction() as session:
        of_subject = of_booking if isinstance(subject, Booking) else of_request
        rows = of_subject(session, subject.id)
    push(context, sender, rows, notice, good_until=now + PUSH_IS_GOOD)
    return True


def _mail(context: Context, outgoing: OutgoingNotice, now: datetime) -> Message:
    if isinstance(outgoing.delivery, AppointmentDelivery):
        return appointment_notices.compose_for(context, outgoing.delivery, outgoing.recipient.address, now)
    return request_notices.compose_for(context, outgoing.delivery, now)


def _short(context: Context, delivery: Delivery | AppointmentDelivery, now: datetime) -> ShortWords:
    if isinstance(delivery, AppointmentDelivery):
        return appointment_notices.short_for(context, delivery, now)
    return request_notices.short_for(context, delivery)
