from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes
from models.rules.errors import NotFound
from models.tables import Agent, AgentSession, Terminal, TerminalEnrolment


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


def find_agent_in_unit(session: Session, login: str) -> Agent:
    """The same, with the lock of their unit, if any.

    The unit comes first, as for whoever books with this gendarme, or reads a planning that names them.

    Raises:
        NotFound: `no_such_agent`.
    """
    unit_id = session.scalar(select(Agent.unit_id).where(Agent.login == login.strip().lower()))
    if unit_id is not None:
        lock_scopes(session, {unit_scope(unit_id)})
    return find_agent(session, login)


def revoke_sign_ins(session: Session, command: RevokeSignIns, now: datetime) -> int:
    """End every open sign-in and terminal at once, as when a phone is lost; returns how many there were.

    Raises:
        NotFound: `no_such_agent`.
    """
    agent_id = None if command.login is None else find_agent(session, command.login).id
    return end_sign_ins(session, agent_id, now)


def end_sign_ins(session: Session, agent_id: int | None, now: datetime) -> int:
    """Revoke the open sign-ins and the terminals of one agent, or of everybody (None)."""
    ended = 0
    for table in (AgentSession, Terminal):
        statement = update(table).where(table.revoked_at.is_(None), table.expires_at > now)
        if agent_id is not None:
            statement = statement.where(table.agent_id == agent_id)
        ended += len(session.execute(statement.values(revoked_at=now).returning(table.agent_id)).all())
    # A code that was shown before must not bring back what has just ended.
    codes = delete(TerminalEnrolment)
    if agent_id is not None:
        codes = codes.where(TerminalEnrolment.agent_id == agent_id)
    session.execute(codes)
    return ended
