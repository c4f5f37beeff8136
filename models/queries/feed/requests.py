"""Contact requests: those of the unit, and the trace of those it handed over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.queries.feed.told import of_requests
from models.queries.feed.view import Bodies, View, iso
from models.tables import Agent, Commune, ContactRequest, Event, Reason, Unit

# Counted from the beginning of the unit's day, so that two terminals that read at different hours hold the same.
ENDED_STAYS = timedelta(days=7)
TRANSFERRED_STAYS = timedelta(days=1)


def bodies(session: Session, view: View, ids: Collection[str]) -> Bodies:
    """The bodies of those requests that the unit may see; others are missing from the result."""
    rows = session.execute(
        select(ContactRequest, Reason, Commune, Agent.name, Unit.name)
        .join(Reason, Reason.code == ContactRequest.reason_code)
        .join(Commune, Commune.insee == ContactRequest.commune_insee)
        .join(Unit, Unit.id == ContactRequest.unit_id)
        .outerjoin(Agent, Agent.id == ContactRequest.accepted_by_id)
        .where(
            ContactRequest.id.in_([UUID(one) for one in ids]),
            ContactRequest.erased_at.is_(None),
            or_(ContactRequest.unit_id == view.unit_id, ContactRequest.transferred_from_unit_id == view.unit_id),
        )
    ).all()
    own = [request.id for request, *_ in rows if request.unit_id == view.unit_id]
    history = _history(session, own)
    told = of_requests(session, own)
    midnight = view.midnight(view.day)
    found: Bodies = {}
    for request, reason, commune, owner, unit_name in rows:
        if request.unit_id != view.unit_id:
            if request.transferred_at is not None and request.transferred_at >= midnight - TRANSFERRED_STAYS:
                found[str(request.id)] = _transferred_body(request, reason, unit_name)
        elif request.ended_at is None or request.ended_at >= midnight - ENDED_STAYS:
            found[str(request.id)] = _request_body(
                request, reason, commune, owner, history[request.id], told[request.id].shown
            )
    return found


def turned(session: Session, view: View, since: date) -> dict[str, dict[str, Any] | None]:
    """What the calendar alone has changed since a day: what ended a week ago, and the trace of what was handed over
    the day before yesterday, are to be forgotten."""
    then, now = view.midnight(since), view.midnight(view.day)
    ids = session.scalars(
        select(ContactRequest.id).where(
            or_(
                (ContactRequest.unit_id == view.unit_id) & _left(ContactRequest.ended_at, ENDED_STAYS, then, now),
                (ContactRequest.transferred_from_unit_id == view.unit_id)
                & (ContactRequest.unit_id != view.unit_id)
                & _left(ContactRequest.transferred_at, TRANSFERRED_STAYS, then, now),
            )
        )
    )
    return {str(one): None for one in ids}


def _left(
    at: InstrumentedAttribute[datetime | None], stays: timedelta, then: datetime, now: datetime
) -> ColumnElement[bool]:
    return (at >= then - stays) & (at < now - stays)


def _request_body(
    request: ContactRequest,
    reason: Reason,
    commune: Commune,
    owner: str | None,
    history: list[dict[str, Any]],
    told: list[dict[str, Any]],
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
        "created_at": iso(request.created_at),
        "due_at": iso(request.due_at),
        "accepted_by": None if request.accepted_by_id is None else {"id": request.accepted_by_id, "name": owner},
        "accepted_at": iso(request.accepted_at),
        "ended_at": iso(request.ended_at),
        "outcome": request.outcome,
        "history": history,
        "told": told,
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
        "created_at": iso(request.created_at),
        "transferred_at": iso(request.transferred_at),
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
            {"id": event.id, "name": event.name, "at": iso(event.at), "by": agent, **event.data}
        )
    return history
