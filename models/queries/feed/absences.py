"""Absences of the unit's gendarmes that are not over by today: own ones that come, imported ones that are near."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, literal, select
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE
from sqlalchemy.orm import Session, aliased

from models.queries.feed.view import Bodies, View, iso, person
from models.queries.taken_time import is_agent, multirange
from models.rules.absences import is_held, is_imported_held
from models.rules.duty import Source
from models.rules.intervals import Interval
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
    rows = session.execute(_near(view, [Interval(midnight, midnight + FORTNIGHT)]))
    return {
        str(row.Absence.id): _body(row)
        for row in rows
        if row.Absence.source == Source.PLANNING and _held(row.Absence, midnight)
    }


def turned(session: Session, view: View, since: date) -> dict[str, dict[str, Any] | None]:
    """What the calendar alone has changed since a day: absences that ended are to be forgotten, imported ones that have
    come near are to be held."""
    then, now = view.midnight(since), view.midnight(view.day)
    days = Interval(*sorted((then, now)))
    # Whatever is held on one of the two days only has ended between them, or come near.
    rows = session.execute(_near(view, [days, Interval(*(edge + FORTNIGHT for edge in days))]))
    return {
        str(row.Absence.id): _body(row) if _held(row.Absence, now) else None
        for row in rows
        if _held(row.Absence, then) != _held(row.Absence, now)
    }


def _near(view: View, times: Sequence[Interval]) -> Select[Absence, str, str, str]:
    """Those that meet these times, of which a unit's history and planning hold far more than it needs."""
    during = literal(multirange(times), TSTZMULTIRANGE)
    met = (
        select(Absence)
        .where(is_agent(Absence.agent_id, Agent.id), Absence.cancelled_at.is_(None), Absence.during.overlaps(during))
        .correlate(Agent)
        # Gendarme by gendarme, as the index has them: the times alone are everybody's.
        .offset(0)
        .lateral()
    )
    return _with_names(aliased(Absence, met, name="Absence"), view.unit_id)


def _of_unit(unit_id: int) -> Select[Absence, str, str, str]:
    return _with_names(Absence, unit_id)


def _with_names(absence: type[Absence], unit_id: int) -> Select[Absence, str, str, str]:
    return (
        select(
            absence,
            Agent.name.label("agent_name"),
            _declarer.name.label("declared_by_name"),
            PlanningSource.name.label("planning_name"),
        )
        .select_from(Agent)
        .join(absence, absence.agent_id == Agent.id)
        .outerjoin(_declarer, _declarer.id == absence.declared_by_id)
        .outerjoin(PlanningSource, PlanningSource.id == absence.planning_source_id)
        .where(Agent.unit_id == unit_id)
        .order_by(func.lower(absence.during), absence.id)
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
