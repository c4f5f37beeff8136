"""One weekly value for the opening hours of a unit, whatever spelling they came in.

A week has eight rows: Monday to Sunday, and public holidays. Many brigades open one half-day a week, and a public
holiday is a row of its own, not a closure. A row that nobody filled in is *unknown*; it is never shown as closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

MINUTES_IN_A_DAY = 24 * 60


class Day(IntEnum):
    """A row of the week; the first seven are those of `date.weekday()`."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6
    HOLIDAY = 7


FRENCH_NAMES: Mapping[Day, str] = {
    Day.MONDAY: "Lundi",
    Day.TUESDAY: "Mardi",
    Day.WEDNESDAY: "Mercredi",
    Day.THURSDAY: "Jeudi",
    Day.FRIDAY: "Vendredi",
    Day.SATURDAY: "Samedi",
    Day.SUNDAY: "Dimanche",
    Day.HOLIDAY: "Jours Fériés",
}


@dataclass(frozen=True, order=True, slots=True)
class TimeRange:
    """Half-open [start, end) in minutes of local wall-clock time since midnight, 0 ≤ start < end ≤ 1440."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_IN_A_DAY:
            raise ValueError(f"not a range within one day: {self.start}-{self.end}")


DayHours = tuple[TimeRange, ...] | None
"""The ranges of one row in order and apart from each other; `()` is closed, `None` is not known."""

ALL_DAY: DayHours = (TimeRange(0, MINUTES_IN_A_DAY),)


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Eight rows, indexed by `Day`.

    Raises:
        ValueError: not eight rows, or the ranges of a row touch, overlap or are out of order.
    """

    days: tuple[DayHours, ...]

    def __post_init__(self) -> None:
        if len(self.days) != len(Day):
            raise ValueError(f"a week has {len(Day)} rows, not {len(self.days)}")
        for day, hours in zip(Day, self.days, strict=True):
            ranges = hours or ()
            for before, after in pairwise(ranges):
                if after.start <= before.end:
                    raise ValueError(f"{day.name}: {before} and {after} are not apart and in order")

    def __getitem__(self, day: Day) -> DayHours:
        return self.days[day]

    @property
    def is_known(self) -> bool:
        """Whether at least one row says something."""
        return any(hours is not None for hours in self.days)


UNKNOWN_WEEK = WeeklyHours((None,) * len(Day))
ALWAYS_OPEN = WeeklyHours((ALL_DAY,) * len(Day))


def merge(ranges: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    """Return the same minutes as ordered ranges that neither overlap nor touch."""
    merged: list[TimeRange] = []
    for one in sorted(ranges):
        if merged and one.start <= merged[-1].end:
            merged[-1] = TimeRange(merged[-1].start, max(merged[-1].end, one.end))
        else:
            merged.append(one)
    return tuple(merged)


def to_json(weekly: WeeklyHours) -> dict[str, list[list[int]]]:
    """Return `{"monday": [[480, 720], …], …}`; an unknown row is absent, a closed one is an empty list."""
    return {
        day.name.lower(): [[one.start, one.end] for one in hours]
        for day, hours in zip(Day, weekly.days, strict=True)
        if hours is not None
    }


def from_json(value: Mapping[str, Iterable[Iterable[int]]] | None) -> WeeklyHours:
    """Read back what `to_json` gave; `None` is a week of which nothing is known.

    Raises:
        ValueError: an unknown row name, or ranges that no week can hold.
    """
    rows: list[DayHours] = [None] * len(Day)
    for name, ranges in (value or {}).items():
        try:
            day = Day[name.upper()]
        except KeyError:
            raise ValueError(f"no such row of the week: {name!r}") from None
        rows[day] = tuple(TimeRange(*one) for one in ranges)
    return WeeklyHours(tuple(rows))


def clock(minutes: int) -> str:
    """Return minutes since midnight as the ministry prints them: `8h00`, `13h30`, `24h00`."""
    return f"{minutes // 60}h{minutes % 60:02d}"


def print_hours(weekly: WeeklyHours) -> str:
    """Return the ministry's `$` spelling, of which reading is the exact inverse.

    A closed row is written `fermé` when leaving it out would read as something else.
    """
    if weekly == ALWAYS_OPEN:
        return "24h/24 - 7j/7"
    parts = []
    for day, hours in zip(Day, weekly.days, strict=True):
        if hours is None:
            text = "inconnu"
        elif not hours:
            text = "fermé"
        else:
            text = " ".join(f"{clock(one.start)}-{clock(one.end)}" for one in hours)
        parts.append(f"${FRENCH_NAMES[day]} : {text}")
    return "".join(parts) if weekly.is_known else ""
