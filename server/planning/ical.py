"""A calendar read for one thing: when its owner has no time (RFC 5545).

    reading = read_calendar(stream, Interval(now, now + horizon), ZoneInfo("Europe/Paris"))

Neither subjects nor places nor names leave this module: they are not even looked at. What each file of the collected
cases must give, and why, is in tests/unit/planning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO
from zoneinfo import ZoneInfo

from models.rules.intervals import Interval
from server.own_events import MARK, is_own_name
from server.planning.errors import NotUnderstood, PlanningRefused
from server.planning.ical_lines import Component, Limits, read_components
from server.planning.ical_series import occurrences, read_version
from server.planning.ical_steps import Steps
from server.planning.ical_values import read_period
from server.planning.ical_zones import FileZones

LONGEST_UID = 255
# Answers to invitations are no calendar (RFC 5546, section 1.4).
_NOT_PUBLISHED = frozenset({"REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"})


class Kind(StrEnum):
    """Why somebody has no time, as FBTYPE (section 3.2.9) tells it apart."""

    BUSY = "busy"
    TENTATIVE = "tentative"
    UNAVAILABLE = "unavailable"


_KINDS = {"FREE": None, "BUSY-TENTATIVE": Kind.TENTATIVE, "BUSY-UNAVAILABLE": Kind.UNAVAILABLE}


@dataclass(frozen=True, slots=True, order=True)
class Busy:
    """A stretch of time that is taken; both ends in UTC. `uid` is empty where the file has none."""

    starts_at: datetime
    ends_at: datetime
    kind: Kind
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that was not understood; what it said before stands. `line` is where it begins in the file."""

    uid: str
    line: int
    cause: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a calendar says of the window.

    Attributes:
        busy: in order; stretches may overlap each other and reach beyond the window.
        read: events and busy times in the file, whatever became of them.
        refused: in the order of the file.
        ours: appointments of this installation, which its owner lets us write there: neither busy nor refused.
    """

    busy: tuple[Busy, ...]
    read: int
    refused: tuple[Refused, ...] = ()
    ours: int = 0


def read_calendar(
    stream: BinaryIO,
    window: Interval,
    zone: ZoneInfo,
    *,
    tentative_counts: bool = True,
    limits: Limits | None = None,
    steps: Steps | None = None,
    own_host: str = "",
) -> Reading:
    """Read when the owner of a calendar has no time between two instants.

    Args:
        stream: its octets; nothing behind the limit is ever asked for.
        window: only what overlaps it is returned.
        zone: in which times without zone and whole days are read. What Google calls X-WR-TIMEZONE has no say: it is
            the zone of whoever looked at the calendar, and Google itself writes times in UTC.
        tentative_counts: whether what is only pencilled in takes time as well.
        steps: counts on over the objects of one calendar that come one by one.
        own_host: this installation's: what it has written itself takes nobody's time a second time.

    Raises:
        PlanningRefused: the file changes nothing; see `read_components`, `Steps` and `FileZones` for codes, and:
            `nothing_understood` when every entry but ours is refused (their own code when it is the same),
            `not_published` for an answer to an invitation, `calendar_scale`, `too_many_occurrences` when there is no
            end to the result.
    """
    limits = limits or Limits()
    events: list[Component] = []
    others: list[Component] = []
    definitions: list[Component] = []
    read = first_event = first_other = 0
    for component in read_components(stream, limits):
        match component.name:
            case "VEVENT":
                events.append(component)
            case "VFREEBUSY":
                others.append(component)
            case "VTIMEZONE":
                definitions.append(component)
            case "VCALENDAR":
                _check_calendar(component)
                read += len(events) - first_event + len(others) - first_other
                if component.value("METHOD").upper() == "CANCEL":
                    # All that it names is off (RFC 5546, section 3.2.5).
                    del events[first_event:], others[first_other:]
                first_event, first_other = len(events), len(others)
    zones = FileZones(zone, definitions, limits.zones)
    collected = _Collected(window, tentative_counts, limits.busy, own_host)
    _take_events(events, zones, steps or Steps(limits, window.end), collected)
    _take_busy_times(others, zones, collected)
    refused = sorted(collected.refused, key=lambda one: one.line)
    # That we know our own is no sign that the rest is understood.
    if collected.lost and collected.lost == read - collected.ours:
        causes = {one.cause for one in refused}
        raise PlanningRefused(causes.pop() if len(causes) == 1 else "nothing_understood", refused[0].line)
    return Reading(tuple(sorted(collected.busy)), read, tuple(refused), collected.ours)


@dataclass(slots=True)
class _Collected:
    """What has been read so far; `lost` counts the components that were refused, `ours` those that we wrote."""

    window: Interval
    tentative_counts: bool
    most: int
    own_host: str = ""
    busy: set[Busy] = field(default_factory=set)
    refused: list[Refused] = field(default_factory=list)
    lost: int = 0
    ours: int = 0

    def passes_over(self, components: Sequence[Component]) -> bool:
        """Say whether an event is one of ours, wherever its owner has moved it and whatever has become of it there.

        A copy has another name and still carries our mark; a feed and an invitation by mail have the name alone.
        """
        if not any(one.first(MARK) or is_own_name(one.value("UID"), self.own_host) for one in components):
            return False
        self.ours += len(components)
        return True

    def take(self, times: Interval, kind: Kind, uid: str) -> None:
        # What has no length takes no time.
        if times.start >= times.end or not times.overlaps(self.window):
            return
        if kind is Kind.TENTATIVE and not self.tentative_counts:
            return
        self.busy.add(Busy(times.start, times.end, kind, uid))
        if len(self.busy) > self.most:
            raise PlanningRefused("too_many_occurrences")

    def refuse(self, components: Sequence[Component], cause: str) -> None:
        first = components[0]
        self.refused.append(Refused(first.value("UID")[:LONGEST_UID], first.broken or first.line, cause))
        self.lost += len(components)


def _take_events(events: list[Component], zones: FileZones, steps: Steps, collected: _Collected) -> None:
    # An event without UID (section 3.8.4.7) is one of its own.
    series: dict[str | int, list[Component]] = {}
    for event in events:
        series.setdefault(event.value("UID") or event.line, []).append(event)
    for uid, components in series.items():
        if collected.passes_over(components):
            continue
        name = uid if isinstance(uid, str) else ""
        try:
            if len(name) > LONGEST_UID:
                raise NotUnderstood("uid_too_long")
            versions = [read_version(one, zones) for one in components]
            found = list(occurrences(versions, zones, collected.window, steps))
        except NotUnderstood as error:
            collected.refuse(components, error.code)
            continue
        for version, times in found:
            if version.blocks:
                kind = Kind.TENTATIVE if version.status == "TENTATIVE" else Kind.BUSY
                collected.take(times, kind, name)


def _take_busy_times(others: list[Component], zones: FileZones, collected: _Collected) -> None:
    for component in others:
        uid = component.value("UID")[:LONGEST_UID]
        try:
            if component.broken:
                raise NotUnderstood("broken_line")
            found = list(_periods(component, zones))
        except NotUnderstood as error:
            collected.refuse([component], error.code)
            continue
        for times, kind in found:
            collected.take(times, kind, uid)


def _periods(component: Component, zones: FileZones) -> Iterator[tuple[Interval, Kind]]:
    for given in component.all("FREEBUSY"):
        # A type that is not known counts as busy, and so does none (section 3.2.9).
        kind = _KINDS.get(given.parameters.get("FBTYPE", "").upper(), Kind.BUSY)
        for text in filter(None, given.value.split(",")):
            times = Interval(*read_period(text, zones.own))
            if kind is not None:
                yield times, kind


def _check_calendar(component: Component) -> None:
    if component.value("METHOD").upper() in _NOT_PUBLISHED:
        raise PlanningRefused("not_published", component.line)
    if component.value("CALSCALE").upper() not in ("", "GREGORIAN"):
        raise PlanningRefused("calendar_scale", component.line)
