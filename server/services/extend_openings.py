from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules.actor import SystemActor
from models.rules.opening_series import HORIZON
from models.rules.openings import State
from models.service_events import OpeningExtended
from models.tables import Opening
from server.services._occurrences import store_occurrences


@dataclass(frozen=True)
class ExtendOpenings:
    """Goes on with at most `limit` openings whose occurrences are stored for less than 400 days less `slack`.

    The slack keeps every opening without end from being written each day.
    """

    limit: int = 20
    slack: timedelta = timedelta(days=30)


def extend_openings(session: Session, command: ExtendOpenings, actor: SystemActor, now: datetime) -> int:
    """Store the occurrences that time has brought near, and those of openings that were approved before any were.

    Returns:
        How many openings were looked at; fewer than the limit: nothing is left to do.
    """
    del actor
    before = (now + HORIZON - command.slack).date()
    found = session.execute(
        select(Opening.id, Opening.unit_id)
        .where(
            Opening.state == State.APPROVED,
            or_(
                and_(Opening.stored_until.is_(None), func.coalesce(Opening.last_ends_at, Opening.ends_at) > now),
                and_(
                    Opening.recurrence.is_not(None),
                    Opening.stored_until < before,
                    or_(Opening.last_ends_at.is_(None), func.date(Opening.last_ends_at) >= Opening.stored_until),
                ),
            ),
        )
        .order_by(Opening.unit_id, Opening.id)
        .limit(command.limit)
    ).all()
    # All at once, in the order in which everybody locks.
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in found})
    for opening_id, unit_id in found:
        opening = session.get_one(Opening, opening_id, populate_existing=True)
        if opening.state != State.APPROVED:
            continue
        stored = store_occurrences(session, opening, now)
        record(
            session,
            OpeningExtended(
                at=now,
                unit_id=unit_id,
                opening_id=opening.id,
                occurrence_ids=tuple(str(one) for one in stored.documents),
            ),
        )
    return len(found)
