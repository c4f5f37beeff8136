"""How each use case takes hold of a notice, and what follows when one has come further."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import booking_scope
from models.events import request_scope, unit_scope
from models.record import lock_scopes, poke, stamp
from models.rules.notices import NoticeState
from models.tables import Appointment, ContactRequest, Event, Notice


def lock_notice(session: Session, notice_id: UUID) -> Notice:
    """Lock the unit of what a notice is about, then the notice: in the order in which everybody takes both."""
    lock_unit_of(session, event_of(session, notice_id))
    return session.get_one(Notice, notice_id, with_for_update=True, populate_existing=True)


def lock_unit_of(session: Session, event: Event) -> None:
    """Lock the unit of what an event is about."""
    while True:
        unit_id = _unit_of(session, event)
        lock_scopes(session, {unit_scope(unit_id)})
        # A request may move to another unit while we wait for its lock: look again until it stands still.
        if _unit_of(session, event) == unit_id:
            break


def event_of(session: Session, notice_id: UUID) -> Event:
    """What a notice tells of."""
    return session.scalars(select(Event).join(Notice, Notice.event_id == Event.id).where(Notice.id == notice_id)).one()


def rise(session: Session, notice: Notice, state: NoticeState, cause: str | None, now: datetime) -> None:
    """Give a notice that `lock_notice` gave a higher state; its unit's terminals and its follower are told.

    Args:
        cause: of a failure, a short code.
    """
    notice.state, notice.cause, notice.changed_at = state, cause, now
    notice.claimed_until = None
    if state is not NoticeState.FAILED:
        notice.sent_at = notice.sent_at or now
    if state in (NoticeState.DELIVERED, NoticeState.SEEN):
        notice.delivered_at = notice.delivered_at or now
    if state is NoticeState.SEEN:
        notice.seen_at = now
    session.flush()
    show(session, session.get_one(Event, notice.event_id))


def show(session: Session, event: Event) -> None:
    """Tell terminals and follower that the notices of an event are no longer what they were; its unit is locked."""
    document = f"appointment/{event.appointment_id}" if event.appointment_id else f"request/{event.request_id}"
    stamp(session, unit_scope(_unit_of(session, event)), document)
    if event.booking_id:
        poke(session, booking_scope(event.booking_id))
    elif event.request_id:
        poke(session, request_scope(event.request_id))


def _unit_of(session: Session, event: Event) -> int:
    """The unit whose terminals hold the document now; a request may have been passed on since the event."""
    if event.appointment_id is not None:
        found = session.scalar(select(Appointment.unit_id).where(Appointment.id == event.appointment_id))
    else:
        found = session.scalar(select(ContactRequest.unit_id).where(ContactRequest.id == event.request_id))
    return event.unit_id if found is None else found
