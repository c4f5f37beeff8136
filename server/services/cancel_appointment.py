from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules import appointments
from models.rules.actor import AgentActor
from models.rules.appointments import EndedBy, State
from models.rules.request_lifecycle import Verdict
from server.services._appointments import booking_of, end_booking, lock_appointment
from server.services._bookings import end_appointment, record_given_up
from server.services._clashes import weighs_once
from server.services.cancel_booking import CancelBooking, cancel_booking


@dataclass(frozen=True)
class CancelAppointment:
    """`word` is what the citizen reads; where they asked for it (`for_citizen`), what they said, or nothing."""

    appointment_id: UUID
    word: str
    for_citizen: bool = False


@weighs_once
def cancel_appointment(session: Session, command: CancelAppointment, actor: AgentActor, now: datetime) -> Verdict:
    """Let the unit's chief cancel without offering another time; the citizen is told, with the word.

    Anybody of the unit may for a citizen who asked for it, who is then told that it was done as they asked.

    Raises:
        NotFound, Forbidden, Conflict: as `models.rules.appointments.cancel_by_unit`, or `cancel_for_citizen`.
    """
    appointment, facts = lock_appointment(session, command.appointment_id, actor)
    if command.for_citizen:
        verdict = appointments.cancel_for_citizen(facts, actor)
        if verdict is Verdict.APPLY:
            cancel_booking(session, CancelBooking(booking_of(appointment), command.word), actor, now)
            # Colleagues read who took the call.
            appointment.decided_by_id, appointment.decided_at = actor.agent_id, now
            session.flush()
        return verdict
    verdict = appointments.cancel_by_unit(facts, actor)
    if verdict is Verdict.APPLY:
        appointment.decided_by_id, appointment.decided_at = actor.agent_id, now
        end_appointment(session, appointment, State.CANCELLED, EndedBy.UNIT, now, command.word)
        end_booking(session, booking_of(appointment), now)
        record_given_up(session, appointment, command.word, actor, now)
    return verdict
