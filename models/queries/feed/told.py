"""What citizens were told of their requests and appointments, and how far it came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.queries.feed.view import iso
from models.queries.promises import promised
from models.tables import Event, Notice, TextMessage, TextStop

# What lies further back is of no use to whoever is about to call.
MOST_SHOWN = 3


@dataclass
class Told:
    """What is known of one request or appointment.

    Attributes:
        shown: the last few notices, the latest first, as documents have them.
        last: the state of the last notice on each channel.
        stopped: the phone of the last text message has answered STOP.
    """

    shown: list[dict[str, Any]] = field(default_factory=list)
    last: dict[str, str] = field(default_factory=dict)
    stopped: bool = False


def of_requests(session: Session, ids: Iterable[UUID]) -> defaultdict[UUID, Told]:
    """What was told of each request."""
    return _read(session, Event.request_id, ids)


def of_appointments(session: Session, ids: Iterable[UUID]) -> defaultdict[UUID, Told]:
    """What was told of each appointment."""
    return _read(session, Event.appointment_id, ids)


def _read(
    session: Session, subject: InstrumentedAttribute[UUID | None], ids: Iterable[UUID]
) -> defaultdict[UUID, Told]:
    rows = session.execute(
        select(
            subject.label("subject"),
            Event.name.label("what"),
            Notice,
            promised().label("promised"),
            _stopped().label("stopped"),
        )
        .join(Notice, Notice.event_id == Event.id)
        .where(subject.in_(list(ids)))
        .order_by(Notice.created_at.desc(), Notice.event_id.desc(), Notice.id)
    )
    found: defaultdict[UUID, Told] = defaultdict(Told)
    for row in rows:
        told, notice = found[row.subject], row.Notice
        if notice.channel == "sms" and "sms" not in told.last:
            told.stopped = row.stopped
        told.last.setdefault(notice.channel, notice.state)
        if len(told.shown) < MOST_SHOWN:
            told.shown.append(
                {
                    "what": row.what,
                    "channel": notice.channel,
                    "state": notice.state,
                    "at": iso(notice.sent_at or notice.changed_at),
                    "cause": notice.cause,
                    "promised": row.promised,
                }
            )
    return found


def _stopped() -> ColumnElement[bool]:
    """Whether the phone that a text message went to has said STOP, then or later."""
    return exists().where(TextMessage.notice_id == Notice.id, TextStop.phone_hash == TextMessage.phone_hash)
