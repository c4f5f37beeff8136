from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from models.appointment_events import AppointmentOffered
from models.queries.booking_terms import terms_of
from models.queries.free_gaps import slots_between
from models.queries.waiting_list import first_in_line, starts_offered, units_with_waiting
from models.record import record
from models.rules.actor import SystemActor
from models.rules.appointments import Offer
from models.rules.booking import is_worth_offering, may_be_disturbed, offer_until
from models.rules.errors import Conflict
from models.tables import Appointment, Booking, Reason
from server.services._bookings import LockedBooking, active_appointment, lock_booking
from server.services._holds import Hold, held_of, hold

# Half an hour earlier on the same morning is not what somebody waits for.
WORTH_MOVING = timedelta(hours=1)


@dataclass(frozen=True)
class OfferEarlier:
    """Makes at most `limit` offers, so that no lock is held for long."""

    limit: int = 20


def offer_earlier(session: Session, command: OfferEarlier, actor: SystemActor, now: datetime) -> int:
    """Offer free times to those who wait for an earlier one, by day only. Returns how many offers were made.

    Each is held for one person, for two hours at most: who has waited longest comes first, nobody is offered the same
    start twice, and whoever lets one go is left in peace for half a day while the next in line hears of it.
    """
    del actor
    made = 0
    for unit_id, zone in units_with_waiting(session):
        if not may_be_disturbed(zone, now):
            continue
        for booking_id in first_in_line(session, unit_id, now):
            made += _offer_to(session, booking_id, now)
            if made >= command.limit:
                return made
    return made


def _offer_to(session: Session, booking_id: UUID, now: datetime) -> bool:
    # Most of the time nothing is free: then nobody's lock is taken.
    booking = session.get_one(Booking, booking_id)
    active = active_appointment(session, booking_id)
    reason = session.get_one(Reason, booking.reason_code)
    if active is None or next(_starts(session, booking, active, reason, now), None) is None:
        return False
    locked = lock_booking(session, booking_id)
    if locked.active is None or locked.booking.wants_earlier_since is None or held_of(session, booking_id):
        return False
    for start in _starts(session, locked.booking, locked.active, reason, now):
        try:
            offered = _hold(session, locked, locked.active, start, now)
        except Conflict:
            # Somebody without the lock was first; the next one may still be free.
            continue
        record(
            session,
            AppointmentOffered(
                at=now,
                unit_id=locked.booking.unit_id,
                booking_id=booking_id,
                appointment_id=offered.id,
                offer=Offer.EARLIER,
            ),
        )
        return True
    return False


def _starts(
    session: Session, booking: Booking, active: Appointment, reason: Reason, now: datetime
) -> Iterator[datetime]:
    """The free starts before the citizen's own, at the same kind of place, that they have not been offered yet."""
    terms = terms_of(reason)
    known = starts_offered(session, booking.id)
    last = active.starts_at - WORTH_MOVING
    for slot in slots_between(session, booking.unit_id, reason, now, last, terms, now, (active.place_kind,)):
        until = offer_until(Offer.EARLIER, slot.starts_at, terms.notice, now)
        if slot.starts_at not in known and is_worth_offering(until, now):
            yield slot.starts_at


def _hold(session: Session, locked: LockedBooking, active: Appointment, start: datetime, now: datetime) -> Appointment:
    command = Hold(
        unit_id=locked.booking.unit_id,
        starts_at=start,
        until=offer_until(Offer.EARLIER, start, terms_of(locked.reason).notice, now),
        booking_id=locked.booking.id,
        offer=Offer.EARLIER,
        moved_from_id=active.id,
        places=(active.place_kind,),
    )
    return hold(session, command, locked.reason, now)
