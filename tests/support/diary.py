"""A brigade whose terminals hold appointments, around the present hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.appointment_events import AppointmentBooked
from models.record import record
from models.rules.appointments import State
from models.tables import Agent, Appointment, Booking
from server.services.take_appointment import TakeAppointment, take_appointment
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.roster import Roster
from tests.support.seed import actor_of

NAMES = ("Camille Durand", "Alex Moreau", "Dominique Lefèvre", "Noa Girard", "Charlie Bonnet", "Andrea Faure")


@dataclass
class Diary:
    """The people, and what citizens book with them."""

    people: Roster
    windows: list[Any]
    booked: int = 0

    def book(
        self,
        minutes: float,
        *,
        agents: Sequence[Agent] = (),
        counter: int = 0,
        state: State = State.CONFIRMED,
        reason: str = "complaint",
        length: int = 30,
        **booking: Any,
    ) -> str:
        """Somebody has booked the time that begins in so many minutes; returns the appointment's id."""
        now = datetime.now(UTC)
        start = now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
        with self.people.brigade.database.transaction() as session:
            window = session.merge(self.windows[counter])
            appointment = seed_appointment(
                session, window, start, minutes=length, state=state, agents=agents, reason_code=reason, now=now
            )
            assert appointment.booking_id is not None
            row = session.get_one(Booking, appointment.booking_id)
            row.caller_name = NAMES[self.booked % len(NAMES)]
            for name, value in booking.items():
                setattr(row, name, value)
            session.flush()
            record(
                session,
                AppointmentBooked(
                    at=now,
                    unit_id=appointment.unit_id,
                    booking_id=appointment.booking_id,
                    appointment_id=appointment.id,
                    state=state,
                ),
            )
            self.booked += 1
            return str(appointment.id)

    def take(self, appointment_id: str, agent: Agent) -> None:
        """The agent takes it somewhere else."""
        with self.people.brigade.database.transaction() as session:
            row = session.get_one(Appointment, appointment_id)
            take_appointment(session, TakeAppointment(row.id), actor_of(agent), datetime.now(UTC))

    def row(self, appointment_id: str) -> Appointment:
        """The appointment as the server holds it."""
        with self.people.brigade.database.transaction() as session:
            return session.get_one(Appointment, appointment_id)


@pytest.fixture
def diary(people: Roster) -> Diary:
    """Three counters, open from a day ago for a fortnight."""
    now = datetime.now(UTC)
    with people.brigade.database.transaction() as session:
        windows = seed_windows(session, people.chief, now - timedelta(days=2), now + timedelta(days=14), counters=3)
    return Diary(people, windows)
