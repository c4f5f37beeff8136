"""How use cases look up the agent that a command names."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.rules.actor import AgentActor, Role
from models.rules.colleagues import Colleague
from models.tables import Agent


def find_colleague(session: Session, agent_id: int) -> Colleague | None:
    """The agent with this id, closed accounts included, or None."""
    agent = session.get(Agent, agent_id)
    return None if agent is None else colleague_of(agent)


def colleague_of(agent: Agent) -> Colleague:
    """An agent as the rules see one."""
    actor = AgentActor(agent.id, agent.name, agent.unit_id, frozenset(Role(role) for role in agent.roles))
    return Colleague(agent.id, agent.name, actor.serves_in_unit if agent.active else None)
