"""Sends the code with which a citizen proves that they read a mailbox."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from models.tables import ContactVerification
from push.appointment_messages import compose_code
from push.failures import PermanentFailure, TemporaryFailure
from server.context import Context
from server.jobs import wiring
from server.jobs.app import DELIVERY_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.jobs.deliver import DeliverLater
from server.jobs.notice_channels import email_channel

log = logging.getLogger(__name__)


@queue.task(name="send_code", queue=DELIVERY_QUEUE, retry=ExponentialBackoff())
def send_code(verification_id: str, language: str, discreet: int) -> None:
    """Send one code while it is good; the address is forgotten as soon as the relay has it, or never takes it.

    A worker that dies in between sends again under the same identity, by which the repeat is recognised.

    Raises:
        DeliverLater: the relay could not take it yet.
    """
    context = wiring.current()
    address = _address(context, UUID(verification_id), context.now())
    if address is None:
        return
    message = compose_code(context.tokens.verification_code(UUID(verification_id)), language, discreet=bool(discreet))
    try:
        email_channel(context).send(address, message, UUID(verification_id), context.now())
    except TemporaryFailure as failure:
        log.warning("code %s: queued (%s)", verification_id, failure.cause)
        raise DeliverLater from None
    except PermanentFailure as failure:
        log.warning("code %s: failed (%s)", verification_id, failure.cause)
    with context.database.transaction() as session:
        found = session.get(ContactVerification, UUID(verification_id), with_for_update=True)
        if found is not None:
            found.contact = None


def _address(context: Context, verification_id: UUID, now: datetime) -> str | None:
    with context.database.transaction() as session:
        found = session.get(ContactVerification, verification_id)
        if found is None or found.expires_at <= now or found.verified_at is not None:
            return None
        return found.contact
