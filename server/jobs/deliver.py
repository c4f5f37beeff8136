"""Tells people outside of what was recorded: one job for each event that somebody must hear of.

Claim, send, settle: the notice is written down before it is sent and marked as sent after. A worker that dies in
between leaves a claim that runs out, and the next one sends again under the same identity: at least once. One way is
tried after the other, until one has not failed for good; what fails later, when a report says so, runs the job again.
A calendar that a mail of ours has written into is told of each change by mail too, whichever way its owner was told,
unless they have left mail.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from models.queries.appointment_delivery import AppointmentDelivery, find_appointment_delivery
from models.queries.citizen_reach import Reach, find_reach
from models.queries.delivery import Delivery, find_delivery
from models.queries.invited import calendar_mails_wanted, was_invited
from models.record import defer
from models.rules.citizen_night import may_ring_at
from models.rules.telling import keeps_calendar
from push.failures import PermanentFailure, TemporaryFailure
from push.ways import Channel, Recipient
from server.context import Context
from server.jobs import appointment_notices, request_notices, wiring
from server.jobs.app import DELIVERY_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.jobs.citizen_invitations import says_a_change
from server.jobs.citizen_ways import ways_of
from server.jobs.notice_channels import OutgoingNotice, channels
from server.services.claim_notice import Claim, ClaimNotice, claim_notice
from server.services.drop_overtaken import DropOvertaken, drop_overtaken
from server.services.settle_notice import SettleNotice, settle_notice

log = logging.getLogger(__name__)

# What has arrived, or is on its way and has not failed: nothing else is tried.
_TOLD = frozenset({"sent", "delivered", "seen"})
# Whoever can be told otherwise does not wait a day for a relay that is away.
TRIES = timedelta(days=1)
TRIES_BEFORE_ANOTHER_WAY = timedelta(hours=1)


class DeliverLater(Exception):
    """Some notice of this event could not leave yet; the job runs again."""


class Attempt(StrEnum):
    """How one way of telling somebody went."""

    TOLD = "told"
    LATER = "later"
    FAILED = "failed"


@dataclass(frozen=True)
class _Errand:
    """`calendar`: where an earlier mail has put the appointment into a calendar, and this change must follow."""

    event_id: int
    delivery: Delivery | AppointmentDelivery
    recipients: Sequence[Recipient]
    reach: Reach
    calendar: Recipient | None = None


@queue.task(name="deliver", queue=DELIVERY_QUEUE, retry=ExponentialBackoff())
def deliver(event_id: int) -> None:
    """Tell whoever must hear of the event `event_id`, over the first way that does not fail; safe to run again.

    Raises:
        DeliverLater: the notice has to wait.
    """
    context = wiring.current()
    with context.database.transaction() as session:
        errand = _read(session, context, event_id)
    if errand is None or (not _is_told(errand) and not _tell(context, errand)):
        return
    if errand.calendar is not None and _notify(context, errand, errand.calendar, is_last=True) is Attempt.LATER:
        raise DeliverLater
    if "queued" in errand.reach.told.values():
        with context.database.transaction() as session:
            drop_overtaken(session, DropOvertaken(event_id), context.now())


def _is_told(errand: _Errand) -> bool:
    """Say whether some way has worked; where a calendar is told beside them, its mail is none of them."""
    own = errand.calendar and errand.calendar.channel
    return any(state in _TOLD for channel, state in errand.reach.told.items() if channel != own)


def _tell(context: Context, errand: _Errand) -> bool:
    """Try one way after the other; False when the job has been put off until the morning."""
    for position, recipient in enumerate(errand.recipients, 1):
        if recipient.channel is Channel.SMS and _waits_for_morning(context, errand):
            return False
        match _notify(context, errand, recipient, is_last=position == len(errand.recipients)):
            case Attempt.TOLD:
                return True
            case Attempt.LATER:
                raise DeliverLater
    return True


def _read(session: Session, context: Context, event_id: int) -> _Errand | None:
    recipients: Sequence[Recipient]
    delivery: Delivery | AppointmentDelivery | None
    if (delivery := find_delivery(session, event_id)) is not None:
        reach = find_reach(session, event_id, request_id=delivery.request.id)
        ways = ways_of(session, context, delivery.request, reach)
        recipients = request_notices.recipients_of(delivery, ways)
    elif (delivery := find_appointment_delivery(session, event_id)) is not None:
        reach = find_reach(session, event_id, booking_id=delivery.booking.id)
        ways = ways_of(session, context, delivery.booking, reach)
        recipients = appointment_notices.recipients_of(delivery, ways, context.now())
    else:
        return None
    available = channels(context)
    recipients = [one for one in recipients if one.channel in available]
    return _Errand(event_id, delivery, recipients, reach, _calendar(session, delivery, recipients))


def _calendar(
    session: Session, delivery: Delivery | AppointmentDelivery, recipients: Sequence[Recipient]
) -> Recipient | None:
    mailbox = next((one for one in recipients[1:] if one.channel is Channel.EMAIL), None)
    if mailbox is None or not isinstance(delivery, AppointmentDelivery) or not says_a_change(delivery):
        return None
    booking = delivery.booking
    if not keeps_calendar(booking.told_by, calendar_mails_wanted(session, booking.id)):
        return None
    return mailbox if was_invited(session, booking.id) else None


def _waits_for_morning(context: Context, errand: _Errand) -> bool:
    """Put the whole job off until the morning, so that it reads again then what is still true."""
    now = context.now()
    at = may_ring_at(now, errand.delivery.unit.time_zone, errand.reach.acted_at)
    if at <= now or errand.reach.told.get(Channel.SMS) == "failed":
        return False
    with context.database.transaction() as session:
        defer(session, "deliver", queue=DELIVERY_QUEUE, at=at, event_id=errand.event_id)
    return True


def _notify(context: Context, errand: _Errand, recipient: Recipient, *, is_last: bool) -> Attempt:
    """Try one way."""
    with context.database.transaction() as session:
        command = ClaimNotice(errand.event_id, recipient.channel, recipient.who)
        claim, notice_id = claim_notice(session, command, context.now())
    if claim is not Claim.OURS:
        return {Claim.ANOTHERS: Attempt.LATER, Claim.FAILED: Attempt.FAILED}.get(claim, Attempt.TOLD)

    cause, for_good = None, False
    unexpected: Exception | None = None
    try:
        if not channels(context)[recipient.channel](OutgoingNotice(notice_id, errand.delivery, recipient, is_last)):
            return Attempt.TOLD
    except (TemporaryFailure, PermanentFailure) as failure:
        cause, for_good = failure.cause, isinstance(failure, PermanentFailure)
    except Exception as error:
        # Our own mistake: a release may mend it before the day is over, and meanwhile the notice says why it waits.
        cause, unexpected = f"error_{type(error).__name__}", error

    with context.database.transaction() as session:
        tries_for = TRIES if is_last else TRIES_BEFORE_ANOTHER_WAY
        settled = SettleNotice(notice_id, cause, for_good, tries_for)
        state = settle_notice(session, settled, context.now())
    if cause is not None:
        log.warning("notice %s over %s: %s (%s)", notice_id, recipient.channel, state, cause)
    if unexpected is not None:
        raise unexpected
    return Attempt.LATER if state == "queued" else Attempt.FAILED if state == "failed" else Attempt.TOLD
