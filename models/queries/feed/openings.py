"""Openings of the unit: the coming fortnight, what waits for a decision, and what was decided last week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.queries.feed.view import Bodies, View, iso, person
from models.rules.openings import State, is_held
from models.tables import Agent, Opening, OpeningChange

_proposer, _named, _decider, _amender = aliased(Agent), aliased(Agent), aliased(Agent), aliased(Agent)
_Changes = dict[UUID, list[dict[str, Any]]]


def bodies(session: Session, view: View, ids: Collection[str]) -> Bodies:
    """Those of the given openings that the unit's terminals hold today."""
    rows = session.execute(_of_unit(view.unit_id).where(Opening.id.in_([UUID(one) for one in ids]))).all()
    midnight = view.midnight(view.day)
    held = [row for row in rows if _held(row.Opening, midnight)]
    changes = _changes(session, [row.Opening.id for row in held])
    return {str(row.Opening.id): _body(row, changes) for row in held}


def turned(session: Session, view: View, since: date) -> dict[str, dict[str, Any] | None]:
    """What the calendar alone has changed since a day: openings that came into the fortnight, or are over."""
    then, now = view.midnight(since), view.midnight(view.day)
    rows = session.execute(
        _of_unit(view.unit_id).where(
            or_(
                func.coalesce(Opening.last_ends_at, Opening.ends_at) > min(then, now),
                and_(Opening.recurrence.is_not(None), Opening.last_ends_at.is_(None)),
            )
        )
    ).all()
    turning = [row for row in rows if _held(row.Opening, then) != _held(row.Opening, now)]
    changes = _changes(session, [row.Opening.id for row in turning])
    return {str(row.Opening.id): _body(row, changes) if _held(row.Opening, now) else None for row in turning}


def _of_unit(unit_id: int) -> Select[Opening, str, str, str, str]:
    return (
        select(
            Opening,
            _proposer.name.label("proposer"),
            _named.name.label("named"),
            _decider.name.label("decider"),
            _amender.name.label("amender"),
        )
        .join(_proposer, _proposer.id == Opening.proposed_by_id)
        .outerjoin(_named, _named.id == Opening.agent_id)
        .outerjoin(_decider, _decider.id == Opening.decided_by_id)
        .outerjoin(_amender, _amender.id == Opening.amended_by_id)
        .where(Opening.unit_id == unit_id)
        .order_by(Opening.starts_at, Opening.id)
    )


def _held(opening: Opening, midnight: datetime) -> bool:
    ends_at = opening.last_ends_at or (opening.ends_at if opening.recurrence is None else None)
    return is_held(opening.starts_at, ends_at, State(opening.state), opening.decided_at, midnight)


def _changes(session: Session, opening_ids: Collection[UUID]) -> _Changes:
    found: _Changes = defaultdict(list)
    for row in session.scalars(
        select(OpeningChange).where(OpeningChange.opening_id.in_(opening_ids)).order_by(OpeningChange.day)
    ):
        change = {"day": row.day.isoformat(), "starts_at": iso(row.starts_at), "ends_at": iso(row.ends_at)}
        found[row.opening_id].append(change)
    return found


def _body(row: Row[Opening, str, str, str, str], changes: _Changes) -> dict[str, Any]:
    opening, proposer, named, decider, amender = row
    return {
        "id": str(opening.id),
        "state": opening.state,
        "starts_at": iso(opening.starts_at),
        "ends_at": iso(opening.ends_at),
        "recurrence": opening.recurrence,
        "last_ends_at": iso(opening.last_ends_at),
        "holiday_rule": opening.holiday_rule,
        "changes": changes.get(opening.id, []),
        "counters": opening.counters,
        "agent": person(opening.agent_id, named),
        "reasons": opening.reason_codes,
        "place": {"kind": opening.place_kind, "name": opening.place_name},
        "proposed_by": person(opening.proposed_by_id, proposer),
        "proposed_at": iso(opening.proposed_at),
        "amended_by": person(opening.amended_by_id, amender),
        "decided_by": person(opening.decided_by_id, decider),
        "decided_at": iso(opening.decided_at),
        "word": opening.decision_word,
    }
