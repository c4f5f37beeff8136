from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.events import RequestTransferred
from models.record import record
from models.rules import request_lifecycle
from models.rules.actor import AgentActor
from models.rules.request_lifecycle import State, Verdict
from models.tables import Unit
from server.services._requests import lock_request


@dataclass(frozen=True)
class TransferRequest:
    """`word` tells the other unit why; the citizen does not see it."""

    request_id: UUID
    to_unit_id: int
    word: str = ""


def transfer_request(session: Session, command: TransferRequest, actor: AgentActor, now: datetime) -> Verdict:
    """Hand the request to another unit, where it waits again.

    Raises:
        NotFound: no such request in the actor's unit, or no such unit that receives requests.
        Conflict: it is somebody else's, or it has ended.
    """
    request, facts = lock_request(session, command.request_id, command.to_unit_id)
    target = session.get(Unit, command.to_unit_id)
    verdict = request_lifecycle.transfer(
        facts,
        actor,
        to_unit_id=command.to_unit_id,
        to_unit_receives=target is not None and target.receives_contact_requests,
    )
    if verdict is Verdict.APPLY:
        left = request.unit_id
        request.unit_id = command.to_unit_id
        request.transferred_from_unit_id = left
        request.transferred_at = now
        request.state = State.WAITING
        request.accepted_by_id = None
        request.accepted_at = None
        record(
            session,
            RequestTransferred(
                at=now,
                unit_id=command.to_unit_id,
                request_id=request.id,
                agent_id=actor.agent_id,
                from_unit_id=left,
                word=command.word,
            ),
        )
    return verdict
