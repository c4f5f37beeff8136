"""The counters of a unit, and when each of them is open."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import any_, func, literal, or_, select
from sqlalchemy.orm import Session

from models.rules.intervals import Interval
from models.tables import Counter, OpeningWindow, Reason


def list_counters(session: Session, unit_id: int) -> list[Counter]:
    """The counters of a unit, in the order of their numbers."""
    return list(session.scalars(select(Counter).where(Counter.unit_id == unit_id).order_by(Counter.number)))


def list_windows(
    session: Session, unit_id: int, reason: Reason, during: Interval, counter_ids: Collection[int] | None = None
) -> list[OpeningWindow]:
    """When counters of a unit are open for a reason, booked or not, one row for each occurrence and counter.

    Args:
        during: whatever overlaps it is listed, whole.
        counter_ids: only these; None: every one.
    """
    codes = OpeningWindow.reason_codes
    statement = (
        select(OpeningWindow)
        .join(Counter, Counter.id == OpeningWindow.counter_id)
        .where(
            OpeningWindow.unit_id == unit_id,
            func.lower(OpeningWindow.during) < during.end,
            func.upper(OpeningWindow.during) > during.start,
            # None named means every reason.
            or_(func.cardinality(codes) == 0, literal(reason.code) == any_(codes)),
            OpeningWindow.place_kind.in_(reason.place_kinds),
        )
        .order_by(func.lower(OpeningWindow.during), Counter.number)
    )
    if counter_ids is not None:
        statement = statement.where(OpeningWindow.counter_id.in_(counter_ids))
    return list(session.scalars(statement))
