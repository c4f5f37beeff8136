from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules import appointments
from models.rules.actor import AgentActor
from models.rules.request_lifecycle import Verdict
from server.services._appointments import lock_appointment
from server.services._offers import offer_instead


@dataclass(frozen=True)
class ProposeTimes:
    """`starts`: one to three other times, each in the future; `word` is what the citizen reads."""

    appointment_id: UUID
    starts: tuple[datetime, ...]
    word: str = ""


def propose_times(session: Session, command: ProposeTimes, actor: AgentActor, now: datetime) -> Verdict:
    """Let the chief give a time up and keep others free for the same citizen, who chooses.

    Raises:
        NotFound, Forbidden, Invalid, Conflict: as `models.rules.appointments.propose`.
        Conflict: `slot_taken`: one of the times is not free (any more).
    """
    appointment, facts = lock_appointment(session, command.appointment_id, actor)
    verdict = appointments.propose(facts, actor, command.starts, now)
    if verdict is Verdict.APPLY:
        offer_instead(session, appointment, command.starts, command.word, actor, now)
    return verdict
