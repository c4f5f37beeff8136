"""What a unit's terminals hold: each document's body, computed from the tables when it is pulled.

A body of None tells the terminal to forget the document: its unit may not see it any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.tables import (
    Agent,
    Commune,
    ContactRequest,
    Event,
    FeedEntry,
    FeedEpoch,
    MutationResult,
    Reason,
    Scope,
    Unit,
)
from models.tables.mutation import SyncClient

PAGE = 500
ENDED_STAYS = timedelta(days=7)
TRANSFERRED_STAYS = timedelta(days=1)

Document = tuple[str, int, dict[str, Any] | None]


@dataclass(frozen=True)
class FeedPage:
    """One answer to a pull; `reset` tells the terminal to drop the documents (never the outbox) it had."""

    base: str
    cursor: str
    reset: bool
    documents: Sequence[Document]
    last_mutation_id: int
    results: Sequence[MutationResult]
    more: bool


def pull(session: Session, *, unit_id: int, client_id: UUID, agent_id: int, cursor: str, now: datetime) -> FeedPage:
    """Read what changed for a unit since `cursor` (`<epoch>.<version>`, empty for everything).

    The caller gives a snapshot session, so that documents, cursor and results belong to one instant.
    """
    epoch = session.scalar(select(FeedEpoch.epoch)) or 0
    scope = unit_scope(unit_id)
    version = session.scalar(select(Scope.version).where(Scope.key == scope)) or 0
    base = _version_of(cursor, epoch, unit_id)
    reset = base is None or base > version
    since = 0 if base is None or reset else base

    entries = session.execute(
        select(FeedEntry.document, FeedEntry.version)
        .where(FeedEntry.scope == scope, FeedEntry.version > since)
        .order_by(FeedEntry.version, FeedEntry.document)
    ).all()
    page = _whole_versions([(document, at) for document, at in entries])
    more = len(page) < len(entries)
    bodies = request_bodies(session, unit_id, [_request_id(document) for document, _ in page], now)
    documents: list[Document] = [
        (document, at, body)
        for document, at in page
        if (body := bodies.get(_request_id(document))) is not None or not reset
    ]
    if reset:
        documents.insert(0, (f"unit/{unit_id}", 0, unit_body(session, unit_id)))

    reached = page[-1][1] if more else version
    lmid, results = _results(session, client_id, agent_id, since)
    return FeedPage(cursor, f"{epoch}.{unit_id}.{reached}", reset, documents, lmid, results, more)


def request_bodies(
    session: Session, unit_id: int, request_ids: Sequence[UUID], now: datetime
) -> dict[UUID, dict[str, Any]]:
    """The bodies of those of `request_ids` that the unit may see at `now`; others are missing from the result."""
    if not request_ids:
        return {}
    rows = session.execute(
        select(ContactRequest, Reason, Commune, Agent.name, Unit.name)
        .join(Reason, Reason.code == ContactRequest.reason_code)
        .join(Commune, Commune.insee == ContactRequest.commune_insee)
        .join(Unit, Unit.id == ContactRequest.unit_id)
        .outerjoin(Agent, Agent.id == ContactRequest.accepted_by_id)
        .where(
            ContactRequest.id.in_(request_ids),
            ContactRequest.erased_at.is_(None),
            or_(ContactRequest.unit_id == unit_id, ContactRequest.transferred_from_unit_id == unit_id),
        )
    ).all()
    own = [request.id for request, *_ in rows if request.unit_id == unit_id]
    history = _history(session, own)
    bodies: dict[UUID, dict[str, Any]] = {}
    for request, reason, commune, owner, unit_name in rows:
        if request.unit_id != unit_id:
            if request.transferred_at is not None and now - request.transferred_at <= TRANSFERRED_STAYS:
                bodies[request.id] = _transferred_body(request, reason, unit_name)
        elif request.ended_at is None or now - request.ended_at <= ENDED_STAYS:
            bodies[request.id] = _request_body(request, reason, commune, owner, history[request.id])
    return bodies


def unit_body(session: Session, unit_id: int) -> dict[str, Any]:
    """The terminal's own unit: what the screens print, and the zone of every time they show."""
    unit = session.get_one(Unit, unit_id)
    return {
        "id": unit.id,
        "name": unit.name,
        "phone": unit.phone,
        "time_zone": unit.time_zone,
        "latitude": unit.latitude,
        "longitude": unit.longitude,
    }


def _request_body(
    request: ContactRequest, reason: Reason, commune: Commune, owner: str | None, history: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "id": str(request.id),
        "reference": request.reference,
        "state": request.state,
        "reason": {"code": reason.code, "fr": reason.label_fr, "en": reason.label_en},
        "discreet": request.discreet,
        "commune": {"insee": commune.insee, "name": commune.name, "departement": commune.departement},
        "language": request.language,
        "caller_name": request.caller_name,
        "phone": request.phone,
        "email": request.email,
        "channel": request.channel,
        "call_window": request.call_window,
        "safe_time": request.safe_time,
        "may_leave_message": request.may_leave_message,
        "call_back_word": request.call_back_word,
        "facts": request.facts,
        "place": request.place,
        "created_at": _iso(request.created_at),
        "due_at": _iso(request.due_at),
        "accepted_by": None if request.accepted_by_id is None else {"id": request.accepted_by_id, "name": owner},
        "accepted_at": _iso(request.accepted_at),
        "ended_at": _iso(request.ended_at),
        "outcome": request.outcome,
        "history": history,
    }


def _transferred_body(request: ContactRequest, reason: Reason, unit_name: str) -> dict[str, Any]:
    # The unit that handed the request over keeps its trace, not the citizen's words.
    return {
        "id": str(request.id),
        "reference": request.reference,
        "state": "transferred",
        "reason": {"code": reason.code, "fr": reason.label_fr, "en": reason.label_en},
        "discreet": request.discreet,
        "to_unit": {"id": request.unit_id, "name": unit_name},
        "created_at": _iso(request.created_at),
        "transferred_at": _iso(request.transferred_at),
    }


def _history(session: Session, request_ids: Iterable[UUID]) -> defaultdict[UUID, list[dict[str, Any]]]:
    rows = session.execute(
        select(Event, Agent.name)
        .outerjoin(Agent, Agent.id == Event.agent_id)
        .where(Event.request_id.in_(list(request_ids)))
        .order_by(Event.id)
    ).all()
    history: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for event, agent in rows:
        assert event.request_id is not None
        history[event.request_id].append(
            {"id": event.id, "name": event.name, "at": _iso(event.at), "by": agent, **event.data}
        )
    return history


def _results(session: Session, client_id: UUID, agent_id: int, since: int) -> tuple[int, Sequence[MutationResult]]:
    lmid = session.scalar(
        select(SyncClient.last_mutation_id).where(SyncClient.id == client_id, SyncClient.agent_id == agent_id)
    )
    if lmid is None:
        return 0, ()
    results = session.scalars(
        select(MutationResult)
        .where(MutationResult.client_id == client_id, MutationResult.version > since)
        .order_by(MutationResult.seq)
    ).all()
    return lmid, results


def _whole_versions(entries: list[tuple[str, int]]) -> list[tuple[str, int]]:
    # A page never ends inside a version, because the cursor could not say where it stopped.
    if len(entries) <= PAGE:
        return entries
    end = PAGE
    while end < len(entries) and entries[end][1] == entries[end - 1][1]:
        end += 1
    return entries[:end]


def _version_of(cursor: str, epoch: int, unit_id: int) -> int | None:
    parts = cursor.split(".")
    if len(parts) != 3 or not all(part.lstrip("-").isdecimal() for part in parts):
        return None
    if int(parts[0]) != epoch or int(parts[1]) != unit_id:
        return None
    return int(parts[2])


def _request_id(document: str) -> UUID:
    return UUID(document.removeprefix("request/"))


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
