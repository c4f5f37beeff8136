from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules import openings
from models.rules.actor import AgentActor
from models.rules.openings import State
from models.rules.request_lifecycle import Verdict
from models.service_events import OpeningWithdrawn
from server.services._openings import decide, lock_opening


@dataclass(frozen=True)
class WithdrawOpening:
    opening_id: UUID
    word: str = ""


def withdraw_opening(session: Session, command: WithdrawOpening, actor: AgentActor, now: datetime) -> Verdict:
    """Withdraw an opening: the chief any, who proposed it only before a decision.

    Raises:
        NotFound, Forbidden, Conflict: as `models.rules.openings.withdraw`.
    """
    opening, facts = lock_opening(session, command.opening_id, actor)
    verdict = openings.withdraw(facts, actor)
    if verdict is Verdict.APPLY:
        decide(session, opening, State.WITHDRAWN, command.word, actor, now, OpeningWithdrawn)
    return verdict
