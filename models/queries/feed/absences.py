"""Absences of the unit's gendarmes that are not over by today: own ones that come, imported ones that are near."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.queries.feed.view import Bodies, View, iso, person
from models.rules.absences import is_held, is_imported_held
from models.rules.duty import Source
from models.rules.openings import FORTNIGHT
from models.tables import Absence, Agent, PlanningSource

_declarer = aliased(Agent)
_Found = Row[Absence, str, str, str]


def bodies(session: Session, view: View, ids: Collection[str]) -> Bodies:
    """Those of the given absences that the unit's terminals hold today."""
    rows = session.execute(_of_unit(view.unit_id).where(Absence.id.in_([UUID(one) for one in ids])))
    midnight = view.midnight(view.day)
    return {str(row.Absence.id): _body(row) for row in rows if _held(row.Absence, midnight)}


def imported(session: Session, view: View) -> Bodies:
    """All imported ones that the unit's terminals hold today.

    They are asked for when a terminal starts over, because those that were far ahead when they were read have no entry
    in the feed.
    """
    midnight = view.midnight(view.day)
    rows = session.execute(
        _of_unit(view.unit_id).where(
            Absence.source == Source.PLANNING,
            func.upper(Absence.during) > midnight,
            func.lower(Absence.during) < midnight + FORTNIGHT,
        )
    )
    return {str(row.Absence.id): _body(row) for row in rows if _held(row.Absence, midnight)}


def turned(session: Session, view: View, since: date) -> dict[str, dict[str, Any] | None]:
    """What the calendar alone has changed since a day: absences that ended are to be forgotten, imported ones that have
    come near are to be held."""
    then, now = view.midnight(since), view.midnight(view.day)
    rows = session.execute(
        _of_unit(view.unit_id).where(
            func.upper(Absence.during) > min(then, now),
            or_(Absence.source == Source.OWN, func.lower(Absence.during) < max(then, now) + FORTNIGHT),
        )
    )
    return {
        str(row.Absence.id): _body(row) if _held(row.Absence, now) else None
        for row in rows
        if _held(row.Absence, then) != _held(row.Absence, now)
    }


def _of_unit(unit_id: int) -> Select[Absence, str, str, str]:
    return (
        select(
            Absence,
            Agent.name.label("agent_name"),
            _declarer.name.label("declared_by_name"),
            PlanningSource.name.label("planning_name"),
        )
        .join(Agent, Agent.id == Absence.agent_id)
        .outerjoin(_declarer, _declarer.id == Absence.declared_by_id)
        .outerjoin(PlanningSource, PlanningSource.id == Absence.planning_source_id)
        .where(Agent.unit_id == unit_id)
        .order_by(func.lower(Absence.during), Absence.id)
    )


def _held(absence: Absence, midnight: datetime) -> bool:
    assert absence.during.lower is not None
    assert absence.during.upper is not None
    held = is_held(absence.during.upper, absence.cancelled_at is not None, midnight)
    if absence.source == Source.PLANNING:
        return held and is_imported_held(absence.during.lower, absence.during.upper, midnight)
    return held


def _body(row: _Found) -> dict[str, Any]:
    absence, agent_name, declared_by_name, planning_name = row
    return {
        "id": str(absence.id),
        "agent": person(absence.agent_id, agent_name),
        "starts_at": iso(absence.during.lower),
        "ends_at": iso(absence.during.upper),
        "word": absence.word,
        "source": absence.source,
        "planning": _planning(absence.planning_source_id, planning_name),
        "intervention": absence.intervention,
        "declared_at": iso(absence.declared_at),
        "declared_by": person(absence.declared_by_id, declared_by_name),
    }


def _planning(source_id: UUID | None, name: str | None) -> dict[str, Any] | None:
    return None if source_id is None else {"id": str(source_id), "name": name}
