"""From the appointments that a gendarme has to the entries of their agenda."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from models.queries.agenda import HeldAppointment
from models.rules.openings import PlaceKind
from server.calendars.entries import AgendaAppointment, CalendarEntry, Shown, for_gendarme

# Gendarmes' screens are in French first, and an agenda has no language of its own.
TITLE = "Rendez-vous"
FEED_NAME = "Rendez-vous de la brigade"


def entries_of(
    appointments: Iterable[HeldAppointment], shown: Shown, host: str, export_id: UUID
) -> dict[CalendarEntry, HeldAppointment]:
    """What an agenda says of each of them.

    Args:
        host: this installation's.
        export_id: as `server.calendars.entries.uid_of`.
    """
    return {for_gendarme(_told(one), shown, title=TITLE, host=host, export_id=export_id): one for one in appointments}


def _told(one: HeldAppointment) -> AgendaAppointment:
    return AgendaAppointment(
        booking_id=one.booking_id,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        time_zone=one.time_zone,
        subject=one.subject,
        place=_say_place(one),
        at_home=one.place_kind is PlaceKind.HOME,
        discreet=one.discreet,
        confirmed=one.confirmed,
        sequence=one.sequence,
        changed_at=one.changed_at,
    )


def _say_place(one: HeldAppointment) -> str:
    match one.place_kind:
        case PlaceKind.UNIT:
            return f"{one.unit_name}, guichet {one.counter}"
        case PlaceKind.VIDEO:
            return "Par visioconférence"
        case PlaceKind.HOME:
            return "Au domicile"
    return one.place_name or ""
