from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.tables import PushFollow, PushSubscription
from server.push_subscriptions import endpoint_hash
from server.services._how_told import stamp_booking
from server.services._push_subscriptions import CitizenOwner as CitizenOwner
from server.services._push_subscriptions import TerminalOwner as TerminalOwner
from server.services._push_subscriptions import delete_needless, release_terminal


@dataclass(frozen=True)
class DropPushSubscription:
    """A browser wants to hear no more.

    Args:
        endpoint: which browser of a citizen; None for all that follow.
    """

    owner: TerminalOwner | CitizenOwner
    endpoint: str | None = field(default=None, repr=False)


def drop_push_subscription(session: Session, command: DropPushSubscription) -> None:
    """Forget how a browser is reached, unless it follows something else as well. A second time changes nothing."""
    owner = command.owner
    if isinstance(owner, TerminalOwner):
        release_terminal(session, owner.terminal_id)
        return
    stamp_booking(session, owner.booking_id)
    mine = owner.follows
    if command.endpoint is not None:
        hashed = endpoint_hash(command.endpoint)
        mine &= PushFollow.subscription_id.in_(
            select(PushSubscription.id).where(PushSubscription.endpoint_hash == hashed)
        )
    dropped = session.scalars(delete(PushFollow).where(mine).returning(PushFollow.subscription_id)).all()
    delete_needless(session, dropped)
