from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules import openings
from models.rules.actor import AgentActor
from models.rules.openings import State
from models.rules.request_lifecycle import Verdict
from models.service_events import OpeningRefused
from server.services._openings import decide, lock_opening


@dataclass(frozen=True)
class RefuseOpening:
    opening_id: UUID
    word: str


def refuse_opening(session: Session, command: RefuseOpening, actor: AgentActor, now: datetime) -> Verdict:
    """Refuse a proposed opening, with a word for who proposed it.

    Raises:
        NotFound, Forbidden, Conflict: as `models.rules.openings.refuse`.
    """
    opening, facts = lock_opening(session, command.opening_id, actor)
    verdict = openings.refuse(facts, actor)
    if verdict is Verdict.APPLY:
        decide(session, opening, State.REFUSED, command.word, actor, now, OpeningRefused)
    return verdict
