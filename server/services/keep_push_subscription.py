from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.tables import PushFollow, Terminal
from models.tables import PushSubscription as PushSubscriptionRow
from server.push_subscriptions import PushSubscription, endpoint_hash
from server.services._how_told import stamp_booking
from server.services._push_subscriptions import CitizenOwner as CitizenOwner
from server.services._push_subscriptions import TerminalOwner as TerminalOwner
from server.services._push_subscriptions import delete_needless, release_terminal


@dataclass(frozen=True)
class KeepPushSubscription:
    """A browser is reached like this from now on.

    Args:
        subscription: one that `server.push_subscriptions.judge_subscription` lets through.
        quiet: from when until when nothing may ring, by the clock of the terminal's unit; never for citizens.
        most_browsers: so many may follow one request or booking; one more takes the place of the oldest.
    """

    owner: TerminalOwner | CitizenOwner
    subscription: PushSubscription
    language: str
    quiet: tuple[time, time] | None = None
    most_browsers: int = 10


def keep_push_subscription(session: Session, command: KeepPushSubscription, now: datetime) -> PushSubscriptionRow:
    """Keep how a browser is reached; the same once more only says that it is still there.

    One endpoint is one browser and one row: enrolled anew by somebody else, a browser takes its row along. A terminal
    has one: a new endpoint takes the place of the old one.
    """
    owner, given = command.owner, command.subscription
    hashed = endpoint_hash(given.endpoint)
    fields: dict[str, object] = {
        "p256dh": given.p256dh,
        "auth": given.auth,
        "vapid_key": given.vapid_key,
        "language": command.language,
        "confirmed_at": now,
    }
    if isinstance(owner, TerminalOwner):
        # Of two endpoints that one terminal hands in at once, the second finds the first.
        session.execute(select(Terminal.id).where(Terminal.id == owner.terminal_id).with_for_update())
        release_terminal(session, owner.terminal_id, but=hashed)
        quiet_from, quiet_until = command.quiet or (None, None)
        fields |= {"terminal_id": owner.terminal_id, "quiet_from": quiet_from, "quiet_until": quiet_until}
    elif not session.scalar(select(exists().where(owner.follows))):
        # From here on they are reached. Each visit of a page that is followed comes here too, and changes nothing.
        stamp_booking(session, owner.booking_id)
    row = session.scalars(
        insert(PushSubscriptionRow)
        .values(id=uuid4(), endpoint=given.endpoint, endpoint_hash=hashed, created_at=now, **fields)
        .on_conflict_do_update(index_elements=["endpoint_hash"], set_=fields)
        .returning(PushSubscriptionRow),
        execution_options={"populate_existing": True},
    ).one()
    if isinstance(owner, CitizenOwner):
        _follow(session, owner, row.id, command.most_browsers, now)
    return row


def _follow(session: Session, owner: CitizenOwner, subscription_id: UUID, most: int, now: datetime) -> None:
    session.execute(
        insert(PushFollow)
        .values(
            id=uuid4(),
            subscription_id=subscription_id,
            request_id=owner.request_id,
            booking_id=owner.booking_id,
            created_at=now,
        )
        .on_conflict_do_nothing(constraint="uq_push_follows_once")
    )
    newest = select(PushFollow.id).where(owner.follows).order_by(PushFollow.created_at.desc(), PushFollow.id)
    gone = session.scalars(
        delete(PushFollow).where(PushFollow.id.in_(newest.offset(most))).returning(PushFollow.subscription_id)
    ).all()
    delete_needless(session, gone)
