from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentOutcome
from models.record import record
from models.rules import appointments
from models.rules.actor import AgentActor
from models.rules.appointments import EndedBy, Outcome
from models.rules.errors import Conflict
from models.rules.request_lifecycle import Verdict
from models.tables import Appointment
from server.services._appointments import booking_of, end_booking, lock_appointment
from server.services._clashes import weigh_clashes, weighs_once
from server.services._holds import BUSY, constraint_of


@dataclass(frozen=True)
class SetOutcome:
    appointment_id: UUID
    outcome: Outcome


@weighs_once
def set_outcome(session: Session, command: SetOutcome, actor: AgentActor, now: datetime) -> Verdict:
    """Write down whether the citizen came; a correction keeps the instant at which it was first said.

    Raises:
        NotFound, Conflict: as `models.rules.appointments.set_outcome`.
        Conflict: `time_given_away`: corrected to honoured, when somebody else has been given the counter, a gendarme
            or the room for that time.
    """
    appointment, facts = lock_appointment(session, command.appointment_id, actor)
    verdict = appointments.set_outcome(facts, actor, command.outcome, now)
    if verdict is Verdict.APPLY:
        _write(session, appointment, command.outcome, actor, now)
        # Whoever does not come leaves their gendarme for others.
        weigh_clashes(session, appointment.unit_id, now)
        end_booking(session, booking_of(appointment), now)
        record(
            session,
            AppointmentOutcome(
                at=now,
                unit_id=appointment.unit_id,
                agent_id=actor.agent_id,
                booking_id=booking_of(appointment),
                appointment_id=appointment.id,
                outcome=command.outcome,
            ),
        )
    return verdict


def _write(session: Session, appointment: Appointment, outcome: Outcome, actor: AgentActor, now: datetime) -> None:
    try:
        with session.begin_nested():
            appointment.state = outcome
            appointment.ended_at = appointment.ended_at or now
            appointment.ended_by = EndedBy.UNIT
            appointment.decided_by_id, appointment.decided_at = actor.agent_id, now
            session.flush()
    except IntegrityError as error:
        # What was free because nobody came may have been booked since.
        if constraint_of(error) not in BUSY:
            raise
        raise Conflict("time_given_away") from error
