from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules import appointments, request_lifecycle
from models.rules.errors import Conflict, NotFound
from models.rules.opinions import Opinion
from models.tables import Appointment, Booking, ContactRequest
from server.services._push_subscriptions import CitizenOwner as CitizenOwner

# As in `choose_how_told`.
_HELD = {"key_share": True}


@dataclass(frozen=True)
class GiveOpinion:
    """A citizen says how it was; the last answer is the one that counts."""

    owner: CitizenOwner
    opinion: Opinion


def give_opinion(session: Session, command: GiveOpinion, now: datetime) -> None:
    """Keep the answer with the request or booking. Terminals do not show it: it is about the unit, not about a person.

    It stays when the rest is erased, because it names nobody.

    Raises:
        NotFound: `no_such_link`: the data has been erased.
        Conflict: `not_over`: nothing has been done yet that there could be an opinion about.
    """
    owner = command.owner
    subject: ContactRequest | Booking | None
    if owner.request_id is not None:
        subject = session.get(ContactRequest, owner.request_id, with_for_update=_HELD, populate_existing=True)
    else:
        subject = session.get(Booking, owner.booking_id, with_for_update=_HELD, populate_existing=True)
    if subject is None or subject.erased_at is not None:
        raise NotFound("no_such_link")
    if not _is_over(session, subject):
        raise Conflict("not_over")
    subject.opinion, subject.opinion_at = command.opinion, now


def _is_over(session: Session, subject: ContactRequest | Booking) -> bool:
    if isinstance(subject, ContactRequest):
        return subject.state == request_lifecycle.State.DONE
    honoured = select(Appointment.id).filter_by(booking_id=subject.id, state=appointments.State.HONOURED).exists()
    return subject.ended_at is not None and bool(session.scalar(select(honoured)))
