from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.events import RequestClosed
from models.record import record
from models.rules import request_lifecycle
from models.rules.actor import AgentActor
from models.rules.request_lifecycle import Outcome, State, Verdict
from server.services._requests import lock_request


@dataclass(frozen=True)
class CloseRequest:
    request_id: UUID
    outcome: Outcome


def close_request(session: Session, command: CloseRequest, actor: AgentActor, now: datetime) -> Verdict:
    """End an accepted request with an outcome.

    Raises:
        NotFound: no such request in the actor's unit.
        Conflict: nobody has accepted it, it is somebody else's, or it has ended.
    """
    request, facts = lock_request(session, command.request_id)
    verdict = request_lifecycle.close(facts, actor)
    if verdict is Verdict.APPLY:
        request.state = State.DONE
        request.outcome = command.outcome
        request.ended_at = now
        record(
            session,
            RequestClosed(
                at=now,
                unit_id=request.unit_id,
                request_id=request.id,
                agent_id=actor.agent_id,
                outcome=command.outcome,
            ),
        )
    return verdict
