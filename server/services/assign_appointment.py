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
from server.services._colleagues import find_colleague
from server.services._receivers import name_receivers, record_receivers, remove_receivers


@dataclass(frozen=True)
class AssignAppointment:
    """`agent_ids`: exactly who receives from now on, each once."""

    appointment_id: UUID
    agent_ids: tuple[int, ...]


def assign_appointment(session: Session, command: AssignAppointment, actor: AgentActor, now: datetime) -> Verdict:
    """Let the chief name who receives, all of them or none.

    Raises:
        NotFound, Forbidden, Invalid, Conflict: as `models.rules.receivers.assign`.
        Conflict: `agent_busy`, `agent_absent` (`by` says which of them, with from when to when).
    """
    appointment, facts = lock_appointment(session, command.appointment_id, actor)
    colleagues = [find_colleague(session, agent_id) for agent_id in command.agent_ids]
    verdict = receivers.assign(facts, actor, command.agent_ids, colleagues)
    if verdict is Verdict.APPLY:
        before = {receiver.agent_id for receiver in facts.receivers}
        remove_receivers(session, appointment, sorted(before - set(command.agent_ids)))
        name_receivers(session, appointment, sorted(set(command.agent_ids) - before), actor.agent_id, now)
        record_receivers(session, appointment, "assigned", actor.agent_id, now)
        weigh_clashes(session, appointment.unit_id, now)
    return verdict
