"""What citizens have booked when a schedule begins: enough for two gendarmes to want the same, and to meet."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from models.appointment_events import AppointmentBooked
from models.record import record
from models.rules.appointments import State
from models.tables import Agent
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.seed import NOW


def seed_day(session: Session, chief: Agent) -> list[str]:
    """Two counters and four appointments of the chief's unit, two at the same hour and one to be approved."""
    first, second = seed_windows(session, chief, NOW, NOW + timedelta(hours=9), counters=2)
    booked = [
        seed_appointment(session, window, NOW + timedelta(hours=hours), state=state)
        for window, hours, state in (
            (first, 0, State.CONFIRMED),
            (second, 0, State.CONFIRMED),
            (first, 2, State.REQUESTED),
            (second, 3, State.CONFIRMED),
        )
    ]
    for one in booked:
        assert one.booking_id is not None
        event = AppointmentBooked(
            at=NOW, unit_id=one.unit_id, booking_id=one.booking_id, appointment_id=one.id, state=one.state
        )
        record(session, event)
    return [str(one.id) for one in booked]
