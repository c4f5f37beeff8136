"""How each use case takes hold of a contact request before it decides."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes
from models.rules.errors import NotFound
from models.rules.request_lifecycle import RequestFacts, State
from models.tables import Agent, ContactRequest


def lock_request(session: Session, request_id: UUID, *other_units: int) -> tuple[ContactRequest, RequestFacts]:
    """Lock the request's unit (and `other_units`), then return the request and what the rules need of it.

    Raises:
        NotFound: there is no such request.
    """
    locked: set[int] = set()
    while True:
        unit_id = session.scalar(select(ContactRequest.unit_id).where(ContactRequest.id == request_id))
        if unit_id is None:
            raise NotFound("no_such_request")
        if unit_id in locked:
            break
        # The request may move to another unit while we wait for its lock: look again until it stands still.
        lock_scopes(session, {unit_scope(unit) for unit in (unit_id, *other_units)})
        locked.add(unit_id)
    request = session.get_one(ContactRequest, request_id, populate_existing=True)
    return request, facts_of(session, request)


def facts_of(session: Session, request: ContactRequest) -> RequestFacts:
    owner_id = request.accepted_by_id
    return RequestFacts(
        unit_id=request.unit_id,
        state=State(request.state),
        accepted_by_id=owner_id,
        accepted_by_name=None if owner_id is None else session.get_one(Agent, owner_id).name,
        accepted_at=request.accepted_at,
        ended_at=request.ended_at,
    )
