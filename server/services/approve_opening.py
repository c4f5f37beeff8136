from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules import openings
from models.rules.actor import AgentActor
from models.rules.openings import State
from models.rules.request_lifecycle import Verdict
from models.service_events import OpeningApproved
from server.services._occurrences import store_occurrences
from server.services._openings import decide, lock_opening


@dataclass(frozen=True)
class ApproveOpening:
    opening_id: UUID


def approve_opening(session: Session, command: ApproveOpening, actor: AgentActor, now: datetime) -> Verdict:
    """Approve an opening that was proposed; from now on it is bookable, at counters that are free at its times.

    Raises:
        NotFound, Forbidden, Conflict: as `models.rules.openings.approve`.
    """
    opening, facts = lock_opening(session, command.opening_id, actor)
    verdict = openings.approve(facts, actor, now)
    if verdict is Verdict.APPLY:
        stored = store_occurrences(session, opening, now)
        decide(session, opening, State.APPROVED, "", actor, now, OpeningApproved, stored.documents)
    return verdict
