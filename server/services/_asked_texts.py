"""Which of our messages somebody answers with "1" or "2": the last one that asked something, not the last one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentReminded
from models.queries.ladders import Wait
from models.rules.ladder import Standing
from models.rules.text_messages import Purpose, TextState
from models.tables import Booking, ContactRequest, Event, LadderCall, Notice, TextMessage
from server.services._call_texts import wait_of_call
from server.services._ladders import DECLINED

# Whoever answers later than that hardly means our message.
ANSWERS_WITHIN = timedelta(days=7)
# Nobody has more questions than that in their head; each costs a look at its wait.
_LATEST = 20


def arrived(hashed: bytes, now: datetime) -> ColumnElement[bool]:
    """What went to this phone lately."""
    return and_(
        TextMessage.phone_hash == hashed,
        TextMessage.state.in_([TextState.SENT, TextState.DELIVERED]),
        TextMessage.created_at > now - ANSWERS_WITHIN,
    )


def find_asked(session: Session, hashed: bytes, now: datetime) -> TextMessage | None:
    """The message that a choice answers; None when nothing was asked.

    A reminder is what is answered when it was the last question. Among calls it is the last one that still waits, or
    that this agent has taken: whoever sends "1" twice takes no second request. A call that is over gives way to no
    reminder before it, because nobody cancels an appointment with a "2" that was meant for a call.
    """
    asking = _asking(session, hashed, now)
    if not asking or asking[0].call_id is None:
        return asking[0] if asking else None
    calls = [message for message in asking if message.call_id is not None]
    standing = [(message, wait) for message in calls if (wait := _standing(session, message)) is not None]
    # What asked nothing (an approval, a discreet request) is meant only when nothing else was asked.
    standing.sort(key=lambda found: found[1].discreet or found[1].request_id is None)
    return standing[0][0] if standing else calls[0]


def is_another_waiting(session: Session, hashed: bytes, now: datetime) -> bool:
    """Say whether a request still waits for which this phone was called, and its owner has not declined."""
    for message in _asking(session, hashed, now):
        call = None if message.call_id is None else session.get(LadderCall, message.call_id)
        if call is not None and call.cause != DECLINED:
            wait = wait_of_call(session, call.id)
            if wait is not None and wait.request_id is not None and wait.standing is Standing.WAITING:
                return True
    return False


def _asking(session: Session, hashed: bytes, now: datetime) -> list[TextMessage]:
    """The last first. Discreet reminders have asked nothing: whoever answers may be somebody else."""
    reminders = (
        select(Notice.id)
        .join(Event, Event.id == Notice.event_id)
        .join(Booking, Booking.id == Event.booking_id)
        .where(Notice.id == TextMessage.notice_id, Event.name == AppointmentReminded.name, ~Booking.discreet)
    )
    found = session.scalars(
        select(TextMessage)
        .where(
            arrived(hashed, now),
            or_(
                and_(TextMessage.purpose == Purpose.CALL, TextMessage.call_id.is_not(None)),
                and_(TextMessage.purpose == Purpose.NOTICE, reminders.exists()),
            ),
        )
        .order_by(TextMessage.created_at.desc(), TextMessage.id)
        .limit(_LATEST)
    )
    return list(found)


def _standing(session: Session, message: TextMessage) -> Wait | None:
    """What a call is about, if it waits, or if the agent who was called has taken it."""
    call = session.get(LadderCall, message.call_id)
    wait = None if call is None else wait_of_call(session, call.id)
    if call is None or wait is None or wait.standing is Standing.WAITING:
        return wait
    request = None if wait.request_id is None else session.get(ContactRequest, wait.request_id)
    is_taken = wait.standing is Standing.TAKEN and request is not None and request.accepted_by_id is not None
    return wait if is_taken and request is not None and request.accepted_by_id == call.agent_id else None
