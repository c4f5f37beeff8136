"""Calendars in few words, and readings in fewer: one line of text for each stretch of time."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from models.rules.intervals import Interval
from server.planning.ical import Reading, read_calendar
from server.planning.ical_lines import Limits

PARIS = ZoneInfo("Europe/Paris")


def instant(text: str) -> datetime:
    """`2026-11-25` or `2026-11-25T09:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def between(start: str, end: str) -> Interval:
    return Interval(instant(start), instant(end))


YEARS = between("2026-01-01", "2029-01-01")


def calendar(*components: str, head: str = "VERSION:2.0") -> bytes:
    """A calendar of components whose lines are separated by blanks or line breaks; `_` stands for a blank."""
    lines = ["BEGIN:VCALENDAR", head]
    for component in components:
        name, *properties = component.split()
        lines += [f"BEGIN:{name}", *(one.replace("_", " ") for one in properties), f"END:{name.partition('_')[0]}"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(
    octets: bytes,
    window: Interval = YEARS,
    zone: ZoneInfo = PARIS,
    *,
    tentative_counts: bool = True,
    limits: Limits | None = None,
    own_host: str = "",
) -> Reading:
    return read_calendar(
        io.BytesIO(octets), window, zone, tentative_counts=tentative_counts, limits=limits, own_host=own_host
    )


def times(reading: Reading) -> list[str]:
    """Each stretch in UTC, with its kind unless it is plainly busy: `2026-11-25 08:00 to 09:00`."""
    lines = []
    for busy in reading.busy:
        same_day = busy.starts_at.date() == busy.ends_at.date()
        line = f"{busy.starts_at:%Y-%m-%d %H:%M} to {busy.ends_at:{'%H:%M' if same_day else '%m-%d %H:%M'}}"
        lines.append(line if busy.kind == "busy" else f"{line} {busy.kind}")
    return lines
