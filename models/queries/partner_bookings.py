"""What a partner may know of the bookings that it made: their times and what has become of them, nobody's name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from models.rules.appointments import State
from models.tables import Appointment, Booking, Counter, Reason, Unit


@dataclass(frozen=True)
class PartnerBooking:
    """A booking with the time that counts: the active one, else the last that it had."""

    booking: Booking
    appointment: Appointment
    counter: Counter
    unit: Unit
    reason: Reason


def find_partner_booking(session: Session, api_key_id: int, booking_id: UUID) -> PartnerBooking | None:
    """One booking of a key; None when there is none, it is another key's, or it was erased."""
    return next(iter(_find(session, api_key_id, [Booking.id == booking_id])), None)


def find_numbered_booking(session: Session, api_key_id: int, number: int) -> PartnerBooking | None:
    """The same, by the number that the remote complaints' interface knows it by."""
    return next(iter(_find(session, api_key_id, [Booking.number == number])), None)


def list_partner_bookings(
    session: Session,
    api_key_id: int,
    *,
    during: tuple[datetime, datetime] | None = None,
    numbers: Collection[int] | None = None,
    counter_ids: Collection[int] | None = None,
) -> list[PartnerBooking]:
    """Bookings of a key in order of time; each argument that is given narrows them.

    Args:
        during: those that start from the first to the second instant, both included.
    """
    wanted: list[ColumnElement[bool]] = []
    if during is not None:
        wanted.append(Appointment.starts_at.between(*during))
    if numbers is not None:
        wanted.append(Booking.number.in_(numbers))
    if counter_ids is not None:
        wanted.append(Appointment.counter_id.in_(counter_ids))
    return _find(session, api_key_id, wanted)


def find_offers(session: Session, booking_id: UUID, now: datetime) -> list[Appointment]:
    """The times that the unit holds for a booking at `now`, in order of time."""
    return list(
        session.scalars(
            select(Appointment)
            .where(
                Appointment.booking_id == booking_id,
                Appointment.state == State.HELD,
                Appointment.offer.is_not(None),
                Appointment.held_until > now,
            )
            .order_by(Appointment.starts_at)
        )
    )


def _find(session: Session, api_key_id: int, wanted: list[ColumnElement[bool]]) -> list[PartnerBooking]:
    later = aliased(Appointment)
    # Narrowing by time comes first and is indexed; whether a later time replaced this one is asked of what is left.
    replaced = exists().where(
        later.booking_id == Appointment.booking_id,
        later.booked_at.is_not(None),
        later.state != State.MOVED,
        tuple_(later.booked_at, later.created_at) > tuple_(Appointment.booked_at, Appointment.created_at),
    )
    rows = session.execute(
        select(Booking, Appointment, Counter, Unit, Reason)
        .join(Appointment, Appointment.booking_id == Booking.id)
        .join(Counter, Counter.id == Appointment.counter_id)
        .join(Unit, Unit.id == Booking.unit_id)
        .join(Reason, Reason.code == Booking.reason_code)
        .where(
            Booking.api_key_id == api_key_id,
            Booking.erased_at.is_(None),
            Appointment.booked_at.is_not(None),
            Appointment.state != State.MOVED,
            ~replaced,
            *wanted,
        )
        .order_by(Appointment.starts_at, Booking.number)
        .execution_options(populate_existing=True)
    )
    return [PartnerBooking(*row) for row in rows]
