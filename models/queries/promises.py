"""Who was reminded of an appointment, and whether they have answered that they come: by text message or on the page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.appointment_events import AppointmentPromised, AppointmentReminded
from models.rules.notices import NoticeState
from models.rules.reminders import Ahead
from models.tables import Event, IncomingText, Notice, TextMessage


@dataclass(frozen=True)
class Asked:
    """The last reminder that was sent of an appointment, and whether it was answered with a promise."""

    ahead: Ahead
    promised: bool


def promised() -> ColumnElement[bool]:
    """Whether the `Notice` of an `Event` of the query around this has been answered: I am coming.

    A text message is answered by "1"; an answer on the page is one to the reminder itself, over whatever it came.
    """
    by_text = exists().where(
        TextMessage.notice_id == Notice.id, IncomingText.text_id == TextMessage.id, IncomingText.meaning == "one"
    )
    answer = aliased(Event)
    on_page = exists().where(
        answer.appointment_id == Event.appointment_id,
        answer.name == AppointmentPromised.name,
        Event.name == AppointmentReminded.name,
        # An appointment is reminded of once for each.
        answer.data["ahead"].astext == Event.data["ahead"].astext,
    )
    return or_(by_text, on_page)


def last_reminder(session: Session, appointment_id: UUID) -> Asked | None:
    """The last reminder of an appointment that somebody was sent; None when nobody was.

    One that nobody was sent, or that reached nobody, asks nothing, and a promise after it would be seen by nobody:
    terminals read it beside the notice.
    """
    found = session.execute(
        select(Event.data["ahead"].astext, func.bool_or(promised()))
        .join(Notice, Notice.event_id == Event.id)
        .where(
            Event.appointment_id == appointment_id,
            Event.name == AppointmentReminded.name,
            Notice.state.not_in([NoticeState.QUEUED, NoticeState.FAILED]),
        )
        .group_by(Event.id)
        .order_by(Event.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else Asked(Ahead(found[0]), found[1])
