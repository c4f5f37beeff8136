from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.events import RequestWithdrawn
from models.record import record
from models.rules import request_lifecycle
from models.rules.actor import CitizenActor
from models.rules.request_lifecycle import State, Verdict
from server.services._requests import lock_request


@dataclass(frozen=True)
class WithdrawRequest:
    request_id: UUID


def withdraw_request(session: Session, command: WithdrawRequest, actor: CitizenActor, now: datetime) -> Verdict:
    """Take the citizen's request back; whoever had accepted it sees that it ended.

    Raises:
        NotFound: no such request.
        Conflict: it has already ended.
    """
    request, facts = lock_request(session, command.request_id)
    verdict = request_lifecycle.withdraw(facts, actor)
    if verdict is Verdict.APPLY:
        request.state = State.WITHDRAWN
        request.ended_at = now
        record(session, RequestWithdrawn(at=now, unit_id=request.unit_id, request_id=request.id))
    return verdict
