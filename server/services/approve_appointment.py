from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.appointment_events import AppointmentApproved
from models.record import record
from models.rules import appointments
from models.rules.actor import AgentActor
from models.rules.appointments import State
from models.rules.request_lifecycle import Verdict
from server.services._appointments import booking_of, lock_appointment


@dataclass(frozen=True)
class ApproveAppointment:
    appointment_id: UUID


def approve_appointment(session: Session, command: ApproveAppointment, actor: AgentActor, now: datetime) -> Verdict:
    """Confirm what a citizen requested; they are told.

    Raises:
        NotFound, Forbidden, Conflict: as `models.rules.appointments.approve`.
    """
    appointment, facts = lock_appointment(session, command.appointment_id, actor)
    verdict = appointments.approve(facts, actor, now)
    if verdict is Verdict.APPLY:
        appointment.state = State.CONFIRMED
        appointment.decided_by_id, appointment.decided_at = actor.agent_id, now
        session.flush()
        record(
            session,
            AppointmentApproved(
                at=now,
                unit_id=appointment.unit_id,
                agent_id=actor.agent_id,
                booking_id=booking_of(appointment),
                appointment_id=appointment.id,
            ),
        )
    return verdict
