"""Which counters an occurrence opens: the smallest numbers that are not open already at that time."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

Span = tuple[datetime, datetime]


class Counters:
    """When each counter of a unit is open, by its number; what is taken here is remembered for the next question."""

    def __init__(self, opened: Iterable[tuple[int, datetime, datetime]] = ()) -> None:
        """`opened`: number, begin and end of what is open already; no two of one number overlap."""
        self._spans: defaultdict[int, list[Span]] = defaultdict(list)
        for number, starts_at, ends_at in opened:
            insort(self._spans[number], (starts_at, ends_at))

    def is_free(self, number: int, starts_at: datetime, ends_at: datetime) -> bool:
        """Say whether the counter is not open at any moment from `starts_at` to before `ends_at`."""
        spans = self._spans.get(number, [])
        after = bisect_left(spans, (ends_at, ends_at))
        return after == 0 or spans[after - 1][1] <= starts_at

    def take(self, count: int, starts_at: datetime, ends_at: datetime, kept: Collection[int] = ()) -> list[int]:
        """Open `count` counters and return their numbers, in order.

        Args:
            kept: numbers to take first where they are free: people have appointments there.
        """
        taken = [number for number in sorted(kept) if self.is_free(number, starts_at, ends_at)][:count]
        number = 1
        while len(taken) < count:
            if number not in taken and self.is_free(number, starts_at, ends_at):
                taken.append(number)
            number += 1
        for number in taken:
            insort(self._spans[number], (starts_at, ends_at))
        return sorted(taken)
