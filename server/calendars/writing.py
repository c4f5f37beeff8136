"""Entries in, a calendar out (RFC 5545, RFC 5546), to the letter: each program reads it with its own patience.

We write with fifty lines of our own and read with the library `icalendar`: what one of the two gets wrong, the other
shows in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import quote
from zoneinfo import ZoneInfo

from server.calendars.content_lines import fold, text_line, value_line
from server.calendars.entries import CalendarEntry, Party, Status
from server.calendars.zone_definitions import zone_lines
from server.own_events import MARK

PRODUCT = "-//Brigade numerique//FR"
_IN_ADDRESSES = "@!$'*+=~"


class Method(StrEnum):
    """What the file wants of who gets it (RFC 5546, section 1.4)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def write_calendar(entries: Sequence[CalendarEntry], method: Method | None = None, head: Iterable[str] = ()) -> bytes:
    """The calendar in UTF-8, its lines folded at 75 octets.

    Args:
        method: what it wants; an object on a CalDAV server must not have one (RFC 4791, section 4.1).
        head: further lines about the calendar itself.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", value_line("PRODID", PRODUCT), *head]
    if method:
        lines.append(value_line("METHOD", method))
    for zone, year in sorted(_zones(entries).items()):
        lines += zone_lines(zone, year)
    for entry in entries:
        lines += _event(entry, method)
    return fold([*lines, "END:VCALENDAR"])


def write_invitation(entry: CalendarEntry) -> tuple[Method, bytes]:
    """An invitation by mail, or the end of one when the entry is cancelled.

    Raises:
        ValueError: somebody must invite and somebody be invited (RFC 5546, sections 3.2.2 and 3.2.5).
    """
    if entry.organizer is None or entry.attendee is None:
        raise ValueError("an invitation has an organizer and an attendee")
    method = Method.CANCEL if entry.status is Status.CANCELLED else Method.REQUEST
    return method, write_calendar([entry], method)


def _event(entry: CalendarEntry, method: Method | None) -> list[str]:
    return [
        "BEGIN:VEVENT",
        text_line("UID", entry.uid),
        value_line("DTSTAMP", _utc(entry.stamp)),
        *_times(entry),
        text_line("SUMMARY", entry.title),
        *([text_line("LOCATION", entry.location)] if entry.location else []),
        *([text_line("DESCRIPTION", entry.description)] if entry.description else []),
        value_line("STATUS", entry.status),
        value_line("SEQUENCE", str(entry.sequence)),
        "CLASS:PRIVATE",
        *([value_line(MARK, entry.mark)] if entry.mark else []),
        *_parties(entry, method),
        "END:VEVENT",
    ]


def _parties(entry: CalendarEntry, method: Method | None) -> list[str]:
    lines = []
    # A server that holds the event would send mails of its own, invitations and answers; what travels by mail must not
    # say so (RFC 6638, section 7.1).
    agent = "" if method else "NONE"
    if entry.organizer:
        lines.append(_party("ORGANIZER", entry.organizer, {"SCHEDULE-AGENT": agent}))
    if entry.attendee:
        # Who books or receives has agreed, so that nobody is asked for an answer; programs still let them refuse.
        agreed = {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE", "SCHEDULE-AGENT": agent}
        lines.append(_party("ATTENDEE", entry.attendee, agreed))
    return lines


def _party(name: str, party: Party, parameters: dict[str, str]) -> str:
    # What an address may hold and a URI may not is quoted (RFC 6068, section 2), line ends among it.
    scheme, safe = ("", _IN_ADDRESSES + ":") if party.address.startswith("urn:") else ("mailto:", _IN_ADDRESSES)
    return value_line(name, f"{scheme}{quote(party.address, safe=safe)}", {"CN": party.name, **parameters})


def _times(entry: CalendarEntry) -> list[str]:
    """Both times by the clock of the entry's zone; in UTC where that clock shows an hour twice.

    A local time in that hour means its first passage (RFC 5545, section 3.3.5), so that the second cannot be written,
    and readers differ about the first.
    """
    times = {"DTSTART": entry.starts_at, "DTEND": entry.ends_at}
    zone = ZoneInfo(entry.time_zone) if entry.time_zone else None
    if zone is None or any(_is_shown_twice(at, zone) for at in times.values()):
        return [value_line(name, _utc(at)) for name, at in times.items()]
    return [value_line(name, f"{at.astimezone(zone):%Y%m%dT%H%M%S}", {"TZID": zone.key}) for name, at in times.items()]


def _is_shown_twice(at: datetime, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _zones(entries: Iterable[CalendarEntry]) -> dict[str, int]:
    """The zones that are used, each with the year of its first entry."""
    found: dict[str, int] = {}
    for entry in entries:
        if entry.time_zone:
            year = entry.starts_at.astimezone(ZoneInfo(entry.time_zone)).year
            found[entry.time_zone] = min(year, found.get(entry.time_zone, year))
    return found


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
