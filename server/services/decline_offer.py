from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.actor import CitizenActor
from models.rules.appointments import BOOKED, EndedBy, State
from models.rules.errors import Conflict
from models.rules.request_lifecycle import Verdict
from server.services._bookings import lock_booking
from server.services._holds import let_go
from server.services.accept_offer import find_offer


@dataclass(frozen=True)
class DeclineOffer:
    booking_id: UUID
    appointment_id: UUID


def decline_offer(session: Session, command: DeclineOffer, now: datetime) -> Verdict:
    """Give an offered time back; the citizen keeps the appointment that they have, if any, and their place in the list.

    Raises:
        NotFound: `no_such_booking`, `no_such_offer`.
        Conflict: `already_accepted`: it is the appointment now; cancelling or moving it is the way.
    """
    lock_booking(session, command.booking_id, CitizenActor(booking_id=command.booking_id))
    offered = find_offer(session, command.booking_id, command.appointment_id)
    if offered.state in BOOKED:
        raise Conflict("already_accepted")
    if offered.state != State.HELD:
        return Verdict.NOOP
    let_go(session, offered, State.CANCELLED, EndedBy.CITIZEN, now, "declined")
    return Verdict.APPLY
