"""When the unit really receives: the stored occurrences of approved openings, today and the coming fortnight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from models.queries.feed.view import Bodies, View, iso, person
from models.rules.openings import FORTNIGHT, State
from models.tables import Agent, Counter, Opening, OpeningOccurrence, OpeningWindow

_Found = Row[OpeningOccurrence, Opening, str]


def bodies(session: Session, view: View, ids: Collection[str] | None) -> Bodies:
    """Those of the given occurrences (None: of all) that the unit's terminals hold today.

    All of them are asked for when a terminal starts over, because those that were far ahead when they were stored
    have no entry in the feed.
    """
    midnight = view.midnight(view.day)
    query = _between(view.unit_id, midnight, midnight + FORTNIGHT)
    if ids is not None:
        query = query.where(OpeningOccurrence.id.in_([UUID(one) for one in ids]))
    return _bodies(session, session.execute(query).all())


def turned(session: Session, view: View, since: date) -> dict[str, dict[str, Any] | None]:
    """What the calendar alone has changed since a day: occurrences that came into the fortnight, or are over."""
    then, now = view.midnight(since), view.midnight(view.day)
    rows = session.execute(_between(view.unit_id, min(then, now), max(then, now) + FORTNIGHT)).all()
    turning = [row for row in rows if _held(row.OpeningOccurrence, then) != _held(row.OpeningOccurrence, now)]
    held = _bodies(session, [row for row in turning if _held(row.OpeningOccurrence, now)])
    return {str(row.OpeningOccurrence.id): held.get(str(row.OpeningOccurrence.id)) for row in turning}


def _between(unit_id: int, begin: datetime, end: datetime) -> Select[OpeningOccurrence, Opening, str]:
    return (
        select(OpeningOccurrence, Opening, Agent.name.label("named"))
        .join(Opening, Opening.id == OpeningOccurrence.opening_id)
        .outerjoin(Agent, Agent.id == Opening.agent_id)
        .where(
            OpeningOccurrence.unit_id == unit_id,
            Opening.state == State.APPROVED,
            OpeningOccurrence.starts_at < end,
            OpeningOccurrence.ends_at > begin,
        )
        .order_by(OpeningOccurrence.starts_at, OpeningOccurrence.id)
    )


def _held(occurrence: OpeningOccurrence, midnight: datetime) -> bool:
    return occurrence.ends_at > midnight and occurrence.starts_at < midnight + FORTNIGHT


def _bodies(session: Session, rows: Collection[_Found]) -> Bodies:
    counters: defaultdict[UUID, list[dict[str, int]]] = defaultdict(list)
    for occurrence_id, counter_id, number in session.execute(
        select(OpeningWindow.occurrence_id, Counter.id, Counter.number)
        .join(Counter, Counter.id == OpeningWindow.counter_id)
        .where(OpeningWindow.occurrence_id.in_([row.OpeningOccurrence.id for row in rows]))
        .order_by(Counter.number)
    ):
        counters[occurrence_id].append({"id": counter_id, "number": number})
    return {str(row.OpeningOccurrence.id): _body(row, counters[row.OpeningOccurrence.id]) for row in rows}


def _body(row: _Found, counters: list[dict[str, int]]) -> dict[str, Any]:
    occurrence, opening, named = row
    return {
        "id": str(occurrence.id),
        "opening_id": str(opening.id),
        "day": occurrence.day.isoformat(),
        "starts_at": iso(occurrence.starts_at),
        "ends_at": iso(occurrence.ends_at),
        "closed_because": occurrence.closed_because,
        "closed_name": occurrence.closed_name,
        "counters": counters,
        "agent": person(opening.agent_id, named),
        "reasons": opening.reason_codes,
        "place": {"kind": opening.place_kind, "name": opening.place_name},
    }
