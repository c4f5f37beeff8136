"""How the person behind a request or a booking is told of it, and what they have been told, as they may read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from models.tables import Booking, ContactRequest, Event, Notice, PushFollow, PushSubscription


@dataclass(frozen=True)
class ToldNotice:
    """One message to them: over which channel, how far it came (a state of `Notice`), and when it left or failed."""

    channel: str
    state: str
    at: datetime


@dataclass(frozen=True)
class HowTold:
    """One request or booking.

    Args:
        told_by: what they have chosen; None leaves it to us.
        may_leave_message: False: others answer this phone.
        browsers: the hashes of the endpoints through which it is followed.
        discreet: no mail says anything that a calendar could hold.
        notices: what has left or failed, the oldest first.
    """

    told_by: str | None
    phone: str | None = field(repr=False)
    may_leave_message: bool
    email: str | None = field(repr=False)
    discreet: bool
    browsers: tuple[bytes, ...]
    notices: tuple[ToldNotice, ...]


def of_request(session: Session, request_id: UUID) -> HowTold:
    """How the person behind this request is told."""
    person = session.get_one(ContactRequest, request_id, populate_existing=True)
    return _load(session, person, PushFollow.request_id == request_id, Event.request_id == request_id)


def of_booking(session: Session, booking_id: UUID) -> HowTold:
    """How the person behind this booking is told."""
    person = session.get_one(Booking, booking_id, populate_existing=True)
    return _load(session, person, PushFollow.booking_id == booking_id, Event.booking_id == booking_id)


def follows_something(session: Session, endpoint_hash: bytes) -> bool:
    """Say whether some request or booking is followed through this browser."""
    found = exists().where(
        PushFollow.subscription_id == PushSubscription.id, PushSubscription.endpoint_hash == endpoint_hash
    )
    return bool(session.scalar(select(found)))


def _load(
    session: Session, person: ContactRequest | Booking, follows: ColumnElement[bool], events: ColumnElement[bool]
) -> HowTold:
    browsers = session.scalars(
        select(PushSubscription.endpoint_hash)
        .join(PushFollow, PushFollow.subscription_id == PushSubscription.id)
        .where(follows)
        .order_by(PushFollow.created_at, PushFollow.id)
    )
    left_at = func.coalesce(Notice.sent_at, Notice.changed_at)
    notices = session.execute(
        select(Notice.channel, Notice.state, left_at)
        .join(Event, Event.id == Notice.event_id)
        .where(events, Notice.state != "queued")
        .order_by(left_at, Notice.id)
    )
    return HowTold(
        told_by=person.told_by,
        phone=person.phone,
        may_leave_message=person.may_leave_message,
        email=person.email,
        discreet=person.discreet,
        browsers=tuple(browsers),
        notices=tuple(ToldNotice(channel, state, at) for channel, state, at in notices),
    )
