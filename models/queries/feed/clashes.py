"""What the planning contradicts of appointments, as the unit's terminals read it: those that stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.queries.feed.view import iso, person
from models.tables import Agent, PlanningClash

Clashes = defaultdict[UUID, list[dict[str, Any]]]


def of_appointments(session: Session, ids: Collection[UUID]) -> Clashes:
    """The clashes of appointments, the earliest first; none for one that the planning agrees with."""
    rows = session.scalars(
        select(PlanningClash)
        .where(PlanningClash.appointment_id.in_(ids), PlanningClash.ended_at.is_(None))
        .order_by(PlanningClash.raised_at, PlanningClash.id)
    ).all()
    found: Clashes = defaultdict(list)
    if not rows:
        return found
    named = {one for row in rows for one in (row.agent_id, row.kept_by_id, *row.proposals["agent_ids"])}
    names = {one.id: one.name for one in session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(named)))}
    for row in rows:
        found[row.appointment_id].append(
            {
                "id": str(row.id),
                "agent": person(row.agent_id, names.get(row.agent_id or 0)),
                "raised_at": iso(row.raised_at),
                "kept_by": person(row.kept_by_id, names.get(row.kept_by_id or 0)),
                "proposals": {
                    "agents": [person(one, names[one]) for one in row.proposals["agent_ids"] if one in names],
                    "starts": row.proposals["starts"],
                },
            }
        )
    return found
