"""An appointment as a file for the citizen's own calendar.

Neither the reason, nor the link, nor a name is in it, and of a discreet appointment not even the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.calendars import entries
from server.calendars.entries import Status, uid_of
from server.calendars.writing import Method
from server.calendars.writing import write_calendar as write


@dataclass(frozen=True)
class CalendarEntry:
    """What the file says.

    Args:
        booking_id: the same entry whenever the appointment moves, so that calendars replace it.
        location: empty when nothing may tell where.
        confirmed: false while the unit has yet to confirm.
    """

    booking_id: UUID
    starts_at: datetime
    ends_at: datetime
    title: str
    location: str = ""
    description: str = ""
    confirmed: bool = True


def write_calendar(entry: CalendarEntry, host: str, now: datetime) -> bytes:
    """The file.

    Args:
        host: makes the entry's name unique in the world.
        now: the newer of two files about one appointment is the one that counts.
    """
    said = entries.CalendarEntry(
        uid=uid_of(entry.booking_id, host),
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        title=entry.title,
        location=entry.location,
        description=entry.description,
        status=Status.CONFIRMED if entry.confirmed else Status.TENTATIVE,
        stamp=now,
    )
    return write([said], Method.PUBLISH)
