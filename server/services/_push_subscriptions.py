"""Whose browser a push subscription is, for the services that keep one and drop one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from models.tables import PushFollow, PushSubscription


@dataclass(frozen=True)
class TerminalOwner:
    """An enrolled terminal."""

    terminal_id: UUID


@dataclass(frozen=True)
class CitizenOwner:
    """Whoever holds the link to a request or to a booking; one of the two is set.

    Raises:
        ValueError: both are, or none.
    """

    request_id: UUID | None = None
    booking_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.request_id is None) == (self.booking_id is None):
            raise ValueError("a request or a booking")

    @property
    def follows(self) -> ColumnElement[bool]:
        """Their follows."""
        if self.request_id is not None:
            return PushFollow.request_id == self.request_id
        return PushFollow.booking_id == self.booking_id


def release_terminal(session: Session, terminal_id: UUID, *, but: bytes = b"") -> None:
    """Take its subscription from a terminal, unless its endpoint has the hash `but`; it stays for what it follows."""
    released = session.scalars(
        update(PushSubscription)
        .where(PushSubscription.terminal_id == terminal_id, PushSubscription.endpoint_hash != but)
        .values(terminal_id=None, quiet_from=None, quiet_until=None)
        .returning(PushSubscription.id)
    ).all()
    delete_needless(session, released)


def delete_needless(session: Session, ids: Sequence[UUID]) -> None:
    """Delete those of these subscriptions that nobody wants to hear anything through."""
    if ids:
        # Whoever begins to follow through one of them holds it until the follow is there for the next statement to see.
        held = select(PushSubscription.id).where(PushSubscription.id.in_(ids)).order_by(PushSubscription.id)
        session.execute(held.with_for_update())
        session.execute(
            delete(PushSubscription).where(
                PushSubscription.id.in_(ids),
                PushSubscription.terminal_id.is_(None),
                ~exists(select(PushFollow.id).where(PushFollow.subscription_id == PushSubscription.id)),
            )
        )
