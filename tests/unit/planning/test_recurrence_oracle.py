"""Generated rules: we give what `recurring-ical-events` gives, and what a walk through the days of 2026 to 2028 gives.

HYPOTHESIS_PROFILE=long draws 5,000 for times and as many for days. Rules are those that calendars write; what we read
otherwise than the library (docs/adr/0035) is left out here and has tests of its own in `test_ical.py`.
"""

from __future__ import annotations

import os
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from models.rules.intervals import Interval
from tests.unit.planning.calendars import YEARS, calendar, read
from tests.unit.rules.zones import TIME_ZONES

DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Each example is a walk of a thousand days: few in every run, thousands in the long one.
EXAMPLES = 5000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 40


@dataclass(frozen=True)
class Rule:
    """A rule in parts; `days` are weekdays with an ordinal (0: each), `month_days` may count from the end."""

    frequency: str
    interval: int = 1
    days: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    week_start: int = 0
    count: int | None = None
    until_after: int | None = None

    def text(self, until: str) -> str:
        parts = [f"FREQ={self.frequency}", f"INTERVAL={self.interval}", f"WKST={WEEKDAYS[self.week_start]}"]
        if self.days:
            parts.append("BYDAY=" + ",".join(f"{n or ''}{WEEKDAYS[day]}" for n, day in self.days))
        if self.month_days:
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.month_days)))
        if self.months:
            parts.append("BYMONTH=" + ",".join(map(str, self.months)))
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until_after is not None:
            parts.append(f"UNTIL={until}")
        return ";".join(parts)

    @property
    def has_one_kind_of_days(self) -> bool:
        """Of `BYDAY=MO,-1FR` the library makes nothing: it asks for days that are both, section 3.3.10 for either."""
        return len({n != 0 for n, _ in self.days}) < 2

    def admits(self, day: date, first: date) -> bool:
        """Say whether the rule gives `day`: the table of section 3.3.10, one day at a time."""
        if self.months and day.month not in self.months:
            return False
        length = monthrange(day.year, day.month)[1]
        if self.month_days and day.day not in self.month_days and day.day - length - 1 not in self.month_days:
            return False
        if self.days and not any(self._is_nth(day, n, weekday) for n, weekday in self.days):
            return False
        match self.frequency:
            case "DAILY":
                passed = (day - first).days
            case "WEEKLY":
                passed = (self._week(day) - self._week(first)).days // 7
                if not self.days and day.weekday() != first.weekday():
                    return False
            case "MONTHLY":
                passed = 12 * (day.year - first.year) + day.month - first.month
                if not self.days and not self.month_days and day.day != first.day:
                    return False
            case _:
                passed = day.year - first.year
                if not self.days and not self.month_days and day.day != first.day:
                    return False
                if not self.days and not self.months and not self.month_days and day.month != first.month:
                    return False
        return passed % self.interval == 0

    def _week(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - self.week_start) % 7)

    def _is_nth(self, day: date, n: int, weekday: int) -> bool:
        if day.weekday() != weekday:
            return False
        # Within the year where nothing says the month (note 2 of the table).
        if self.frequency == "YEARLY" and not self.months:
            position = day.timetuple().tm_yday - 1
            length = date(day.year, 12, 31).timetuple().tm_yday
        else:
            position, length = day.day - 1, monthrange(day.year, day.month)[1]
        return n in (0, position // 7 + 1, -((length - 1 - position) // 7) - 1)


@st.composite
def rules(draw) -> Rule:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    # An ordinal counts in months and years only; beside BYMONTHDAY the RFC leaves open what the two mean together.
    ordinals = [0] if frequency in ("DAILY", "WEEKLY") else [0, 1, 2, 4, 5, -1, -2]
    days = st.lists(st.tuples(st.sampled_from(ordinals), st.integers(0, 6)), max_size=3, unique=True)
    numbers = st.lists(st.sampled_from([1, 2, 13, 28, 29, 30, 31, -1, -3]), max_size=3, unique=True)
    chosen, month_days = draw(days), draw(numbers) if frequency != "WEEKLY" else []
    if month_days:
        chosen = [(0, day) for _, day in chosen]
    end = draw(st.sampled_from(["never", "count", "until"]))
    return Rule(
        frequency,
        draw(st.integers(1, 6)),
        tuple(dict.fromkeys(chosen)),
        tuple(month_days),
        tuple(draw(st.lists(st.integers(1, 12), max_size=3, unique=True))),
        draw(st.sampled_from([0, 6])),
        draw(st.integers(1, 60)) if end == "count" else None,
        draw(st.integers(0, 900)) if end == "until" else None,
    )


# Night shifts, hours that a spring night leaves out or an autumn night has twice, and plain mornings.
CLOCKS = st.sampled_from([time(h, m) for h, m in [(0, 30), (2, 30), (3, 0), (8, 0), (13, 45), (22, 0), (23, 30)]])
FIRST_DAYS = st.dates(date(2025, 1, 1), date(2028, 6, 30)) | st.sampled_from(
    [date(2026, 3, 28), date(2026, 10, 24), date(2027, 3, 28), date(2028, 2, 29), date(2028, 10, 29)]
)
LENGTHS = st.sampled_from([timedelta(minutes=30), timedelta(hours=1), timedelta(hours=8), timedelta(days=2)])


def event_of(rule: Rule, start: datetime, end: datetime, zone: ZoneInfo) -> bytes:
    until = start.replace(tzinfo=zone) + timedelta(days=rule.until_after or 0)
    text = rule.text(f"{until.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    times = (f"{name};TZID=ZONE:{at:%Y%m%dT%H%M%S}" for name, at in (("DTSTART", start), ("DTEND", end)))
    return calendar(f"VEVENT UID:a {' '.join(times)} RRULE:{text}").replace(b"ZONE", zone.key.encode())


def whole_days_of(rule: Rule, first: date, days: int) -> bytes:
    until = first + timedelta(days=rule.until_after or 0)
    text = rule.text(f"{until:%Y%m%d}")
    end = first + timedelta(days=days)
    return calendar(f"VEVENT UID:a DTSTART;VALUE=DATE:{first:%Y%m%d} DTEND;VALUE=DATE:{end:%Y%m%d} RRULE:{text}")


def walked(rule: Rule, first: date, until: datetime | None, clock: time, zone: ZoneInfo) -> list[date]:
    """The days of a rule, found one by one; the first one always counts (section 3.8.5.3)."""
    found: list[date] = []
    day = first
    while day <= YEARS.end.date() + DAY:
        given = rule.admits(day, first)
        starts_at = datetime.combine(day, clock, zone).astimezone(UTC)
        if (given and until is not None and starts_at > until) or len(found) == rule.count:
            break
        # A beginning that the rule does not name counts beside its COUNT, as python-dateutil and Google count.
        if given:
            found.append(day)
        day += DAY
    return sorted({first, *found})


def pairs(octets: bytes, zone: ZoneInfo, window: Interval = YEARS) -> list[tuple[datetime, datetime]]:
    reading = read(octets, window, zone)
    assert reading.refused == ()
    return [(busy.starts_at, busy.ends_at) for busy in reading.busy]


@settings(max_examples=EXAMPLES)
@given(rules(), FIRST_DAYS, CLOCKS, LENGTHS, st.sampled_from(TIME_ZONES))
def test_times_equal_the_day_walk_and_the_library(rule, first, clock, length, zone):
    start = datetime.combine(first, clock)
    octets = event_of(rule, start, start + length, zone)
    found = pairs(octets, zone)
    until = None
    if rule.until_after is not None:
        until = (start.replace(tzinfo=zone) + timedelta(days=rule.until_after)).astimezone(UTC)
    assert found == [
        (starts_at, ends_at)
        for day in walked(rule, first, until, clock, zone)
        for starts_at, ends_at in [instants(datetime.combine(day, clock), length, zone)]
        if Interval(starts_at, ends_at).overlaps(YEARS)
    ]
    if rule.has_one_kind_of_days:
        assert found == library(octets, zone, length)


@settings(max_examples=EXAMPLES)
@given(rules(), FIRST_DAYS, st.integers(1, 4), st.sampled_from(TIME_ZONES))
def test_whole_days_equal_the_day_walk(rule, first, days, zone):
    until = None
    if rule.until_after is not None:
        until = datetime.combine(first + timedelta(days=rule.until_after), time(), zone).astimezone(UTC)
    midnights = [
        (datetime.combine(day, time(), zone).astimezone(UTC), datetime.combine(day + days * DAY, time(), zone))
        for day in walked(rule, first, until, time(), zone)
    ]
    expected = [(start, end.astimezone(UTC)) for start, end in midnights]
    assert pairs(whole_days_of(rule, first, days), zone) == [one for one in expected if Interval(*one).overlaps(YEARS)]


def instants(start: datetime, length: timedelta, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The clock on the wall at both ends; what begins in a skipped hour begins later and keeps its length."""
    starts_at, ends_at = (at.replace(tzinfo=zone).astimezone(UTC) for at in (start, start + length))
    return starts_at, ends_at if ends_at > starts_at else starts_at + length


def library(octets: bytes, zone: ZoneInfo, length: timedelta) -> list[tuple[datetime, datetime]]:
    query = recurring_ical_events.of(Calendar.from_ical(octets))
    found = []
    for one in query.between(YEARS.start - DAY, YEARS.end + DAY):
        # It gives both ends on the clock, also an end that is before its beginning in a skipped hour.
        start = one["DTSTART"].dt.replace(tzinfo=None)
        found.append(instants(start, length, zone))
    return sorted(one for one in found if Interval(*one).overlaps(YEARS))
