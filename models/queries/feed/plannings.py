"""The unit's planning sources: what each is called, and whether it can be relied on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.queries.feed.view import Bodies, View, iso, person
from models.rules.plannings import Health, Kind, state_of
from models.tables import Agent, PlanningSource


def bodies(session: Session, view: View, ids: Collection[str]) -> Bodies:
    """Those of the given sources that the unit reads; revoked ones are forgotten."""
    rows = session.execute(
        select(PlanningSource, Agent.name)
        .outerjoin(Agent, Agent.id == PlanningSource.agent_id)
        .where(
            PlanningSource.id.in_([UUID(one) for one in ids]),
            PlanningSource.unit_id == view.unit_id,
            PlanningSource.revoked_at.is_(None),
        )
    )
    return {
        str(source.id): {
            "id": str(source.id),
            "kind": source.kind,
            "name": source.name,
            "agent": person(source.agent_id, agent_name),
            **health_body(source),
        }
        for source, agent_name in rows
    }


def health_body(source: PlanningSource) -> dict[str, Any]:
    """What changes by itself in the body of a source: terminals hear of it when this does, and not at each poll."""
    state, since = state_of(health_of(source))
    return {
        "state": state,
        "since": iso(since),
        "silent_since": iso(source.silent_since),
        "failure": source.failure_code,
    }


def health_of(source: PlanningSource) -> Health:
    """A row as the rules see it."""
    return Health(
        source.created_at,
        source.paused_at,
        source.succeeded_at,
        source.changed_at,
        source.failures_in_a_row,
        source.silent_since,
        None if Kind(source.kind).is_calendar else source.read_until,
    )
