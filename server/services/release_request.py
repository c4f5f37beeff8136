from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.events import RequestReleased
from models.record import record
from models.rules import request_lifecycle
from models.rules.actor import AgentActor
from models.rules.request_lifecycle import State, Verdict
from server.services._requests import lock_request


@dataclass(frozen=True)
class ReleaseRequest:
    request_id: UUID


def release_request(session: Session, command: ReleaseRequest, actor: AgentActor, now: datetime) -> Verdict:
    """Put the request back to waiting, for the whole unit.

    Raises:
        NotFound: no such request in the actor's unit.
        Conflict: it is somebody else's, or it has ended.
    """
    request, facts = lock_request(session, command.request_id)
    verdict = request_lifecycle.release(facts, actor)
    if verdict is Verdict.APPLY:
        request.state = State.WAITING
        request.accepted_by_id = None
        request.accepted_at = None
        record(
            session,
            RequestReleased(at=now, unit_id=request.unit_id, request_id=request.id, agent_id=actor.agent_id),
        )
    return verdict
