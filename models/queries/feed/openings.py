"""Openings of the unit: the coming fortnight, what waits for a decision, and what was decided last week."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from models.queries.feed.view import Bodies, View, iso, person
from models.rules.openings import State, is_held
from models.tables import Agent, Opening

_proposer, _named, _decider = aliased(Agent), aliased(Agent), aliased(Agent)


def bodies(session: Session, view: View, ids: Collection[str]) -> Bodies:
    """Those of the given openings that the unit's terminals hold today."""
    rows = session.execute(_of_unit(view.unit_id).where(Opening.id.in_([UUID(one) for one in ids])))
    midnight = view.midnight(view.day)
    return {str(row.Opening.id): _body(row) for row in rows if _held(row.Opening, midnight)}


def turned(session: Session, view: View, since: date) -> dict[str, dict[str, Any] | None]:
    """What the calendar alone has changed since a day: openings that came into the fortnight, or are over."""
    then, now = view.midnight(since), view.midnight(view.day)
    rows = session.execute(_of_unit(view.unit_id).where(Opening.ends_at > min(then, now)))
    return {
        str(row.Opening.id): _body(row) if _held(row.Opening, now) else None
        for row in rows
        if _held(row.Opening, then) != _held(row.Opening, now)
    }


def _of_unit(unit_id: int) -> Select[Opening, str, str, str]:
    return (
        select(
            Opening,
            _proposer.name.label("proposer"),
            _named.name.label("named"),
            _decider.name.label("decider"),
        )
        .join(_proposer, _proposer.id == Opening.proposed_by_id)
        .outerjoin(_named, _named.id == Opening.agent_id)
        .outerjoin(_decider, _decider.id == Opening.decided_by_id)
        .where(Opening.unit_id == unit_id)
        .order_by(Opening.starts_at, Opening.id)
    )


def _held(opening: Opening, midnight: datetime) -> bool:
    return is_held(opening.starts_at, opening.ends_at, State(opening.state), opening.decided_at, midnight)


def _body(row: Row[Opening, str, str, str]) -> dict[str, Any]:
    opening, proposer, named, decider = row
    return {
        "id": str(opening.id),
        "state": opening.state,
        "starts_at": iso(opening.starts_at),
        "ends_at": iso(opening.ends_at),
        "counters": opening.counters,
        "agent": person(opening.agent_id, named),
        "reasons": opening.reason_codes,
        "place": {"kind": opening.place_kind, "name": opening.place_name},
        "proposed_by": person(opening.proposed_by_id, proposer),
        "proposed_at": iso(opening.proposed_at),
        "decided_by": person(opening.decided_by_id, decider),
        "decided_at": iso(opening.decided_at),
        "word": opening.decision_word,
    }
