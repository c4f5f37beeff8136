"""What a delivery needs to know of an event, read in one go so that no transaction stays open while mail leaves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import EVENTS, RequestEvent
from models.tables import ContactRequest, Event, Unit


@dataclass(frozen=True)
class Delivery:
    """An event, and its request and unit as they are now."""

    event: RequestEvent
    request: ContactRequest
    unit: Unit


def find_delivery(session: Session, event_id: int) -> Delivery | None:
    """Read again what happened and to whom; None when the event is unknown or concerns no request."""
    row = session.execute(
        select(Event, ContactRequest, Unit)
        .join(ContactRequest, ContactRequest.id == Event.request_id)
        .join(Unit, Unit.id == ContactRequest.unit_id)
        .where(Event.id == event_id)
    ).one_or_none()
    if row is None:
        return None
    event, request, unit = row
    known = EVENTS[event.name]
    return Delivery(
        known(at=event.at, unit_id=event.unit_id, request_id=request.id, agent_id=event.agent_id, **event.data),
        request,
        unit,
    )
