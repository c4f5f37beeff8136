"""Absences of the unit's gendarmes that are not over by today; all that come, because few do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from models.queries.feed.view import Bodies, View, iso, person
from models.rules.absences import is_held
from models.tables import Absence, Agent

_declarer = aliased(Agent)


def bodies(session: Session, view: View, ids: Collection[str]) -> Bodies:
    """Those of the given absences that the unit's terminals hold today."""
    rows = session.execute(_of_unit(view.unit_id).where(Absence.id.in_([UUID(one) for one in ids])))
    midnight = view.midnight(view.day)
    return {str(row.Absence.id): _body(row) for row in rows if _held(row.Absence, midnight)}


def turned(session: Session, view: View, since: date) -> dict[str, dict[str, Any] | None]:
    """What the calendar alone has changed since a day: absences that ended are to be forgotten."""
    then, now = view.midnight(since), view.midnight(view.day)
    rows = session.execute(_of_unit(view.unit_id).where(func.upper(Absence.during) > min(then, now)))
    return {
        str(row.Absence.id): _body(row) if _held(row.Absence, now) else None
        for row in rows
        if _held(row.Absence, then) != _held(row.Absence, now)
    }


def _of_unit(unit_id: int) -> Select[Absence, str, str]:
    return (
        select(Absence, Agent.name.label("agent_name"), _declarer.name.label("declared_by_name"))
        .join(Agent, Agent.id == Absence.agent_id)
        .outerjoin(_declarer, _declarer.id == Absence.declared_by_id)
        .where(Agent.unit_id == unit_id)
        .order_by(func.lower(Absence.during), Absence.id)
    )


def _held(absence: Absence, midnight: datetime) -> bool:
    assert absence.during.upper is not None
    return is_held(absence.during.upper, absence.cancelled_at is not None, midnight)


def _body(row: Row[Absence, str, str]) -> dict[str, Any]:
    absence, agent_name, declared_by_name = row
    return {
        "id": str(absence.id),
        "agent": person(absence.agent_id, agent_name),
        "starts_at": iso(absence.during.lower),
        "ends_at": iso(absence.during.upper),
        "word": absence.word,
        "source": absence.source,
        "intervention": absence.intervention,
        "declared_at": iso(absence.declared_at),
        "declared_by": person(absence.declared_by_id, declared_by_name),
    }
