"""Through which browsers somebody is reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.tables import Agent, PushFollow, PushSubscription, Terminal


def of_agent(session: Session, agent_id: int, now: datetime) -> Sequence[PushSubscription]:
    """Those of the agent's terminals; none of one that is revoked or has run out, nor of an account that is closed."""
    return session.scalars(_of_terminals(now).where(Agent.id == agent_id).order_by(PushSubscription.id)).all()


def live(session: Session, subscription_id: UUID, now: datetime) -> PushSubscription | None:
    """The subscription of a terminal by its id; None under the same conditions as in `of_agent`."""
    return session.scalars(_of_terminals(now).where(PushSubscription.id == subscription_id)).one_or_none()


def of_terminal(session: Session, terminal_id: UUID) -> PushSubscription | None:
    """The terminal's own."""
    return session.scalars(select(PushSubscription).where(PushSubscription.terminal_id == terminal_id)).one_or_none()


def of_request(session: Session, request_id: UUID) -> Sequence[PushSubscription]:
    """Those through which a citizen follows a request."""
    return session.scalars(
        select(PushSubscription)
        .join(PushFollow, PushFollow.subscription_id == PushSubscription.id)
        .where(PushFollow.request_id == request_id)
        .order_by(PushSubscription.id)
    ).all()


def of_booking(session: Session, booking_id: UUID) -> Sequence[PushSubscription]:
    """Those through which a citizen follows a booking."""
    return session.scalars(
        select(PushSubscription)
        .join(PushFollow, PushFollow.subscription_id == PushSubscription.id)
        .where(PushFollow.booking_id == booking_id)
        .order_by(PushSubscription.id)
    ).all()


def count_by_key(session: Session) -> dict[str, int]:
    """How many were made with each of our public keys, those that are in the settings no more included."""
    counted = select(PushSubscription.vapid_key, func.count()).group_by(PushSubscription.vapid_key)
    return dict(session.execute(counted).tuples().all())


def _of_terminals(now: datetime) -> Select[PushSubscription]:
    return (
        select(PushSubscription)
        .join(Terminal, Terminal.id == PushSubscription.terminal_id)
        .join(Agent, Agent.id == Terminal.agent_id)
        .where(Agent.active, Terminal.revoked_at.is_(None), Terminal.expires_at > now)
    )
