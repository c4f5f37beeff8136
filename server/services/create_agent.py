from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules.actor import Role
from models.rules.errors import Conflict, Invalid
from models.service_events import AgentChanged
from models.tables import Agent, Unit
from server.services._clashes import weigh_clashes
from server.services._plannings import match_people_next
from server.services.sign_in import hash_password

SHORTEST_PASSWORD = 12


@dataclass(frozen=True)
class CreateAgent:
    login: str
    name: str
    roles: frozenset[Role]
    unit_id: int | None
    password: str = field(repr=False)
    mobile_phone: str | None = field(default=None, repr=False)


def create_agent(session: Session, command: CreateAgent, now: datetime) -> Agent:
    """Open an account.

    Raises:
        Invalid: a role without its unit, an unknown unit, no role, or a password under 12 characters.
        Conflict: `login_taken`.
    """
    login = command.login.strip().lower()
    fields: dict[str, str] = {}
    if not login:
        fields["login"] = "missing"
    if len(command.password) < SHORTEST_PASSWORD:
        fields["password"] = "too_short"  # noqa: S105 -- an error code, not a password.
    if not command.roles:
        fields["roles"] = "missing"
    if command.roles & {Role.GENDARME, Role.CHIEF} and command.unit_id is None:
        fields["unit_id"] = "missing"
    if command.unit_id is not None and session.get(Unit, command.unit_id) is None:
        fields["unit_id"] = "unknown"
    if fields:
        raise Invalid("invalid_agent", {"fields": fields})
    if command.unit_id is not None:
        # Before its tables, as for whoever reads them.
        lock_scopes(session, {unit_scope(command.unit_id)})
    if session.scalar(select(Agent.id).where(Agent.login == login)):
        raise Conflict("login_taken")
    agent = Agent(
        login=login,
        name=command.name.strip(),
        unit_id=command.unit_id,
        roles=sorted(command.roles),
        password_hash=hash_password(command.password),
        mobile_phone=command.mobile_phone,
        active=True,
        created_at=now,
    )
    session.add(agent)
    session.flush()
    match_people_next(session, agent.unit_id)
    tell_colleagues(session, agent, now)
    if agent.unit_id is not None:
        # There is one more who could be named.
        weigh_clashes(session, agent.unit_id, now)
    return agent


def tell_colleagues(session: Session, agent: Agent, now: datetime) -> None:
    """Record that an agent came, left or changed, so that the terminals of their unit, if any, learn it."""
    if agent.unit_id is not None:
        record(session, AgentChanged(at=now, unit_id=agent.unit_id, about_agent_id=agent.id))
