"""Whether a citizen's own calendar holds what we have mailed, and is to be kept true."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentApproved, AppointmentBooked, AppointmentMoved, CalendarMailsChosen
from models.tables import Event, Notice

# The mails about these carry an invitation.
_INVITES = (AppointmentBooked.name, AppointmentApproved.name, AppointmentMoved.name)


def was_invited(session: Session, booking_id: UUID) -> bool:
    """Say whether a mail that puts this booking's appointment into a calendar has left, whatever became of it there."""
    left = exists().where(
        Event.booking_id == booking_id,
        Event.name.in_(_INVITES),
        Notice.event_id == Event.id,
        Notice.channel == "email",
        Notice.state.in_(("sent", "delivered", "seen")),
    )
    return bool(session.scalar(select(left)))


def calendar_mails_wanted(session: Session, booking_id: UUID) -> bool | None:
    """What the citizen has said last of mails that keep their calendar true (`models.rules.telling`); None: nothing."""
    return session.scalar(
        select(Event.data["wanted"].as_boolean())
        .where(Event.booking_id == booking_id, Event.name == CalendarMailsChosen.name)
        .order_by(Event.id.desc())
        .limit(1)
    )
