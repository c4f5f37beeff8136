"""Bookings made through the services, as an edge makes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.rules.actor import CitizenActor
from models.rules.booking import BookingDetails
from models.tables import Appointment
from server.services._bookings import BookingActor
from server.services.book_appointment import BookAppointment, Booked, book_appointment
from server.services.hold_slot import Held, HoldSlot, hold_slot
from tests.support.seed import NOW, TOKENS

# A Tuesday, a week after NOW: nine o'clock in Belley.
NINE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
CAMILLE = BookingDetails(
    caller_name="Camille Essai",
    phone="+33639980012",
    email="camille@example.org",
    facts="On a volé mon vélo devant la gare.",
)


def at(hours: float) -> datetime:
    """So many hours after nine o'clock."""
    return NINE + timedelta(hours=hours)


def keep(
    session: Session, unit_id: int, starts_at: datetime = NINE, *, reason: str = "neighbours", now: datetime = NOW,
    **more: Any,
) -> Held:  # fmt: skip
    """Hold a time; the reason takes half an hour and no pause unless another one is named."""
    return hold_slot(session, HoldSlot(unit_id, reason, starts_at, **more), now, TOKENS)


def book(
    session: Session,
    unit_id: int,
    starts_at: datetime = NINE,
    *,
    reason: str = "neighbours",
    now: datetime = NOW,
    actor: BookingActor | None = None,
    key: str | None = None,
    language: str = "fr",
    **details: Any,
) -> Booked:
    """Hold a time and book it, for somebody of their own unless `details` say who."""
    held = keep(session, unit_id, starts_at, reason=reason, now=now)
    who = replace(CAMILLE, **{"phone": "", "email": f"{uuid4()}@example.org", **details})
    command = BookAppointment(held.hold_token, who, language, key or str(uuid4()))
    return book_appointment(session, command, actor or CitizenActor(), now, TOKENS)


def row(session: Session, appointment_id: object) -> Appointment:
    """An appointment as the database has it."""
    return session.get_one(Appointment, appointment_id, populate_existing=True)


def citizen(booked: Booked) -> CitizenActor:
    """Whoever came through the follow link of a booking."""
    return CitizenActor(booking_id=booked.booking_id)


def change_reason(session: Session, code: str, **columns: Any) -> None:
    """Give a reason other terms."""
    sets = ", ".join(f"{name} = :{name}" for name in columns)
    session.execute(text(f"UPDATE reasons SET {sets} WHERE code = :code"), {**columns, "code": code})
    session.expire_all()
