from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from models.appointment_events import BookingErased
from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules.actor import SystemActor
from models.rules.appointments import OPEN
from models.service_events import ALL_EVENTS
from models.tables import Appointment, Booking, Event, Notice
from server.services.drop_push_subscription import CitizenOwner, DropPushSubscription, drop_push_subscription

_HASH_BYTES = 32


@dataclass(frozen=True)
class EraseOldBookings:
    """Erases at most `limit` bookings that were over more than `after` ago, so that no lock is held for long."""

    after: timedelta
    limit: int = 50


def erase_old_bookings(session: Session, command: EraseOldBookings, actor: SystemActor, now: datetime) -> int:
    """Forget who came, what they wrote and what was written to them; terminals forget theirs at their next pull.

    A booking is over when it was ended, or when the last of its times was and nothing is held for it any more. What
    stays (unit, reason, instants, how it ended) counts appointments and names nobody. Returns how many.
    """
    del actor
    before = now - command.after
    some = Appointment.booking_id == Booking.id
    last_end = select(func.max(Appointment.ended_at)).where(some).scalar_subquery()
    alive = select(Appointment.id).where(some, Appointment.state.in_(OPEN)).exists()
    due = session.execute(
        select(Booking.id, Booking.unit_id)
        .where(
            Booking.erased_at.is_(None),
            ~alive,
            or_(Booking.ended_at <= before, Booking.ended_at.is_(None) & (last_end <= before)),
        )
        .order_by(Booking.unit_id, Booking.id)
        .limit(command.limit)
    ).all()
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in due})
    erased = 0
    for booking_id, _ in due:
        booking = session.get_one(Booking, booking_id, populate_existing=True)
        if booking.erased_at is None and not session.scalar(select(alive).where(Booking.id == booking_id)):
            erase_booking(session, booking, now)
            erased += 1
    return erased


def erase_booking(session: Session, booking: Booking, now: datetime) -> None:
    """Erase one booking whose unit is locked and whose times are all over."""
    booking.caller_name = None
    booking.phone = None
    booking.email = None
    booking.facts = None
    booking.address = None
    # In a small commune, a reason and an instant would still tell who it was.
    booking.commune_insee = None
    booking.wants_earlier_since = None
    booking.ended_at = booking.ended_at or now
    booking.erased_at = now
    # Drawn, not derived: no link opens the booking any more, not even one of the next generation.
    booking.follow_generation += 1
    booking.follow_token_hash = secrets.token_bytes(_HASH_BYTES)
    booking.follow_code_hash = secrets.token_bytes(_HASH_BYTES)
    # A hash of what was written would still tell whether somebody wrote it.
    booking.idempotency_hash = secrets.token_bytes(_HASH_BYTES)
    booking.submission_hash = secrets.token_bytes(_HASH_BYTES)
    appointments = session.scalars(
        select(Appointment).where(Appointment.booking_id == booking.id).execution_options(populate_existing=True)
    ).all()
    for appointment in appointments:
        appointment.word = None
        appointment.citizen_word = None
    session.flush()
    _erase_history(session, booking)
    drop_push_subscription(session, DropPushSubscription(CitizenOwner(booking_id=booking.id)))
    for appointment in appointments:
        if appointment.booked_at is None and appointment.offer is None:
            # Only ever held: no terminal has it, and an event would keep it from being purged.
            continue
        record(
            session,
            BookingErased(at=now, unit_id=booking.unit_id, booking_id=booking.id, appointment_id=appointment.id),
        )


def _erase_history(session: Session, booking: Booking) -> None:
    events = session.scalars(select(Event).where(Event.booking_id == booking.id)).all()
    for event in events:
        free_text = ALL_EVENTS[event.name].free_text
        if free_text:
            event.data = {key: "" if key in free_text else value for key, value in event.data.items()}
    session.execute(delete(Notice).where(Notice.event_id.in_([event.id for event in events])))
