from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import CitizenWordAdded
from models.record import record
from models.rules import request_lifecycle
from models.rules.actor import CitizenActor
from models.rules.request_lifecycle import Verdict
from models.tables import Event
from server.services._requests import lock_request


@dataclass(frozen=True)
class AddCitizenWord:
    request_id: UUID
    text: str


def add_citizen_word(session: Session, command: AddCitizenWord, actor: CitizenActor, now: datetime) -> Verdict:
    """Add a word of the citizen to an open request.

    Raises:
        NotFound: no such request.
        Conflict: it has already ended.
    """
    request, facts = lock_request(session, command.request_id)
    last_word = session.scalar(
        select(Event.data["text"].astext)
        .where(Event.request_id == request.id, Event.name == CitizenWordAdded.name)
        .order_by(Event.id.desc())
        .limit(1)
    )
    verdict = request_lifecycle.add_word(facts, actor, word=command.text, last_word=last_word)
    if verdict is Verdict.APPLY:
        record(
            session,
            CitizenWordAdded(at=now, unit_id=request.unit_id, request_id=request.id, text=command.text),
        )
    return verdict
