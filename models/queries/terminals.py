"""The enrolled terminals that somebody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.actor import AgentActor
from models.tables import Agent, Terminal


@dataclass(frozen=True)
class EnrolledTerminal:
    terminal: Terminal
    agent_name: str


def find_terminals(session: Session, actor: AgentActor, now: datetime) -> list[EnrolledTerminal]:
    """The terminals in use: the actor's own, and for a chief those of the unit; the last enrolled first."""
    statement = (
        select(Terminal, Agent.name)
        .join(Agent, Agent.id == Terminal.agent_id)
        .where(Terminal.revoked_at.is_(None), Terminal.expires_at > now)
        .order_by(Terminal.enrolled_at.desc(), Terminal.id)
    )
    if actor.is_chief and actor.serves_in_unit is not None:
        statement = statement.where((Agent.unit_id == actor.serves_in_unit) | (Agent.id == actor.agent_id))
    else:
        statement = statement.where(Agent.id == actor.agent_id)
    return [EnrolledTerminal(terminal, name) for terminal, name in session.execute(statement)]
