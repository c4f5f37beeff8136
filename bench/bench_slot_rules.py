"""The pure part of one search: 20 counters × 30 days with 3,600 bookings, in CPU time of this process.

Beside it, what the same search costs when the gaps are not kept but computed from windows and bookings each time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.report import Row
from models.rules.intervals import Interval
from models.rules.slots import BookingTerms, Window, gaps_of, slots, slots_from_gaps

COUNTERS, DAYS, BOOKED_OF_SIXTEEN = 20, 30, 6
ROUNDS = 40
BAR_MS = 8.0
_FIRST_DAY = datetime(2026, 11, 25, 7, tzinfo=UTC)
_HALF_HOUR = timedelta(minutes=30)


def run() -> list[Row]:
    """Time both ways on the same calendar.

    Raises:
        RuntimeError: they do not agree, so that neither figure would mean anything.
    """
    windows, busy = _calendar()
    terms, now = BookingTerms(_HALF_HOUR, horizon=timedelta(days=60)), _FIRST_DAY - timedelta(days=1)
    gaps = gaps_of(windows, busy, {})

    def whole_way() -> object:
        return slots(windows, busy, {}, "complaint", terms, now)

    if slots_from_gaps(gaps, terms, now) != whole_way():
        raise RuntimeError("the gaps that are kept give other slots than those computed anew")
    kept = _median_ms(lambda: slots_from_gaps(gaps, terms, now))
    what = f"slots of {COUNTERS} counters × {DAYS} days, {len(gaps):,} gaps"
    return [Row(what, kept, "ms", f"≤ {BAR_MS:.0f}", "gaps computed anew", _median_ms(whole_way), kept <= BAR_MS)]


def _calendar() -> tuple[list[Window], dict[int, list[Interval]]]:
    chance = random.Random(1)  # The same bookings in every run.
    windows: list[Window] = []
    busy: dict[int, list[Interval]] = {counter: [] for counter in range(COUNTERS)}
    for day in range(DAYS):
        start = _FIRST_DAY + timedelta(days=day)
        for counter in range(COUNTERS):
            windows.append(Window(len(windows), counter, None, start, start + 16 * _HALF_HOUR))
            for number in chance.sample(range(16), BOOKED_OF_SIXTEEN):
                busy[counter].append(Interval(start + number * _HALF_HOUR, start + (number + 1) * _HALF_HOUR))
    return windows, busy


def _median_ms(search: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        search()
        times.append(time.process_time() - started)
    return 1000 * sorted(times)[ROUNDS // 2]
