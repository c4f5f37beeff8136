from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.rules.errors import NotFound
from models.tables import Agent, AgentSession


@dataclass(frozen=True)
class RevokeSignIns:
    """Whose sign-ins end; everybody's when `login` is None."""

    login: str | None


def find_agent(session: Session, login: str) -> Agent:
    """The agent with this login, locked until the transaction ends.

    Raises:
        NotFound: `no_such_agent`.
    """
    agent = session.scalar(select(Agent).where(Agent.login == login.strip().lower()).with_for_update())
    if agent is None:
        raise NotFound("no_such_agent")
    return agent


def revoke_sign_ins(session: Session, command: RevokeSignIns, now: datetime) -> int:
    """End every open sign-in at once, as when a phone is lost; returns how many there were.

    Raises:
        NotFound: `no_such_agent`.
    """
    agent_id = None if command.login is None else find_agent(session, command.login).id
    return end_sign_ins(session, agent_id, now)


def end_sign_ins(session: Session, agent_id: int | None, now: datetime) -> int:
    """Revoke the open sign-ins of one agent, or of everybody (None)."""
    statement = update(AgentSession).where(AgentSession.revoked_at.is_(None), AgentSession.expires_at > now)
    if agent_id is not None:
        statement = statement.where(AgentSession.agent_id == agent_id)
    ended = session.execute(statement.values(revoked_at=now).returning(AgentSession.agent_id))
    return len(ended.all())
