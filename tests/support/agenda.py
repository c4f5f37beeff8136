"""Rows of a unit's appointments, straight into the tables: openings with their windows, bookings, appointments."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.rules.appointments import State
from models.rules.references import draw_booking_reference
from models.tables import (
    Agent,
    Appointment,
    AppointmentAgent,
    Booking,
    Counter,
    Opening,
    OpeningOccurrence,
    OpeningWindow,
)
from tests.support.seed import NOW


def seed_windows(
    session: Session,
    chief: Agent,
    starts_at: datetime,
    ends_at: datetime,
    *,
    counters: int = 1,
    agent: Agent | None = None,
    reasons: Sequence[str] = (),
    place_kind: str = "unit",
) -> list[OpeningWindow]:
    """An approved opening without recurrence, its one occurrence, and a window for each of its counters."""
    assert chief.unit_id is not None
    opening = Opening(
        id=uuid4(),
        unit_id=chief.unit_id,
        agent_id=agent.id if agent else None,
        starts_at=starts_at,
        ends_at=ends_at,
        counters=counters,
        reason_codes=list(reasons),
        place_kind=place_kind,
        state="approved",
        proposed_by_id=chief.id,
        proposed_at=NOW,
        decided_by_id=chief.id,
        decided_at=NOW,
        stored_until=ends_at.date(),
    )
    session.add(opening)
    session.flush()
    occurrence = OpeningOccurrence(
        id=uuid4(),
        opening_id=opening.id,
        unit_id=chief.unit_id,
        day=starts_at.date(),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    session.add(occurrence)
    session.flush()
    first = (session.scalar(select(func.max(Counter.number)).where(Counter.unit_id == chief.unit_id)) or 0) + 1
    windows = []
    for number in range(first, first + counters):
        counter = Counter(unit_id=chief.unit_id, number=number)
        session.add(counter)
        session.flush()
        windows.append(
            OpeningWindow(
                occurrence_id=occurrence.id,
                unit_id=chief.unit_id,
                counter_id=counter.id,
                agent_id=agent.id if agent else None,
                during=Range(starts_at, ends_at),
                reason_codes=list(reasons),
                place_kind=place_kind,
            )
        )
    session.add_all(windows)
    session.flush()
    return windows


_references: set[str] = set()


def _reference() -> str:
    """One that no test of this process has yet: thousands of schedules share a database, and chance repeats itself."""
    while (reference := draw_booking_reference(secrets.randbelow)) in _references:
        pass
    _references.add(reference)
    return reference


def seed_booking(session: Session, unit_id: int, reason_code: str = "complaint") -> Booking:
    booking = Booking(
        id=uuid4(),
        reference=_reference(),
        unit_id=unit_id,
        commune_insee=None,
        reason_code=reason_code,
        discreet=False,
        language="fr",
        caller_name="Camille Durand",
        phone="+33639980012",
        email="camille@example.org",
        follow_token_hash=secrets.token_bytes(16),
        follow_generation=1,
        follow_code_hash=secrets.token_bytes(16),
        idempotency_hash=secrets.token_bytes(16),
        submission_hash=secrets.token_bytes(16),
        created_at=NOW,
    )
    session.add(booking)
    session.flush()
    return booking


def seed_appointment(
    session: Session,
    window: OpeningWindow,
    starts_at: datetime,
    *,
    minutes: int = 30,
    buffer: int = 0,
    state: State = State.CONFIRMED,
    agents: Sequence[Agent] = (),
    reason_code: str = "complaint",
    now: datetime = NOW,
) -> Appointment:
    """An appointment at the window's counter, with its booking, taken by `agents`."""
    ends_at = starts_at + timedelta(minutes=minutes)
    held = state is State.HELD
    appointment = Appointment(
        id=uuid4(),
        unit_id=window.unit_id,
        counter_id=window.counter_id,
        occurrence_id=window.occurrence_id,
        booking_id=None if held else seed_booking(session, window.unit_id, reason_code).id,
        reason_code=reason_code,
        starts_at=starts_at,
        ends_at=ends_at,
        occupied=Range(starts_at, ends_at + timedelta(minutes=buffer)),
        state=state,
        place_kind=window.place_kind,
        place_name=window.place_name,
        held_until=now + timedelta(minutes=10) if held else None,
        hold_token_hash=secrets.token_bytes(16) if held else None,
        created_at=now,
        booked_at=None if held else now,
    )
    session.add(appointment)
    session.flush()
    for agent in agents:
        session.add(
            AppointmentAgent(
                appointment_id=appointment.id,
                agent_id=agent.id,
                occupied=appointment.occupied,
                occupies=True,
                taken_at=now,
                named_by_id=agent.id,
            )
        )
    session.flush()
    return appointment
