"""The components of a calendar (RFC 5545, section 3.1 and 3.6), read as a stream of which next to nothing is held.

`icalendar` reads a whole text into memory and builds an object for every property, subjects and names included. Nine
tenths of a feed are descriptions and attendees, which nobody here needs and which are nobody's business: they are
passed over before they become anything. What is kept is handed on as it stands in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from server.own_events import MARK
from server.planning.errors import PlanningRefused

_OBSERVANCE = frozenset({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
_KEPT: Mapping[str, frozenset[str]] = {
    "VCALENDAR": frozenset({"METHOD", "CALSCALE"}),
    "VEVENT": frozenset(
        {
            "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS",
            "TRANSP", "SEQUENCE", "DTSTAMP", MARK,
        }
    ),
    "VFREEBUSY": frozenset({"UID", "FREEBUSY"}),
    "VTIMEZONE": frozenset({"TZID", "X-LIC-LOCATION"}),
    "STANDARD": _OBSERVANCE,
    "DAYLIGHT": _OBSERVANCE,
}  # fmt: skip
# What an event's alarm says is not about the event.
_PARENTS = {"VEVENT": "VCALENDAR", "VFREEBUSY": "VCALENDAR", "VTIMEZONE": "VCALENDAR"}
_NAME = re.compile(rb"([A-Za-z0-9-]+)[;:]")
# Quoted values may hold what separates; the pattern never looks at a character twice.
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)((?:,(?:"[^"]*"|[^";:,]*))*)')
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a calendar may ask of us. The largest real ones have 15 MB and some 7,000 events.

    Attributes:
        octets, lines: of the whole file.
        line: octets of one property that is kept.
        parameters: of one property.
        components: all of them, nested ones included.
        depth: of nesting; a calendar's events have alarms, so three are in use.
        zones: time zones that the file defines itself and no list knows.
        series_steps: days (or shorter steps) that the walk through one rule takes; 550 years of days.
        steps: of all rules together.
        busy: stretches of time in the result.
    """

    octets: int = 64_000_000
    lines: int = 2_000_000
    line: int = 262_144
    parameters: int = 32
    components: int = 100_000
    depth: int = 6
    zones: int = 40
    series_steps: int = 200_000
    steps: int = 5_000_000
    busy: int = 100_000


@dataclass(frozen=True, slots=True)
class Property:
    """One property as it stands in the file; names are in capitals, of several values of a parameter the first."""

    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass(slots=True)
class Component:
    """One component with the properties that matter.

    Attributes:
        line: that of its BEGIN.
        broken: the line of a property that breaks the grammar; 0 when none does.
    """

    name: str
    line: int
    broken: int = 0
    properties: list[Property] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        """Return the properties with this name, in order."""
        return [one for one in self.properties if one.name == name]

    def first(self, name: str) -> Property | None:
        """Return the first property with this name."""
        return next((one for one in self.properties if one.name == name), None)

    def value(self, name: str) -> str:
        """Return the value of the first property with this name, or an empty text."""
        found = self.first(name)
        return found.value if found is not None else ""


def read_components(stream: BinaryIO, limits: Limits) -> Iterator[Component]:
    """Yield the events, busy times, zones and calendars of `stream`, each when it ends.

    A zone comes with its parts, which are not yielded themselves; a calendar comes after its components.

    Raises:
        PlanningRefused: the stream is no calendar (`not_a_calendar`), has components or lines that are none (`broken`),
            stops before its end (`truncated`), or asks for too much (`too_big`, `line_too_long`,
            `too_many_parameters`, `too_many_components`, `too_deep`). What was yielded before is then worth nothing.
    """
    stack: list[Component] = []
    count = 0
    for line, octets, is_whole in _content_lines(stream, limits):
        match = _NAME.match(octets)
        if match is None:
            raise PlanningRefused("broken" if count else "not_a_calendar", line)
        name = match[1].decode().upper()
        if name == "BEGIN":
            component = Component(_component_name(octets), line)
            if not stack and component.name != "VCALENDAR":
                raise PlanningRefused("broken" if count else "not_a_calendar", line)
            stack.append(component)
            count += 1
            if len(stack) > limits.depth:
                raise PlanningRefused("too_deep", line)
            if count > limits.components:
                raise PlanningRefused("too_many_components", line)
        elif not stack:
            raise PlanningRefused("broken" if count else "not_a_calendar", line)
        elif name == "END":
            component = stack.pop()
            if component.name != _component_name(octets):
                raise PlanningRefused("broken", line)
            parent = stack[-1].name if stack else ""
            if component.name in ("STANDARD", "DAYLIGHT") and parent == "VTIMEZONE":
                stack[-1].parts.append(component)
            elif component.name == "VCALENDAR" or _PARENTS.get(component.name) == parent:
                yield component
        elif name in _KEPT.get(stack[-1].name, ()):
            if not is_whole:
                raise PlanningRefused("line_too_long", line)
            found = _property(name, octets, match.end(1), line, limits)
            if found is not None:
                stack[-1].properties.append(found)
            else:
                stack[-1].broken = stack[-1].broken or line
    if stack:
        raise PlanningRefused("truncated")
    if not count:
        raise PlanningRefused("not_a_calendar")


def _component_name(octets: bytes) -> str:
    return octets.partition(b":")[2].strip().decode("ascii", "replace").upper()


def _property(name: str, octets: bytes, end: int, line: int, limits: Limits) -> Property | None:
    # What is kept is ASCII by its grammar, but for the UID: octets that are no UTF-8 make a strange name, no failure.
    text = octets.decode("utf-8", "backslashreplace")
    parameters: dict[str, str] = {}
    count = 0
    while text[end : end + 1] == ";":
        found = _PARAMETER.match(text, end)
        if found is None:
            return None
        count += 1
        if count > limits.parameters:
            raise PlanningRefused("too_many_parameters", line)
        parameters.setdefault(found[1].upper(), found[2].strip('"'))
        end = found.end()
    if text[end : end + 1] != ":":
        return None
    return Property(name, parameters, text[end + 1 :].strip())


def _content_lines(stream: BinaryIO, limits: Limits) -> Iterator[tuple[int, bytes, bool]]:
    """Yield the number, the octets and the wholeness of each unfolded line that is not empty.

    Lines are unfolded before they are decoded, because some programs fold within a character (section 3.1). Of a line
    that is longer than one may be, the beginning is held.
    """
    parts: list[bytes] = []
    size = total = number = first = 0
    begins = True
    while chunk := stream.readline(_CHUNK):
        total += len(chunk)
        if total > limits.octets:
            raise PlanningRefused("too_big", number)
        if begins:
            number += 1
            if number > limits.lines:
                raise PlanningRefused("too_big", number)
            if number == 1 and chunk.startswith(_BYTE_ORDER_MARK):
                chunk = chunk[len(_BYTE_ORDER_MARK) :]
            if number > 1 and chunk[:1] in (b" ", b"\t"):
                chunk = chunk[1:]
            else:
                if size:
                    yield first, b"".join(parts), size <= limits.line
                parts, size, first = [], 0, number
        begins = chunk.endswith(b"\n")
        piece = chunk.rstrip(b"\r\n") if begins else chunk
        size += len(piece)
        if size <= limits.line or not parts:
            parts.append(piece[: limits.line])
    if size:
        yield first, b"".join(parts), size <= limits.line
