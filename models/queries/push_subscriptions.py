"""Through which browsers somebody is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class KeyInUse:
    """One of our public keys, and the browsers that subscribed with it.

    Args:
        seen_at: when the last of them came back.
    """

    key: str
    terminals: int
    citizens: int
    seen_at: datetime


def keys_in_use(session: Session) -> list[KeyInUse]:
    """Every key that a subscription was made with, those that are in the settings no more included."""
    of_terminals = func.count(PushSubscription.terminal_id)
    counted = select(
        PushSubscription.vapid_key, of_terminals, func.count() - of_terminals, func.max(PushSubscription.confirmed_at)
    ).group_by(PushSubscription.vapid_key)
    return [KeyInUse(*row) for row in session.execute(counted.order_by(PushSubscription.vapid_key))]


def _of_terminals(now: datetime) -> Select[PushSubscription]:
    return (
        select(PushSubscription)
        .join(Terminal, Terminal.id == PushSubscription.terminal_id)
        .join(Agent, Agent.id == Terminal.agent_id)
        .where(Agent.active, Terminal.revoked_at.is_(None), Terminal.expires_at > now)
    )
