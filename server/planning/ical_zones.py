"""What the time zones of a calendar mean (RFC 5545, sections 3.2.19 and 3.6.5).

`icalendar` keeps the zones that a file defines in a cache of the whole process, where those of one feed would answer
for the next one's; and a name that it does not know becomes a time without zone. So zones are looked up here, for one
file at a time, and a name that means nothing is a fault of the entry that uses it.

A name of IANA's, or one of Windows' that Unicode's CLDR translates, counts more than the definition that the file
brings along for it: definitions age in exports, the system's tables are kept up to date.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrulestr
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from server.planning.errors import NotUnderstood, PlanningRefused
from server.planning.ical_lines import Component

# Outlook writes 1601; nothing that is read here lies before this.
_EARLIEST_YEAR = 1968
_LATEST_YEAR = 2100
_OFFSET = re.compile(r"([+-])([0-9]{2})([0-5][0-9])([0-5][0-9])?", re.ASCII)
_TIME = re.compile(r"[0-9]{8}T[0-9]{6}", re.ASCII)
# Every zone that was ever in use changes its clocks in a month, on a weekday or a day of it (section 3.6.5).
_RULE = re.compile(
    r"(?:(?:FREQ=YEARLY|INTERVAL=1|BYMONTH=[0-9]{1,2}|BYDAY=[+-]?[0-9]?(?:MO|TU|WE|TH|FR|SA|SU)"
    r"|BYMONTHDAY=-?[0-9]{1,2}(?:,-?[0-9]{1,2})*|UNTIL=[0-9]{8}(?:T[0-9]{6}Z?)?|WKST=[A-Z]{2})(?:;|\Z))+",
    re.ASCII,
)
_known = cache(available_timezones)


class FileZones:
    """The zones of one file.

    Args:
        own: of the source; what has no zone in the file is read in it (section 3.3.5, "floating").
        definitions: the file's VTIMEZONE components.
        most: how many of them may be used.
    """

    def __init__(self, own: ZoneInfo, definitions: Iterable[Component], most: int) -> None:
        self.own = own
        self._definitions = {one.value("TZID"): one for one in definitions}
        self._most = most
        self._defined = 0
        self._found: dict[str, tzinfo | None] = {}

    def zone(self, name: str) -> tzinfo:
        """Return the zone that `name` stands for in this file.

        Raises:
            NotUnderstood: `unknown_zone`: no list has it, and the file does not say what it is.
            PlanningRefused: `too_many_zones`.
        """
        if name not in self._found:
            self._found[name] = self._look_up(name)
        found = self._found[name]
        if found is None:
            raise NotUnderstood("unknown_zone")
        return found

    def _look_up(self, name: str) -> tzinfo | None:
        definition = self._definitions.get(name)
        location = definition.value("X-LIC-LOCATION") if definition is not None else ""
        for one in (*_spellings(name), location):
            iana = WINDOWS_TO_OLSON.get(one, one)
            if iana in _known():
                return ZoneInfo(iana)
        if definition is None:
            return None
        self._defined += 1
        if self._defined > self._most:
            raise PlanningRefused("too_many_zones", definition.line)
        return _defined_zone(name, definition)


@dataclass(frozen=True, slots=True)
class _Change:
    """Clocks are put from `before` to `after`, at `instant` in UTC, which has no zone here."""

    instant: datetime
    before: timedelta
    after: timedelta


class DefinedZone(tzinfo):
    """A zone from its definition in a file; `key` is its name, as `ZoneInfo` has one."""

    def __init__(self, key: str, changes: Iterable[_Change]) -> None:
        self.key = key
        self._changes = sorted(changes, key=lambda one: one.instant)
        self._instants = [one.instant for one in self._changes]
        # The same two sides of an hour that is skipped or comes twice as in `zoneinfo` (PEP 495).
        self._first_sides = [one.instant + max(one.before, one.after) for one in self._changes]
        self._second_sides = [one.instant + min(one.before, one.after) for one in self._changes]

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        if at is None:
            return None
        sides = self._second_sides if at.fold else self._first_sides
        return self._after(bisect_right(sides, at.replace(tzinfo=None, fold=0)))

    def dst(self, at: datetime | None) -> timedelta | None:
        return None

    def tzname(self, at: datetime | None) -> str:
        return self.key

    def fromutc(self, at: datetime) -> datetime:
        instant = at.replace(tzinfo=None)
        number = bisect_right(self._instants, instant)
        local = instant + self._after(number)
        fold = number > 0 and local < self._first_sides[number - 1]
        return local.replace(tzinfo=self, fold=int(fold))

    def _after(self, number: int) -> timedelta:
        return self._changes[number - 1].after if number else self._changes[0].before


def _spellings(name: str) -> Iterator[str]:
    """Yield `name`, and what is left of it without the producer's prefix: `/example.com/Europe/Paris`."""
    yield name
    parts = name.strip("/").split("/") if name.startswith("/") else []
    # No zone has more than three parts; a name of thousands is not worth as many looks.
    for count in (3, 2, 1):
        if len(parts) >= count:
            yield "/".join(parts[-count:])


def _defined_zone(name: str, definition: Component) -> DefinedZone | None:
    changes: list[_Change] = []
    try:
        for observance in definition.parts:
            before, after = (_offset(observance.value(one)) for one in ("TZOFFSETFROM", "TZOFFSETTO"))
            changes += (_Change(local - before, before, after) for local in _changes_of(observance, before))
    except (ValueError, OverflowError):
        return None
    return DefinedZone(name, changes) if changes and not definition.broken else None


def _changes_of(observance: Component, before: timedelta) -> Iterator[datetime]:
    """Yield the clock times, in the offset before, at which an observance begins."""
    start = _read_time(observance.value("DTSTART"))
    yield start
    for dates in observance.all("RDATE"):
        yield from (_read_time(one) for one in dates.value.split(","))
    for rule in observance.all("RRULE"):
        if not _RULE.fullmatch(rule.value) or "FREQ=YEARLY" not in rule.value:
            raise ValueError("not a yearly rule")
        text, _, until = _without_until(rule.value)
        first = start.replace(year=max(start.year, _EARLIEST_YEAR))
        last = _read_time(until) + before if until else datetime(_LATEST_YEAR, 1, 1)  # noqa: DTZ001
        # UNTIL is in UTC, the rule in local time (section 3.6.5).
        yield from rrulestr(text, dtstart=first).between(first, min(last, datetime(_LATEST_YEAR, 1, 1)), inc=True)  # noqa: DTZ001


def _without_until(rule: str) -> tuple[str, str, str]:
    parts = [one for one in rule.split(";") if one]
    until = next((one.removeprefix("UNTIL=") for one in parts if one.startswith("UNTIL=")), "")
    return ";".join(one for one in parts if not one.startswith("UNTIL=")), ";", until


def _read_time(text: str) -> datetime:
    text = text.removesuffix("Z")
    if len(text) == 8:
        text += "T000000"
    if not _TIME.fullmatch(text):
        raise ValueError("not a time")
    return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007


def _offset(text: str) -> timedelta:
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise ValueError("not an offset")
    length = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    if length >= timedelta(days=1):
        raise ValueError("not an offset")
    return -length if found[1] == "-" else length
