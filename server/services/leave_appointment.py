from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules import receivers
from models.rules.actor import AgentActor
from models.rules.request_lifecycle import Verdict
from server.services._appointments import lock_appointment
from server.services._clashes import weigh_clashes
from server.services._receivers import record_receivers, remove_receivers


@dataclass(frozen=True)
class LeaveAppointment:
    appointment_id: UUID


def leave_appointment(session: Session, command: LeaveAppointment, actor: AgentActor, now: datetime) -> Verdict:
    """Let the actor receive no longer; the appointment stays, and a colleague may take it.

    Raises:
        NotFound, Conflict: as `models.rules.receivers.leave`.
    """
    appointment, facts = lock_appointment(session, command.appointment_id, actor)
    verdict = receivers.leave(facts, actor)
    if verdict is Verdict.APPLY:
        remove_receivers(session, appointment, [actor.agent_id])
        record_receivers(session, appointment, "left", actor.agent_id, now)
        weigh_clashes(session, appointment.unit_id, now)
    return verdict
