"""Which times are free next, for whoever cannot have the one they wanted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from models.queries.booking_terms import terms_of
from models.queries.free_gaps import slots_between
from models.rules.errors import Conflict
from models.tables import Reason

NEXT = 3


def slot_taken(session: Session, unit_id: int, reason: Reason, now: datetime, places: Collection[str] = ()) -> Conflict:
    """The refusal of a time that is no longer free, with the next ones that are."""
    following = next_starts(session, unit_id, reason, now, places)
    return Conflict("slot_taken", {"next": [start.isoformat() for start in following]})


def next_starts(
    session: Session, unit_id: int, reason: Reason, now: datetime, places: Collection[str] = (), limit: int = NEXT
) -> list[datetime]:
    """The first free starts of a unit, in order of time; looks a week ahead before it looks to the horizon."""
    terms = terms_of(reason)
    week, horizon = now + timedelta(days=7), now + terms.horizon + timedelta(minutes=1)
    for last in (min(week, horizon), horizon):
        found = list(islice(slots_between(session, unit_id, reason, now, last, terms, now, places), limit))
        if len(found) >= limit:
            break
    return [slot.starts_at for slot in found]
