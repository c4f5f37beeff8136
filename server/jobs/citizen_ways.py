"""How the citizen behind an event can be reached by this deployment, now."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.queries.citizen_reach import Reach
from models.tables import Booking, ContactRequest
from push.ways import Ways
from server.context import Context
from server.phone_numbers import can_get_texts
from server.services._texts import is_stopped, phone_hash


def ways_of(session: Session, context: Context, person: ContactRequest | Booking, reach: Reach) -> Ways:
    """Read whether this person's phone can get text messages, and put together what else is known."""
    return Ways(
        told_by=person.told_by,
        follows=reach.follows,
        phone=_phone(session, context, person.phone),
        may_leave_message=person.may_leave_message,
        email=person.email if reach.has_mailbox else None,
    )


def _phone(session: Session, context: Context, phone: str | None) -> str | None:
    sms = context.settings.sms
    if sms is None or not phone or not can_get_texts(phone, sms.countries):
        return None
    return None if is_stopped(session, phone_hash(context.tokens, phone)) else phone
