from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.events import EVENTS, RequestErased, unit_scope
from models.record import lock_scopes, record
from models.rules.actor import SystemActor
from models.tables import ContactRequest, Event, Notice
from server.services._requests import lock_request
from server.services.drop_push_subscription import CitizenOwner, DropPushSubscription, drop_push_subscription

_HASH_BYTES = 32


@dataclass(frozen=True)
class EraseOldRequests:
    """Erases at most `limit` requests that ended more than `after` ago, so that no lock is held for long."""

    after: timedelta
    limit: int = 50


def erase_old_requests(session: Session, command: EraseOldRequests, actor: SystemActor, now: datetime) -> int:
    """Forget who asked, what they wrote and what was written about it; terminals forget theirs at their next pull.

    What stays (unit, commune, reason, instants, outcome) counts requests and names nobody. Returns how many.
    """
    del actor
    due = session.execute(
        select(ContactRequest.id, ContactRequest.unit_id)
        .where(ContactRequest.ended_at <= now - command.after, ContactRequest.erased_at.is_(None))
        .order_by(ContactRequest.unit_id, ContactRequest.id)
        .limit(command.limit)
    ).all()
    # All at once, in the order in which everybody locks.
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in due})
    erased = 0
    for request_id, _ in due:
        request, _ = lock_request(session, request_id)
        if request.erased_at is not None:
            continue
        _erase(request, now)
        drop_push_subscription(session, DropPushSubscription(CitizenOwner(request_id=request_id)))
        _erase_history(session, request_id)
        record(session, RequestErased(at=now, unit_id=request.unit_id, request_id=request_id))
        erased += 1
    return erased


def _erase(request: ContactRequest, now: datetime) -> None:
    request.caller_name = None
    request.phone = None
    request.email = None
    request.safe_time = None
    request.facts = None
    request.place = None
    request.call_back_word = ""
    request.erased_at = now
    # Drawn, not derived: no link opens the request any more, not even one of the next generation.
    request.follow_generation += 1
    request.follow_token_hash = secrets.token_bytes(_HASH_BYTES)
    request.follow_code_hash = secrets.token_bytes(_HASH_BYTES)
    # A hash of what was written would still tell whether somebody wrote it.
    request.idempotency_hash = secrets.token_bytes(_HASH_BYTES)
    request.submission_hash = secrets.token_bytes(_HASH_BYTES)


def _erase_history(session: Session, request_id: UUID) -> None:
    events = session.scalars(select(Event).where(Event.request_id == request_id)).all()
    for event in events:
        free_text = EVENTS[event.name].free_text
        if free_text:
            event.data = {key: "" if key in free_text else value for key, value in event.data.items()}
    session.execute(delete(Notice).where(Notice.event_id.in_([event.id for event in events])))
