from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.events import RequestAccepted
from models.record import record
from models.rules import request_lifecycle
from models.rules.actor import AgentActor
from models.rules.request_lifecycle import State, Verdict
from server.services._requests import lock_request


@dataclass(frozen=True)
class AcceptRequest:
    request_id: UUID


def accept_request(session: Session, command: AcceptRequest, actor: AgentActor, now: datetime) -> Verdict:
    """Make `actor` the one who answers this request.

    Raises:
        NotFound: no such request in the actor's unit.
        Conflict: somebody else was first, or it has ended.
    """
    request, facts = lock_request(session, command.request_id)
    verdict = request_lifecycle.accept(facts, actor)
    if verdict is Verdict.APPLY:
        request.state = State.ACCEPTED
        request.accepted_by_id = actor.agent_id
        request.accepted_at = now
        record(
            session,
            RequestAccepted(at=now, unit_id=request.unit_id, request_id=request.id, agent_id=actor.agent_id),
        )
    return verdict
