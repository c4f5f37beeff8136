"""Openings of one unit around any day of 2026 to 2028 in any of the thirteen zones, for property tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from models.rules.intervals import Interval
from models.rules.occurrences import occurrences
from models.rules.recurrence import Frequency, Recurrence
from models.rules.slots import BookingTerms, Window
from tests.unit.rules.zones import TIME_ZONES

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def _change_days() -> list[date]:
    """The days of 2026 to 2028 without 24 hours in one of the zones, and those before, whose nights reach there."""
    found = set()
    for zone in TIME_ZONES:
        day = date(2026, 1, 1)
        while day.year < 2029:
            begin, end = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + DAY))
            if end - begin != DAY:
                found |= {day - DAY, day}
            day += DAY
    return sorted(found)


CHANGES = _change_days()
days = st.sampled_from(CHANGES) | st.dates(date(2026, 1, 1), date(2028, 12, 31))


def minutes(least: int, most: int) -> st.SearchStrategy[timedelta]:
    return st.integers(least, most).map(lambda count: count * MINUTE)


terms_of_any_reason = st.builds(
    BookingTerms, minutes(5, 120), minutes(0, 60), minutes(0, 2 * 24 * 60), minutes(60, 20 * 24 * 60)
)


@st.composite
def situations(draw):
    """Approved openings of one unit around one day, made as the application makes them, and what is busy."""
    zone, day = draw(st.sampled_from(TIME_ZONES)), draw(days)
    windows = []
    for _ in range(draw(st.integers(1, 4))):
        start = datetime.combine(day, time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 15, 30]))), zone)
        weekly = Recurrence(Frequency.WEEKLY)
        a_week_before = (start - 7 * DAY).astimezone(UTC)
        length = draw(minutes(10, 600))
        for one in occurrences(a_week_before, a_week_before + length, weekly, zone, day, day + 7 * DAY, {}):
            windows.append(
                Window(
                    len(windows),
                    draw(st.integers(1, 3)),
                    draw(st.sampled_from([None, 7, 8])),
                    one.starts_at,
                    one.ends_at,
                )
            )
    origin = datetime.combine(day, time(), zone).astimezone(UTC)

    def stretch(offset: timedelta, length: timedelta) -> Interval:
        return Interval(origin + offset, origin + offset + length)

    stretches = st.lists(st.builds(stretch, minutes(-60, 36 * 60), minutes(0, 240)), max_size=6)
    by_counter = draw(st.fixed_dictionaries({1: stretches, 2: stretches}))
    by_agent = draw(st.fixed_dictionaries({7: stretches, 8: stretches}))
    now = origin + draw(st.integers(-3 * 24 * 3600, 24 * 3600)) * timedelta(seconds=1)
    return windows, by_counter, by_agent, now, draw(stretches)
