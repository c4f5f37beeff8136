"""By which right a socket listens: read when it joins, and again, for many at once, when rights may have ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.actor import AgentActor, Role
from models.tables import Agent, AgentSession, ContactRequest
from server.realtime.registry import CitizenTicket, TerminalTicket, Ticket


def read_terminal(session: Session, token_hash: bytes, now: datetime) -> tuple[int, int] | None:
    """The agent and the unit that a sign-in may listen to now, or None."""
    return _terminals(session, [token_hash], now).get(token_hash)


def read_citizen(session: Session, token_hash: bytes) -> UUID | None:
    """The request that a follow link may listen to now, or None."""
    return _citizens(session, [token_hash]).get(token_hash)


def ended(session: Session, tickets: Iterable[Ticket], now: datetime) -> list[Ticket]:
    """Those of `tickets` that no longer stand: one query for all terminals, one for all citizens."""
    terminals = [ticket for ticket in tickets if isinstance(ticket, TerminalTicket)]
    citizens = [ticket for ticket in tickets if isinstance(ticket, CitizenTicket)]
    standing = _terminals(session, [ticket.token_hash for ticket in terminals], now) if terminals else {}
    followed = _citizens(session, [ticket.token_hash for ticket in citizens]) if citizens else {}
    gone: list[Ticket] = [
        # Another unit than before is another room: the terminal connects again and joins that one.
        ticket
        for ticket in terminals
        if standing.get(ticket.token_hash) != (ticket.agent_id, ticket.unit_id)
    ]
    gone += [ticket for ticket in citizens if followed.get(ticket.token_hash) != ticket.request_id]
    return gone


def _terminals(session: Session, hashes: list[bytes], now: datetime) -> dict[bytes, tuple[int, int]]:
    rows = session.execute(
        select(AgentSession.token_hash, Agent.id, Agent.name, Agent.unit_id, Agent.roles)
        .join(Agent, Agent.id == AgentSession.agent_id)
        .where(
            AgentSession.token_hash.in_(hashes),
            AgentSession.revoked_at.is_(None),
            AgentSession.expires_at > now,
            Agent.active,
        )
    )
    found: dict[bytes, tuple[int, int]] = {}
    for token_hash, agent_id, name, unit_id, roles in rows:
        unit = AgentActor(agent_id, name, unit_id, frozenset(Role(role) for role in roles)).serves_in_unit
        if unit is not None:
            found[token_hash] = (agent_id, unit)
    return found


def _citizens(session: Session, hashes: list[bytes]) -> dict[bytes, UUID]:
    rows = session.execute(
        select(ContactRequest.follow_token_hash, ContactRequest.id).where(
            ContactRequest.follow_token_hash.in_(hashes), ContactRequest.erased_at.is_(None)
        )
    )
    return {row.follow_token_hash: row.id for row in rows}
