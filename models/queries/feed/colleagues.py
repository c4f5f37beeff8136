"""The people of the unit: their names and roles, and their service positions."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from models.queries.feed.view import Bodies, View, iso, person
from models.rules.actor import Role
from models.tables import Agent, DutyStatus


def agent_bodies(session: Session, view: View, ids: Collection[str] | None) -> Bodies:
    """Those of the given agents who serve in the unit, or (None) all who do."""
    statement = select(Agent).where(*_serves_in(view.unit_id)).order_by(Agent.name, Agent.id)
    if ids is not None:
        statement = statement.where(Agent.id.in_([int(one) for one in ids]))
    return {
        str(agent.id): {"id": agent.id, "name": agent.name, "roles": sorted(agent.roles)}
        for agent in session.scalars(statement)
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


def _serves_in(unit_id: int) -> tuple[ColumnElement[bool], ...]:
    serves: ColumnElement[bool] = Agent.roles.overlap([Role.GENDARME.value, Role.CHIEF.value])
    return Agent.unit_id == unit_id, Agent.active.is_(True), serves
