"""What a citizen's own calendar says of their appointment: when and where, never why, with whom or by which link.

The file of their page and the invitation in their mail are one entry, so that each takes the other's place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from models.rules.appointments import State
from models.rules.openings import PlaceKind
from models.rules.territory import UnitFacts
from models.rules.unit_names import brigade_in_english, brigade_in_french
from server.calendars.entries import CalendarEntry, Party, Status, uid_of

_TITLE = {"fr": "Rendez-vous", "en": "Appointment"}
_PLACES = {
    "fr": {
        PlaceKind.TOWN_HALL: "Mairie",
        PlaceKind.FRANCE_SERVICES: "France services",
        PlaceKind.HOME: "Chez vous",
        PlaceKind.VIDEO: "Par visioconférence",
    },
    "en": {
        PlaceKind.TOWN_HALL: "Town hall",
        PlaceKind.FRANCE_SERVICES: "France services",
        PlaceKind.HOME: "At your home",
        PlaceKind.VIDEO: "By video",
    },
}
# What the chief has yet to confirm is held for them, so that it stands in their calendar, but is not sure.
# A move for which the chief is asked again takes the place of what was sure before.
_STATUS = {
    State.HELD: Status.TENTATIVE,
    State.REQUESTED: Status.TENTATIVE,
    State.CONFIRMED: Status.CONFIRMED,
    State.HONOURED: Status.CONFIRMED,
    State.NO_SHOW: Status.CONFIRMED,
    State.CANCELLED: Status.CANCELLED,
    State.MOVED: Status.CANCELLED,
    State.EXPIRED: Status.CANCELLED,
}


@dataclass(frozen=True, kw_only=True)
class CitizenAppointment:
    """The appointment of a booking, as its citizen has it.

    Args:
        address: where the gendarme comes to, when it is at home.
        sequence, changed_at: of the booking (`models.queries.agenda.changes_of`).
    """

    booking_id: UUID
    reference: str
    language: str
    discreet: bool
    state: State
    starts_at: datetime
    ends_at: datetime
    place_kind: str
    place_name: str | None
    address: str | None = field(repr=False)
    unit: UnitFacts
    sequence: int
    changed_at: datetime


def for_citizen(
    appointment: CitizenAppointment, *, host: str, organizer: Party | None = None, attendee: Party | None = None
) -> CalendarEntry:
    """What their calendar says.

    Args:
        host: this installation's.
        organizer, attendee: of an invitation.
    """
    speaks = not appointment.discreet
    return CalendarEntry(
        uid=uid_of(appointment.booking_id, host),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        time_zone=appointment.unit.time_zone,
        title=_TITLE[appointment.language],
        location=_place(appointment) if speaks else "",
        description=appointment.reference if speaks else "",
        status=_STATUS[appointment.state],
        sequence=appointment.sequence,
        stamp=appointment.changed_at,
        organizer=organizer,
        attendee=attendee,
    )


def _place(appointment: CitizenAppointment) -> str:
    kind = PlaceKind(appointment.place_kind)
    if kind is PlaceKind.UNIT:
        brigade = brigade_in_english if appointment.language == "en" else brigade_in_french
        name = brigade(appointment.unit.name)
        return ", ".join([name[:1].upper() + name[1:], *appointment.unit.address_lines])
    said = appointment.address if kind is PlaceKind.HOME else appointment.place_name
    return said or _PLACES[appointment.language][kind]
