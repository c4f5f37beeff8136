"""What the person behind a request may read of it, through the follow link or the reference and its code.

Notes between gendarmes, the word of a transfer and the names of agents are never loaded: what is not here cannot leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.events import (
    CitizenWordAdded,
    RequestAccepted,
    RequestClosed,
    RequestCreated,
    RequestExpired,
    RequestLate,
    RequestReleased,
    RequestTransferred,
    RequestWithdrawn,
)
from models.queries.competence import unit_facts
from models.rules.references import normalise_reference
from models.rules.request_lifecycle import OPEN_STATES, Outcome, State
from models.rules.territory import UnitFacts
from models.tables import Commune, ContactRequest, Event, Reason, Unit

TOLD = (
    RequestCreated.name,
    RequestAccepted.name,
    RequestReleased.name,
    RequestTransferred.name,
    CitizenWordAdded.name,
    RequestClosed.name,
    RequestWithdrawn.name,
    RequestExpired.name,
    RequestLate.name,
)


@dataclass(frozen=True)
class FollowedEvent:
    """One line of the history; `text` is the citizen's own word, `unit` the name of the unit it happened in."""

    name: str
    at: datetime
    unit: str
    text: str = ""


@dataclass(frozen=True)
class FollowedRequest:
    """A request as its citizen sees it; `generation` is what the follow link and the code are derived from."""

    id: UUID
    generation: int
    reference: str
    state: State
    outcome: Outcome | None
    discreet: bool
    language: str
    reason: dict[str, str]
    commune: str
    unit: UnitFacts
    channel: str
    call_window: str
    call_back_word: str
    created_at: datetime
    due_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    transferred_at: datetime | None
    opinion: str | None
    history: tuple[FollowedEvent, ...]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def asks_how_it_was(self) -> bool:
        return self.state is State.DONE


def by_token(session: Session, token_hash: bytes) -> FollowedRequest | None:
    """The request whose follow link hashes to `token_hash`; None when there is none, or no more."""
    return _load(session, ContactRequest.follow_token_hash == token_hash)


def by_code(session: Session, reference: str, code_hash: bytes) -> FollowedRequest | None:
    """The request with this reference (however it was typed) and a code that hashes to `code_hash`."""
    stored = normalise_reference(reference)
    return _load(session, (ContactRequest.reference == stored) & (ContactRequest.follow_code_hash == code_hash))


def _load(session: Session, which: ColumnElement[bool]) -> FollowedRequest | None:
    row = session.execute(
        select(ContactRequest, Reason, Commune.name, Unit)
        .join(Reason, Reason.code == ContactRequest.reason_code)
        .join(Commune, Commune.insee == ContactRequest.commune_insee)
        .join(Unit, Unit.id == ContactRequest.unit_id)
        .where(which, ContactRequest.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    request, reason, commune, unit = row
    return FollowedRequest(
        id=request.id,
        generation=request.follow_generation,
        reference=request.reference,
        state=State(request.state),
        outcome=Outcome(request.outcome) if request.outcome else None,
        discreet=request.discreet,
        language=request.language,
        reason={"fr": reason.label_fr, "en": reason.label_en},
        commune=commune,
        unit=unit_facts(unit),
        channel=request.channel,
        call_window=request.call_window,
        call_back_word=request.call_back_word,
        created_at=request.created_at,
        due_at=request.due_at,
        accepted_at=request.accepted_at,
        ended_at=request.ended_at,
        transferred_at=request.transferred_at,
        opinion=request.opinion,
        history=_history(session, request.id),
    )


def _history(session: Session, request_id: UUID) -> tuple[FollowedEvent, ...]:
    rows = session.execute(
        select(Event.name, Event.at, Event.data, Unit.name)
        .join(Unit, Unit.id == Event.unit_id)
        .where(Event.request_id == request_id, Event.name.in_(TOLD))
        .order_by(Event.id)
    ).all()
    return tuple(FollowedEvent(name, at, unit, _own_word(name, data)) for name, at, data, unit in rows)


def _own_word(name: str, data: dict[str, Any]) -> str:
    return str(data.get("text", "")) if name == CitizenWordAdded.name else ""
