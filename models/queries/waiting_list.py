"""Who waits for an earlier time, in the order in which they asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.rules.appointments import BOOKED, Offer, State
from models.rules.booking import PAUSE_BETWEEN_OFFERS
from models.tables import Appointment, Booking, Unit

_OFFERED = Appointment.offer == Offer.EARLIER


def units_with_waiting(session: Session) -> list[tuple[int, str]]:
    """Return the id and the time zone of each unit where somebody waits, in the order in which units are locked."""
    rows = session.execute(
        select(Unit.id, Unit.time_zone).where(
            Unit.id.in_(select(Booking.unit_id).where(Booking.wants_earlier_since.is_not(None)))
        )
    ).all()
    return sorted(((unit_id, zone) for unit_id, zone in rows), key=lambda row: str(row[0]))


def first_in_line(session: Session, unit_id: int, now: datetime) -> Sequence[UUID]:
    """Return the bookings of a unit that could be offered an earlier time now, who has waited longest first.

    Left out: who has an offer or is just moving, and who let one go less than twelve hours ago.
    """
    busy = _has_one(Appointment.state == State.HELD)
    lately = _has_one(_OFFERED & (Appointment.ended_at > now - PAUSE_BETWEEN_OFFERS))
    to_come = _has_one(Appointment.state.in_(BOOKED) & (Appointment.starts_at > now))
    return session.scalars(
        select(Booking.id)
        .where(Booking.unit_id == unit_id, Booking.wants_earlier_since.is_not(None), to_come, ~busy, ~lately)
        .order_by(Booking.wants_earlier_since, Booking.created_at, Booking.id)
    ).all()


def starts_offered(session: Session, booking_id: UUID) -> set[datetime]:
    """Return every start that a booking has been offered from the waiting list, whatever came of it."""
    return set(session.scalars(select(Appointment.starts_at).where(Appointment.booking_id == booking_id, _OFFERED)))


def _has_one(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Appointment.id).where(Appointment.booking_id == Booking.id, which).exists()
