"""What follows for a unit's terminals when a way in which a citizen is told comes or goes.

They read who must be called. Only appointments say that, so that a request's document stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, stamp
from models.tables import Appointment, Booking, Event, Notice, TextMessage

# One phone has few; a number that a whole office gives away is no reason to hold everybody's lock.
_MOST_OF_ONE_PHONE = 50


def stamp_booking(session: Session, booking_id: UUID | None) -> None:
    """Lock the booking's unit and stamp the documents of its appointments; None, or one that is erased: nothing.

    To be called before rows of the citizen's are locked: the unit comes first, as everywhere.
    """
    if booking_id is not None:
        _stamp(session, [booking_id])


def stamp_bookings_of(session: Session, hashed: bytes, phone: str) -> None:
    """The same for all bookings of a phone: those that gave it, and those that were told of by text message lately."""
    by_text = (
        select(Event.booking_id)
        .join(Notice, Notice.event_id == Event.id)
        .join(TextMessage, TextMessage.notice_id == Notice.id)
        .where(TextMessage.phone_hash == hashed, Event.booking_id.is_not(None))
    )
    found = session.scalars(
        select(Booking.id)
        .where(Booking.erased_at.is_(None), or_(Booking.phone == phone, Booking.id.in_(by_text)))
        .order_by(Booking.created_at.desc(), Booking.id)
        .limit(_MOST_OF_ONE_PHONE)
    )
    _stamp(session, found.all())


def _stamp(session: Session, booking_ids: Sequence[UUID]) -> None:
    rows = session.execute(
        select(Appointment.id, Appointment.unit_id)
        .join(Booking, Booking.id == Appointment.booking_id)
        .where(
            Booking.id.in_(booking_ids),
            Booking.erased_at.is_(None),
            # What was only ever held has no document.
            or_(Appointment.booked_at.is_not(None), Appointment.offer.is_not(None)),
        )
        .order_by(Appointment.unit_id, Appointment.id)
    ).all()
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in rows})
    for appointment_id, unit_id in rows:
        stamp(session, unit_scope(unit_id), f"appointment/{appointment_id}")
