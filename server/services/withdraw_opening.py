from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules import openings
from models.rules.actor import AgentActor
from models.rules.openings import State
from models.rules.request_lifecycle import Verdict
from models.service_events import OpeningWithdrawn
from server.services._concerned import Choices, settle_concerned
from server.services._occurrences import close_occurrences
from server.services._openings import decide, lock_opening


@dataclass(frozen=True)
class WithdrawOpening:
    opening_id: UUID
    word: str = ""
    appointments: Choices = field(default_factory=dict)


def withdraw_opening(session: Session, command: WithdrawOpening, actor: AgentActor, now: datetime) -> Verdict:
    """Withdraw an opening: the chief any, who proposed it only before a decision.

    Its appointments are handled as `appointments` says; the word is what their citizens read.

    Raises:
        NotFound, Forbidden, Conflict: as `models.rules.openings.withdraw`.
        Conflict, Invalid: as `settle_concerned`.
    """
    opening, facts = lock_opening(session, command.opening_id, actor)
    verdict = openings.withdraw(facts, actor)
    if verdict is Verdict.APPLY:
        closed = close_occurrences(session, opening, now)
        settle_concerned(session, closed.changed, command.appointments, command.word, actor, now)
        decide(session, opening, State.WITHDRAWN, command.word, actor, now, OpeningWithdrawn, closed.documents)
    return verdict
