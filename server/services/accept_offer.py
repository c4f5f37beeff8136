from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.actor import CitizenActor
from models.rules.appointments import BOOKED, EndedBy, Offer, State
from models.rules.errors import Conflict, NotFound
from models.rules.request_lifecycle import Verdict
from models.tables import Appointment
from server.services._bookings import lock_booking, replace_appointment, require_open
from server.services._first_state import state_when_booked


@dataclass(frozen=True)
class AcceptOffer:
    booking_id: UUID
    appointment_id: UUID


def accept_offer(session: Session, command: AcceptOffer, now: datetime) -> Verdict:
    """Take a time that the unit holds for this booking; the others that it held are free again.

    What a chief proposed, or had approved before, is confirmed at once. Of a reason that the chief approves one by one,
    an earlier time waits for approval again, and so does what a job offered instead of a request that nobody decided.
    While the planning is silent, so does whatever a job offered. Whoever got an earlier time leaves the
    waiting list.

    Raises:
        NotFound: `no_such_booking`, `no_such_offer`.
        Conflict: `offer_ended` with `state`: its time has run out, or it was declined; `already_ended`.
    """
    locked = lock_booking(session, command.booking_id, CitizenActor(booking_id=command.booking_id))
    offered = find_offer(session, command.booking_id, command.appointment_id)
    if offered.state in BOOKED:
        return Verdict.NOOP
    require_open(session, locked)
    require_offered(offered, now)
    state = state_when_booked(session, offered, needs_approval=locked.reason.needs_approval)
    if offered.offer == Offer.EARLIER:
        locked.booking.wants_earlier_since = None
    replace_appointment(session, locked, offered, state, EndedBy.CITIZEN, now)
    return Verdict.APPLY


def find_offer(session: Session, booking_id: UUID, appointment_id: UUID) -> Appointment:
    """Return what was offered to a booking whose unit is locked.

    Raises:
        NotFound: `no_such_offer`.
    """
    offered = session.get(Appointment, appointment_id, populate_existing=True)
    if offered is None or offered.booking_id != booking_id or offered.offer is None:
        raise NotFound("no_such_offer")
    return offered


def require_offered(offered: Appointment, now: datetime) -> None:
    """Refuse an offer that does not stand any more.

    Raises:
        Conflict: `offer_ended` with `state`.
    """
    if offered.state != State.HELD or offered.held_until is None or offered.held_until <= now:
        raise Conflict("offer_ended", {"state": offered.state if offered.state != State.HELD else State.EXPIRED})
