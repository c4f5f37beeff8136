"""Stretches of time, half-open: the end no longer belongs to them, so one may begin where another ends."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple


class Interval(NamedTuple):
    """From `start` up to, not including, `end`; both aware. A tuple, because searches make many thousands."""

    start: datetime
    end: datetime

    def overlaps(self, other: Interval) -> bool:
        """Say whether the two share an instant; those that only touch do not."""
        return self.start < other.end and other.start < self.end


def free_times(window: Interval, busy: Iterable[Interval]) -> list[Interval]:
    """Return what remains of `window` without `busy`, in order.

    Args:
        busy: in any order; they may overlap, reach beyond the window, or be empty (which takes nothing away).
    """
    start, end = window
    free = []
    for taken_from, taken_until in sorted(busy):
        if taken_until <= start or taken_until <= taken_from:
            continue
        if taken_from >= end:
            break
        if taken_from > start:
            free.append(Interval(start, taken_from))
        start = taken_until
        if start >= end:
            break
    if start < end:
        free.append(Interval(start, end))
    return free


def merged(busy: Iterable[Interval]) -> list[Interval]:
    """Return the same time in as few stretches as it takes, in order and apart; empty ones are none."""
    found: list[Interval] = []
    for start, end in sorted(one for one in busy if one.start < one.end):
        if found and start <= found[-1].end:
            found[-1] = Interval(found[-1].start, max(end, found[-1].end))
        else:
            found.append(Interval(start, end))
    return found


def among(window: Interval, apart: Sequence[Interval]) -> Sequence[Interval]:
    """Return those that share an instant with `window`, without looking at all of them.

    Args:
        apart: in order, none overlapping another.
    """
    first = bisect_right(apart, window.start, key=lambda one: one.end)
    return apart[first : bisect_left(apart, window.end, lo=first, key=lambda one: one.start)]
