"""By which right a socket listens: read when it joins, and again, for many at once, when rights may have ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import booking_scope
from models.events import request_scope, supervisors_scope, unit_scope
from models.queries.sign_ins import find_sign_ins
from models.rules.actor import AgentActor, Role
from models.tables import Booking, ContactRequest
from server.realtime.registry import CitizenTicket, TerminalTicket, Ticket


def ended(session: Session, tickets: Iterable[Ticket], now: datetime) -> list[Ticket]:
    """Those of `tickets` that no longer stand: two queries for all terminals, two for all citizens."""
    of_terminals = [ticket for ticket in tickets if isinstance(ticket, TerminalTicket)]
    of_citizens = [ticket for ticket in tickets if isinstance(ticket, CitizenTicket)]
    standing = terminals(session, [ticket.token_hash for ticket in of_terminals], now) if of_terminals else {}
    followed = citizens(session, [ticket.token_hash for ticket in of_citizens], now) if of_citizens else {}
    gone: list[Ticket] = [
        # Another unit than before is another room: the terminal connects again and joins that one.
        ticket
        for ticket in of_terminals
        if standing.get(ticket.token_hash) != (ticket.agent_id, ticket.scope)
    ]
    gone += [ticket for ticket in of_citizens if followed.get(ticket.token_hash) != ticket.scope]
    return gone


def terminals(session: Session, hashes: list[bytes], now: datetime) -> dict[bytes, tuple[int, str]]:
    """The agent and the scope that each of these sign-ins may listen to now; those that may not are missing."""
    found: dict[bytes, tuple[int, str]] = {}
    for token_hash, signed_in in find_sign_ins(session, hashes, now).items():
        scope = _scope_of(signed_in.actor)
        if scope is not None:
            found[token_hash] = (signed_in.actor.agent_id, scope)
    return found


def _scope_of(actor: AgentActor) -> str | None:
    # Whoever serves in a unit and supervises hears their unit, whose terminal they hold.
    if actor.serves_in_unit is not None:
        return unit_scope(actor.serves_in_unit)
    return supervisors_scope() if Role.SUPERVISOR in actor.roles else None


def citizens(session: Session, hashes: list[bytes], _now: datetime) -> dict[bytes, str]:
    """The scope that each of these follow links may listen to; those that may not are missing."""
    requests = session.execute(
        select(ContactRequest.follow_token_hash, ContactRequest.id).where(
            ContactRequest.follow_token_hash.in_(hashes), ContactRequest.erased_at.is_(None)
        )
    )
    bookings = session.execute(
        select(Booking.follow_token_hash, Booking.id).where(
            Booking.follow_token_hash.in_(hashes), Booking.erased_at.is_(None)
        )
    )
    found = {row.follow_token_hash: request_scope(row.id) for row in requests}
    return found | {row.follow_token_hash: booking_scope(row.id) for row in bookings}
