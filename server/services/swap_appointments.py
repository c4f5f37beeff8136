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
from server.services._receivers import name_receivers, record_receivers, remove_receivers


@dataclass(frozen=True)
class SwapAppointments:
    appointment_id: UUID
    other_appointment_id: UUID


def swap_appointments(session: Session, command: SwapAppointments, actor: AgentActor, now: datetime) -> Verdict:
    """Let two gendarmes exchange their appointments, both or neither.

    Raises:
        NotFound, Forbidden, Conflict: as `models.rules.receivers.swap`.
        Conflict: `agent_busy`, `agent_absent` at the other's time.
    """
    one, its_facts = lock_appointment(session, command.appointment_id, actor)
    other, other_facts = lock_appointment(session, command.other_appointment_id, actor)
    exchange = receivers.swap(its_facts, other_facts, actor)
    if exchange is None:
        return Verdict.NOOP
    remove_receivers(session, one, [exchange.giving.agent_id])
    remove_receivers(session, other, [exchange.taking.agent_id])
    name_receivers(session, one, [exchange.taking.agent_id], actor.agent_id, now)
    name_receivers(session, other, [exchange.giving.agent_id], actor.agent_id, now)
    for appointment in (one, other):
        record_receivers(session, appointment, "swapped", actor.agent_id, now)
    weigh_clashes(session, one.unit_id, now)
    return Verdict.APPLY
