"""The planning sources that somebody may see, with all that is known of their health."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models.rules.actor import AgentActor
from models.rules.plannings import manages_plannings
from models.tables import Agent, PlanningSource

_creator = aliased(Agent)


@dataclass(frozen=True)
class FoundPlanning:
    source: PlanningSource
    agent_name: str | None
    created_by_name: str


def find_plannings(session: Session, actor: AgentActor, source_id: UUID | None = None) -> Sequence[FoundPlanning]:
    """The living sources of the actor's unit that they may change: their own calendars, or for a chief all of them.

    Args:
        source_id: of this one only.
    """
    statement = (
        select(PlanningSource, Agent.name, _creator.name)
        .outerjoin(Agent, Agent.id == PlanningSource.agent_id)
        .join(_creator, _creator.id == PlanningSource.created_by_id)
        .where(PlanningSource.unit_id == actor.serves_in_unit, PlanningSource.revoked_at.is_(None))
        .order_by(PlanningSource.kind, PlanningSource.name, PlanningSource.id)
        .execution_options(populate_existing=True)
    )
    if not manages_plannings(actor):
        statement = statement.where(PlanningSource.agent_id == actor.agent_id)
    if source_id is not None:
        statement = statement.where(PlanningSource.id == source_id)
    return [FoundPlanning(*row) for row in session.execute(statement)]
