from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.rules.errors import NotFound
from models.rules.telling import Way
from models.tables import Booking, ContactRequest
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
    """

    owner: CitizenOwner
    way: Way | None


def choose_how_told(session: Session, command: ChooseHowTold) -> None:
    """Keep the choice, for all that follows. Whoever chose another way is told through no browser any more.

    Raises:
        NotFound: `no_such_link`: its data has been erased.
    """
    owner = command.owner
    # Each visit of a page that a browser follows chooses anew; what stays as it is holds nobody up.
    if _find(session, owner, lock=False).told_by != command.way:
        stamp_booking(session, owner.booking_id)
        _find(session, owner, lock=True).told_by = command.way
    if command.way not in (None, Way.PUSH):
        drop_push_subscription(session, DropPushSubscription(owner))


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
