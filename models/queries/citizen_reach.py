"""What is known of how a citizen can be reached about one event, besides what they typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.rules.mailboxes import is_no_mailbox
from models.tables import Event, Notice, PushFollow

# What only a citizen does; the others of an appointment say by whom.
_THEIRS = ("request_created", "citizen_word_added", "request_withdrawn", "appointment_booked", "earlier_time_wanted")
_BY_SOMEBODY = ("appointment_moved", "appointment_cancelled")


@dataclass(frozen=True)
class Reach:
    """One citizen and one event.

    Attributes:
        follows: a browser of theirs asked to be told over push.
        acted_at: when they last did something with us.
        told: the state of the event's notices, by channel.
        has_mailbox: False: what they gave as their address has none behind it.
    """

    follows: bool
    acted_at: datetime | None
    told: Mapping[str, str]
    has_mailbox: bool = True


def find_reach(
    session: Session, event_id: int, *, request_id: UUID | None = None, booking_id: UUID | None = None
) -> Reach:
    """Read it for a request or a booking."""
    follow = PushFollow.request_id == request_id if request_id else PushFollow.booking_id == booking_id
    subject = Event.request_id == request_id if request_id else Event.booking_id == booking_id
    row = session.execute(
        select(
            exists().where(follow).label("follows"),
            select(func.max(Event.at)).where(subject, _by_citizen()).scalar_subquery().label("acted_at"),
        )
    ).one()
    told = session.execute(select(Notice.channel, Notice.state).where(Notice.event_id == event_id))
    failures = session.scalars(
        select(Notice.cause)
        .join(Event, Event.id == Notice.event_id)
        .where(subject, Notice.channel == "email", Notice.state == "failed")
    )
    return Reach(
        follows=row.follows,
        acted_at=row.acted_at,
        told={row.channel: row.state for row in told},
        has_mailbox=not any(cause is not None and is_no_mailbox(cause) for cause in failures),
    )


def _by_citizen() -> ColumnElement[bool]:
    said = and_(Event.name.in_(_BY_SOMEBODY), Event.data["by"].astext == "citizen")
    return and_(Event.agent_id.is_(None), or_(Event.name.in_(_THEIRS), said))
