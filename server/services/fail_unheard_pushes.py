from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentOffered, AppointmentOpinionAsked
from models.events import RequestOpinionAsked
from models.rules.notices import NoticeState
from models.tables import Booking, ContactRequest, Event, Notice
from server.services.raise_notice import RaiseNotice, raise_notice

# What nobody has to hear of, or only for a while, is not said twice.
_MATTERS_LITTLE = (AppointmentOffered.name, AppointmentOpinionAsked.name, RequestOpinionAsked.name)


@dataclass(frozen=True)
class FailUnheardPushes:
    """Gives up notices of which no browser has said anything.

    Args:
        after: a push service took it so long ago; as long as a text message has before another way is tried.
        until: what is older is left alone: nobody waits for it any more.
        limit: one, because each has a unit of its own to lock.
    """

    after: timedelta = timedelta(hours=4)
    until: timedelta = timedelta(hours=28)
    limit: int = 1


def fail_unheard_pushes(session: Session, command: FailUnheardPushes, now: datetime) -> int:
    """Fail what a push service took for a browser that is lost, so that it is told over the next way. Returns how many.

    Whoever gave neither a phone nor an address has no other way: theirs stay sent. A receipt that comes after all
    proves the failure wrong.
    """
    found = session.scalars(
        select(Notice.id)
        .join(Event, Event.id == Notice.event_id)
        .outerjoin(ContactRequest, ContactRequest.id == Event.request_id)
        .outerjoin(Booking, Booking.id == Event.booking_id)
        .where(
            Notice.channel == "push",
            Notice.state == NoticeState.SENT,
            Notice.sent_at.between(now - command.until, now - command.after),
            Event.name.not_in(_MATTERS_LITTLE),
            or_(
                ContactRequest.phone.is_not(None),
                ContactRequest.email.is_not(None),
                Booking.phone.is_not(None),
                Booking.email.is_not(None),
            ),
        )
        .order_by(Notice.sent_at, Notice.id)
        .limit(command.limit)
    ).all()
    for notice_id in found:
        raise_notice(session, RaiseNotice(notice_id, NoticeState.FAILED, "no_receipt"), now)
    return len(found)
