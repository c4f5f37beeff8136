from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import RequestExpired, unit_scope
from models.record import lock_scopes, record
from models.rules import request_lifecycle
from models.rules.actor import SystemActor
from models.rules.request_lifecycle import State, Verdict
from models.tables import ContactRequest
from server.services._requests import lock_request


@dataclass(frozen=True)
class ExpireRequests:
    """Ends at most `limit` requests that have waited for longer than `after`, so that no lock is held for long."""

    after: timedelta = timedelta(days=30)
    limit: int = 50


def expire_requests(session: Session, command: ExpireRequests, actor: SystemActor, now: datetime) -> int:
    """End the requests that nobody took; the citizens are told. Returns how many ended."""
    overdue = session.execute(
        select(ContactRequest.id, ContactRequest.unit_id)
        .where(ContactRequest.state == State.WAITING, ContactRequest.created_at <= now - command.after)
        .order_by(ContactRequest.unit_id, ContactRequest.id)
        .limit(command.limit)
    ).all()
    # All at once, in the order in which everybody locks.
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in overdue})
    ended = 0
    for request_id, _ in overdue:
        request, facts = lock_request(session, request_id)
        if request_lifecycle.expire(facts, actor) is Verdict.APPLY:
            request.state = State.EXPIRED
            request.ended_at = now
            record(session, RequestExpired(at=now, unit_id=request.unit_id, request_id=request.id))
            ended += 1
    return ended
