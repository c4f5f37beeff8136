"""Who must prove that they read a phone or a mailbox before they book again, and whether they have."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.rules.booking import COUNTED, BookingDetails, month_of, normalise_contact
from models.rules.errors import Conflict
from models.tables import Appointment, Booking, ContactVerification, Unit
from server.provable_channels import Provable
from server.tokens import Tokens


def require_proof(
    session: Session,
    details: BookingDetails,
    appointment: Appointment,
    verification_id: UUID | None,
    now: datetime,
    tokens: Tokens,
    provable: Provable,
) -> None:
    """Ask for a code before the second appointment of a month with the same phone or address; each is good for one.

    What is proved is the phone or the address that the two have in common, where a code can be sent there. Discreet
    appointments are not counted: nobody learns by trying a number that its owner has one.

    Raises:
        Conflict: `verification_needed` with the `channels` over which this person can be sent a code.
    """
    shared = _shared_with_another(session, details, appointment)
    if not shared:
        return
    possible = provable.channels(details)
    channels = [channel for channel in possible if channel in shared] or possible
    if not _is_proved(session, details, verification_id, channels, now, tokens):
        raise Conflict("verification_needed", {"channels": channels})


def contact_hash(tokens: Tokens, channel: str, contact: str) -> bytes:
    """What the database keeps of an address to which a code was sent."""
    return tokens.stored_hash("contact", f"{channel}:{normalise_contact(channel, contact)}")


def _shared_with_another(session: Session, details: BookingDetails, appointment: Appointment) -> set[str]:
    """Which of `phone` and `email` another appointment of the month was booked with."""
    same = {}
    if details.phone:
        same["phone"] = Booking.phone == details.phone
    if details.email:
        same["email"] = func.lower(Booking.email) == normalise_contact("email", details.email)
    if not same:
        return set()
    first, following = month_of(appointment.starts_at, session.get_one(Unit, appointment.unit_id).time_zone)
    found = session.execute(
        select(Booking.phone, Booking.email)
        .join(Appointment, Appointment.booking_id == Booking.id)
        .where(
            or_(*same.values()),
            ~Booking.discreet,
            Appointment.starts_at >= first,
            Appointment.starts_at < following,
            Appointment.state.in_(COUNTED),
        )
    ).all()
    email = normalise_contact("email", details.email) if details.email else None
    shared = {"phone" for one in found if details.phone and one.phone == details.phone}
    return shared | {"email" for one in found if email and (one.email or "").lower() == email}


def _is_proved(
    session: Session,
    details: BookingDetails,
    verification_id: UUID | None,
    channels: Collection[str],
    now: datetime,
    tokens: Tokens,
) -> bool:
    if verification_id is None:
        return False
    found = session.get(ContactVerification, verification_id, populate_existing=True)
    if found is None or found.verified_at is None or found.expires_at <= now or found.channel not in channels:
        return False
    given = {"email": details.email, "phone": details.phone}[found.channel]
    if not given or contact_hash(tokens, found.channel, given) != found.contact_hash:
        return False
    session.delete(found)
    return True
