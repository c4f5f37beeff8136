"""The people of the unit: their names and roles, and their service positions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from models.queries.feed.view import Bodies, View, iso, person
from models.rules.actor import Role
from models.rules.exports import BY_PERSON, FAILING_AFTER, TOLD_AFTER, UNVISITED
from models.tables import Agent, CalendarExport, DutyStatus


def agent_bodies(session: Session, view: View, ids: Collection[str] | None) -> Bodies:
    """Those of the given agents who serve in the unit, or (None) all who do."""
    statement = select(Agent).where(*_serves_in(view.unit_id)).order_by(Agent.name, Agent.id)
    if ids is not None:
        statement = statement.where(Agent.id.in_([int(one) for one in ids]))
    agents = session.scalars(statement).all()
    stopped = _stopped_agendas(session, view.unit_id, [agent.id for agent in agents])
    return {
        str(agent.id): {
            "id": agent.id,
            "name": agent.name,
            "roles": sorted(agent.roles),
            "stopped_agendas": stopped.get(agent.id, []),
        }
        for agent in agents
    }


def duty_bodies(session: Session, view: View, ids: Collection[str]) -> Bodies:
    """The service positions of those of the given agents who serve in the unit and have any.

    All stretches that are kept are told, also those to come and those that are over: which one holds is a matter of
    the clock (`models.rules.duty.current`), and a terminal without network has nothing but its own.
    """
    setter = aliased(Agent)
    rows = session.execute(
        select(DutyStatus, setter.name)
        .join(Agent, Agent.id == DutyStatus.agent_id)
        .outerjoin(setter, setter.id == DutyStatus.set_by_id)
        .where(DutyStatus.agent_id.in_([int(one) for one in ids]), *_serves_in(view.unit_id))
        .order_by(DutyStatus.since.desc(), DutyStatus.id.desc())
    ).all()
    found: Bodies = {}
    for row, set_by in rows:
        body = found.setdefault(str(row.agent_id), {"agent_id": row.agent_id, "stretches": []})
        body["stretches"].append(
            {
                "status": row.status,
                "since": iso(row.since),
                "until": iso(row.until),
                "source": row.source,
                "set_by": person(row.set_by_id, set_by),
            }
        )
    return found


def _stopped_agendas(session: Session, unit_id: int, agent_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The agendas that their appointments do not reach any more, or have not for hours.

    Neither its name nor its host is told: whose mailbox or whose cloud it is, colleagues need not know.
    """
    well_at = func.coalesce(CalendarExport.succeeded_at, CalendarExport.created_at)
    # As `models.rules.exports.is_told_failing` has it.
    failing = (CalendarExport.failures_in_a_row >= FAILING_AFTER) & (CalendarExport.failed_at - well_at >= TOLD_AFTER)
    failing |= CalendarExport.failure_code == UNVISITED
    since = func.coalesce(CalendarExport.paused_at, well_at)
    cause = func.coalesce(CalendarExport.pause_cause, CalendarExport.failure_code)
    rows = session.execute(
        select(CalendarExport.agent_id, CalendarExport.id, CalendarExport.kind, cause, since)
        .where(
            # Whoever serves elsewhere now has agendas there as well until those are emptied.
            CalendarExport.unit_id == unit_id,
            CalendarExport.agent_id.in_(agent_ids),
            CalendarExport.revoked_at.is_(None),
            (CalendarExport.pause_cause != BY_PERSON) | (CalendarExport.paused_at.is_(None) & failing),
        )
        .order_by(since, CalendarExport.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for agent_id, export_id, kind, code, at in rows:
        found.setdefault(agent_id, []).append({"id": str(export_id), "kind": kind, "cause": code, "since": iso(at)})
    return found


def _serves_in(unit_id: int) -> tuple[ColumnElement[bool], ...]:
    serves: ColumnElement[bool] = Agent.roles.overlap([Role.GENDARME.value, Role.CHIEF.value])
    return Agent.unit_id == unit_id, Agent.active.is_(True), serves
