"""Who is behind a token: a sign-in with a password, or the credential of an enrolled terminal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.actor import AgentActor, Role
from models.tables import Agent, AgentSession, Terminal


@dataclass(frozen=True)
class SignedInAs:
    """An open sign-in; `last_seen_at` is None for a terminal that has not been used yet."""

    actor: AgentActor
    last_seen_at: datetime | None


def find_sign_ins(session: Session, hashes: Collection[bytes], now: datetime) -> dict[bytes, SignedInAs]:
    """Those of the hashed tokens that hold at `now`, sign-ins and terminals alike; the others are missing."""
    of_people = (
        select(AgentSession.token_hash, AgentSession.last_seen_at, Agent)
        .join(Agent, Agent.id == AgentSession.agent_id)
        .where(
            AgentSession.token_hash.in_(hashes),
            AgentSession.revoked_at.is_(None),
            AgentSession.expires_at > now,
            Agent.active,
        )
    )
    found = {token_hash: _signed_in_as(agent, seen) for token_hash, seen, agent in session.execute(of_people)}
    missing = [token_hash for token_hash in hashes if token_hash not in found]
    if missing:
        of_terminals = (
            select(Terminal.credential_hash, Terminal.last_seen_at, Agent)
            .join(Agent, Agent.id == Terminal.agent_id)
            .where(
                Terminal.credential_hash.in_(missing),
                Terminal.revoked_at.is_(None),
                Terminal.expires_at > now,
                Agent.active,
            )
        )
        found |= {token_hash: _signed_in_as(agent, seen) for token_hash, seen, agent in session.execute(of_terminals)}
    return found


def was_terminal(session: Session, token_hash: bytes) -> bool:
    """Whether a token is a terminal's, ended ones included: such a device asks for a PIN, and wipes at its end."""
    return session.scalar(select(Terminal.id).where(Terminal.credential_hash == token_hash)) is not None


def _signed_in_as(agent: Agent, last_seen_at: datetime | None) -> SignedInAs:
    roles = frozenset(Role(role) for role in agent.roles)
    return SignedInAs(AgentActor(agent.id, agent.name, agent.unit_id, roles), last_seen_at)
