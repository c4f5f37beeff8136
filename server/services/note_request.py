from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.events import RequestNoted
from models.record import record
from models.rules import request_lifecycle
from models.rules.actor import AgentActor
from models.rules.request_lifecycle import Verdict
from server.services._requests import lock_request


@dataclass(frozen=True)
class NoteRequest:
    request_id: UUID
    text: str


def note_request(session: Session, command: NoteRequest, actor: AgentActor, now: datetime) -> Verdict:
    """Add a note that the unit's gendarmes read; the citizen never sees it.

    Raises:
        NotFound: no such request in the actor's unit.
    """
    request, facts = lock_request(session, command.request_id)
    verdict = request_lifecycle.note(facts, actor)
    record(
        session,
        RequestNoted(
            at=now, unit_id=request.unit_id, request_id=request.id, agent_id=actor.agent_id, text=command.text
        ),
    )
    return verdict
