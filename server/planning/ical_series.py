"""One event with all its versions and changes, and the times at which it takes place (RFC 5545, section 3.8.4).

`recurring-ical-events` does the arithmetic. What it leaves open or reads otherwise than a planning must be read is
settled before it sees the event: see docs/adr/0035-reading-plannings.md for the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from icalendar import Calendar, Event
from recurring_ical_events import CalendarQuery

from models.rules.intervals import Interval
from server.planning.errors import NotUnderstood
from server.planning.ical_lines import Component
from server.planning.ical_steps import Steps
from server.planning.ical_values import Length, read_duration, read_period, read_rule, read_time, read_times, zone_of
from server.planning.ical_zones import FileZones

_DAY = timedelta(days=1)
_VERSION = "X-VERSION"
# Every occurrence is held against each of them.
_MOST_SHIFTS = 200


@dataclass(frozen=True, slots=True)
class Version:
    """One VEVENT with what decides whether it counts.

    Attributes:
        start, end: days, or times with a zone; `end` as DTEND says.
        length: as DURATION says; with neither, an event of days lasts one, an event of times is a moment.
        replaces: the occurrence that it stands for, None for the event itself.
        rank: the highest of an event's versions counts (RFC 5546, section 2.1.5: SEQUENCE, then DTSTAMP), and of
            equal ones the later in the file.
    """

    component: Component
    start: date | datetime
    end: date | datetime | None
    length: Length | None
    replaces: date | datetime | None
    rank: tuple[int, str, int]

    @property
    def status(self) -> str:
        return self.component.value("STATUS").upper()

    @property
    def blocks(self) -> bool:
        """Whether its time is taken: neither cancelled nor transparent (sections 3.8.1.11 and 3.8.2.7)."""
        return self.status != "CANCELLED" and self.component.value("TRANSP").upper() != "TRANSPARENT"

    @property
    def recurs(self) -> bool:
        return any(one.name in ("RRULE", "RDATE", "EXRULE", "EXDATE") for one in self.component.properties)

    @property
    def shifts_all(self) -> bool:
        """Whether it stands for all later occurrences as well (section 3.2.13)."""
        given = self.component.first("RECURRENCE-ID")
        return given is not None and given.parameters.get("RANGE", "").upper() == "THISANDFUTURE"


def read_version(component: Component, zones: FileZones) -> Version:
    """Read what an event says of its times.

    Raises:
        NotUnderstood: a code that says which part is not understood.
        PlanningRefused: see `FileZones.zone`.
    """
    if component.broken:
        raise NotUnderstood("broken_line")
    given = component.first("DTSTART")
    if given is None:
        raise NotUnderstood("no_start")
    zone = zone_of(given, zones, zones.own)
    start = read_time(given.value, zone)
    end, length = None, None
    if (ending := component.first("DTEND")) is not None:
        end = _end(start, read_time(ending.value, zone_of(ending, zones, zone)))
    elif (lasting := component.first("DURATION")) is not None:
        length = Length.of(read_duration(lasting.value))
    replaced = component.first("RECURRENCE-ID")
    replaces = None if replaced is None else read_time(replaced.value, zone_of(replaced, zones, zone))
    sequence = component.value("SEQUENCE")
    number = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 10 else 0
    return Version(component, start, end, length, replaces, (number, component.value("DTSTAMP"), component.line))


def occurrences(
    versions: Iterable[Version], zones: FileZones, window: Interval, steps: Steps
) -> Iterator[tuple[Version, Interval]]:
    """Yield when an event takes place in `window`, and which of its versions says so, cancelled ones included.

    Args:
        versions: all that the file has of one UID, in any order.

    Raises:
        NotUnderstood, PlanningRefused: see `read_version` and `Steps.weigh`.
    """
    counting = list(_highest(versions))
    if sum(version.shifts_all for version in counting) > _MOST_SHIFTS:
        raise NotUnderstood("too_many_occurrences")
    if len(counting) == 1 and not counting[0].recurs:
        times = _times(counting[0], counting[0].start, counting[0].end, zones)
        if times.overlaps(window):
            yield counting[0], times
        return
    calendar = Calendar()
    for number, version in enumerate(counting):
        calendar.add_component(_event(version, number, zones, steps))
    # Days are compared in UTC there, so they are asked for with a day to spare and compared here.
    try:
        found = CalendarQuery(calendar).between(window.start - _DAY, window.end + _DAY)
    except Exception as error:
        # Whatever it stumbles over, the other events stand; it has no common base for what it raises.
        raise NotUnderstood("bad_recurrence") from error
    for one in found:
        version = counting[int(one[_VERSION])]
        times = _times(version, one["DTSTART"].dt, one["DTEND"].dt, zones)
        if times.overlaps(window):
            yield version, times


def _highest(versions: Iterable[Version]) -> Iterator[Version]:
    """Yield the versions that count: one of the event itself, one of each changed occurrence."""
    best: dict[object, Version] = {}
    for version in versions:
        at = version.replaces
        # The same instant is written in several zones.
        key = at.astimezone(UTC) if isinstance(at, datetime) else at
        if key not in best or best[key].rank < version.rank:
            best[key] = version
    yield from best.values()


def _end(start: date | datetime, end: date | datetime) -> date | datetime | None:
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise NotUnderstood("mixed_times")
    if not isinstance(start, datetime):
        if end < start:
            raise NotUnderstood("end_before_start")
        # DTEND must lie after DTSTART (section 3.8.2.2), yet the State's own calendar of holidays repeats the day. An
        # event of days without an end lasts one (section 3.6.1).
        return end if end > start else None
    # From 2:30, which a spring night leaves out, to 3:00: the clock runs forward all the same.
    runs_forward = end.tzinfo is start.tzinfo and end >= start if isinstance(end, datetime) else False
    if isinstance(end, datetime) and end.astimezone(UTC) < start.astimezone(UTC) and not runs_forward:
        raise NotUnderstood("end_before_start")
    return end


def _event(version: Version, number: int, zones: FileZones, steps: Steps) -> Event:
    """Return the event as `recurring-ical-events` takes it; every time has a zone that is known."""
    component, start = version.component, version.start
    floating = start.tzinfo if isinstance(start, datetime) and start.tzinfo is not None else zones.own
    event = Event()
    event.add("UID", "1")
    event.add(_VERSION, str(number))
    event.add("DTSTART", start)
    event.add("DTEND", version.end or _nominal_end(version, start))
    if component.first("EXRULE") is not None:
        # Gone since RFC 5545 (appendix A.3): what it takes away is not known here.
        raise NotUnderstood("exrule")
    for given in component.all("RRULE"):
        rule = read_rule(given.value, start, zones.own)
        local = start if isinstance(start, datetime) else datetime.combine(start, time(), zones.own)
        if steps.weigh(rule, local):
            event.add("RRULE", rule)
    if dates := list(_additional(component, zones, floating)):
        event.add("RDATE", dates)
    if dates := list(read_times(component.all("EXDATE"), zones, floating)):
        event.add("EXDATE", dates)
    if version.replaces is not None:
        event.pop("RRULE", None)
        event.add("RECURRENCE-ID", version.replaces)
        if version.shifts_all:
            event["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
    return event


def _additional(
    component: Component, zones: FileZones, floating: tzinfo
) -> Iterator[date | datetime | tuple[datetime, datetime]]:
    """Yield the times of RDATE; a period keeps its own end (section 3.8.5.2)."""
    for given in component.all("RDATE"):
        zone = zone_of(given, zones, floating)
        for text in filter(None, given.value.split(",")):
            yield read_period(text, zone) if "/" in text else read_time(text, zone)


def _nominal_end(version: Version, start: date | datetime) -> date | datetime:
    """Return the end on the clock of an occurrence that begins at `start`, unless DTEND says it."""
    if isinstance(start, datetime):
        length = version.length or Length(0, timedelta(0))
        return start + timedelta(days=length.days) + length.rest
    return start + timedelta(days=max(1, version.length.days if version.length is not None else 1))


def _times(version: Version, start: date | datetime, end: date | datetime | None, zones: FileZones) -> Interval:
    """Return the instants of one occurrence; days begin and end at the midnights of the source's zone."""
    nominal = _nominal_end(version, start)
    starts_at, ends_at = _instant(start, zones), _instant(end or nominal, zones)
    if version.length is not None and isinstance(start, datetime) and end in (None, nominal):
        # A period of RDATE has another end, which stays.
        ends_at = (start + timedelta(days=version.length.days)).astimezone(UTC) + version.length.rest
    elif ends_at <= starts_at:
        # It begins in the hour that a spring night leaves out, hence later than its clock says: it keeps its length.
        ends_at = starts_at + (_comparable(end or nominal) - _comparable(start))
    return Interval(starts_at, ends_at)


def _comparable(at: date | datetime) -> datetime:
    return at.replace(tzinfo=None) if isinstance(at, datetime) else datetime.combine(at, time())


def _instant(at: date | datetime, zones: FileZones) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time(), zones.own)
    return at.astimezone(UTC)
