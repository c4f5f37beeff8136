"""An appointment as a file for the citizen's own calendar (RFC 5545).

Calendars lie on shared screens and in other people's clouds: neither the reason, nor the link, nor a name is in it, and
of a discreet appointment not even the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

LONGEST_LINE = 75


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
    """The file, in UTF-8 with its lines folded at 75 octets.

    Args:
        host: makes the entry's name unique in the world.
        now: the newer of two files about one appointment is the one that counts.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Brigade numerique//FR",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{entry.booking_id}@{host}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(entry.starts_at)}",
        f"DTEND:{_utc(entry.ends_at)}",
        f"SUMMARY:{_text(entry.title)}",
        *([f"LOCATION:{_text(entry.location)}"] if entry.location else []),
        *([f"DESCRIPTION:{_text(entry.description)}"] if entry.description else []),
        f"STATUS:{'CONFIRMED' if entry.confirmed else 'TENTATIVE'}",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """`text` as a value: what separates values and lines is escaped."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """`line` broken before an octet too many, never inside a character; what goes on begins with a space."""
    parts, part = [], b""
    for char in line:
        octets = char.encode()
        if len(part) + len(octets) > LONGEST_LINE:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part])
