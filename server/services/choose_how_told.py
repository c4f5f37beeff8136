from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.appointment_events import CalendarMailsChosen
from models.queries.invited import calendar_mails_wanted
from models.record import record
from models.rules.errors import NotFound
from models.rules.telling import Way, keeps_calendar
from models.tables import Booking, ContactRequest
from server.services._bookings import last_appointment
from server.services._how_told import stamp_booking
from server.services.drop_push_subscription import CitizenOwner as CitizenOwner
from server.services.drop_push_subscription import DropPushSubscription, drop_push_subscription

# Its key stays as it is: a browser that begins to follow, and holds on to that key, is not in the way.
_HELD = {"key_share": True}


@dataclass(frozen=True)
class ChooseHowTold:
    """A citizen says over what they want to hear of their request or booking.

    Args:
        way: one that there is for them (`models.rules.telling`); None leaves it to us.
        calendar: whether mails go on to keep their calendar true beside another way; None: as it is now.
    """

    owner: CitizenOwner
    way: Way | None
    calendar: bool | None = None


def choose_how_told(session: Session, command: ChooseHowTold, now: datetime) -> None:
    """Keep the choice, for all that follows. Whoever chose another way is told through no browser any more.

    Raises:
        NotFound: `no_such_link`: its data has been erased.
    """
    owner = command.owner
    # Each visit of a page that a browser follows chooses anew; what stays as it is holds nobody up.
    if _differs(session, command, _find(session, owner, lock=False)):
        stamp_booking(session, owner.booking_id)
        person = _find(session, owner, lock=True)
        calendar = _calendar(session, command, person)
        person.told_by = command.way
        if calendar is not None and isinstance(person, Booking):
            _write_calendar(session, person, calendar, now)
    if command.way not in (None, Way.PUSH):
        drop_push_subscription(session, DropPushSubscription(owner))


def _differs(session: Session, command: ChooseHowTold, person: ContactRequest | Booking) -> bool:
    return person.told_by != command.way or _calendar(session, command, person) is not None


def _calendar(session: Session, command: ChooseHowTold, person: ContactRequest | Booking) -> bool | None:
    """What has to be written down of the mails that keep a calendar; None: it follows from what is known."""
    if not isinstance(person, Booking) or not person.email or person.discreet:
        return None
    said = calendar_mails_wanted(session, person.id)
    wanted = keeps_calendar(person.told_by, said) if command.calendar is None else command.calendar
    return None if keeps_calendar(command.way, said) == wanted else wanted


def _write_calendar(session: Session, booking: Booking, wanted: bool, now: datetime) -> None:
    appointment = last_appointment(session, booking.id)
    if appointment is None:
        return
    record(
        session,
        CalendarMailsChosen(
            at=now,
            unit_id=booking.unit_id,
            booking_id=booking.id,
            appointment_id=appointment.id,
            wanted=wanted,
        ),
    )


def _find(session: Session, owner: CitizenOwner, *, lock: bool) -> ContactRequest | Booking:
    held = _HELD if lock else None
    person: ContactRequest | Booking | None
    if owner.request_id is not None:
        person = session.get(ContactRequest, owner.request_id, with_for_update=held, populate_existing=True)
    else:
        person = session.get(Booking, owner.booking_id, with_for_update=held, populate_existing=True)
    if person is None or person.erased_at is not None:
        raise NotFound("no_such_link")
    return person
