from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.appointment_events import ClashKept
from models.record import record
from models.rules import clashes
from models.rules.actor import AgentActor
from models.rules.request_lifecycle import Verdict
from models.tables import PlanningClash
from server.services._appointments import booking_of, lock_appointment


@dataclass(frozen=True)
class KeepClash:
    appointment_id: UUID
    clash_id: UUID


def keep_clash(session: Session, command: KeepClash, actor: AgentActor, now: datetime) -> Verdict:
    """Let the chief receive a citizen all the same, although the planning says otherwise.

    Raises:
        NotFound, Forbidden: as `models.rules.clashes.keep`.
    """
    appointment, facts = lock_appointment(session, command.appointment_id, actor)
    clash = session.get(PlanningClash, command.clash_id, populate_existing=True)
    verdict = clashes.keep(
        facts,
        actor,
        known=clash is not None and clash.appointment_id == appointment.id,
        undecided=clash is not None and clash.ended_at is None and clash.kept_at is None,
    )
    if verdict is Verdict.APPLY:
        assert clash is not None
        clash.kept_at, clash.kept_by_id = now, actor.agent_id
        session.flush()
        record(
            session,
            ClashKept(
                at=now,
                unit_id=appointment.unit_id,
                agent_id=actor.agent_id,
                booking_id=booking_of(appointment),
                appointment_id=appointment.id,
                clash_id=str(clash.id),
                about_agent_id=clash.agent_id,
            ),
        )
    return verdict
