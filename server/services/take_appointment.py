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
from server.services._receivers import name_receivers, record_receivers


@dataclass(frozen=True)
class TakeAppointment:
    appointment_id: UUID


def take_appointment(session: Session, command: TakeAppointment, actor: AgentActor, now: datetime) -> Verdict:
    """Make the actor one of those who receive.

    Raises:
        NotFound, Conflict: as `models.rules.receivers.take`.
        Conflict: `agent_busy`, `agent_absent` (the actor, with from when to when).
    """
    appointment, facts = lock_appointment(session, command.appointment_id, actor)
    verdict = receivers.take(facts, actor)
    if verdict is Verdict.APPLY:
        name_receivers(session, appointment, [actor.agent_id], actor.agent_id, now)
        record_receivers(session, appointment, "taken", actor.agent_id, now)
        weigh_clashes(session, appointment.unit_id, now)
    return verdict
