"""When an opening comes back: every n weeks on chosen weekdays, or on chosen weekdays of every nth month.

This is the part of RFC 5545 (section 3.3.10) that a brigade's chief says in one sentence: « un lundi sur deux »,
« le quatrième mardi du mois ». `recurrence_text` reads and writes it as the RFC spells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

LAST = -1
ORDINALS = frozenset({1, 2, 3, 4, 5, LAST})
MOST_WEEKS = 52
MOST_MONTHS = 12


class Frequency(StrEnum):
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class Weekday(IntEnum):
    """Numbered as `date.weekday()` numbers them; the names are those of the RFC."""

    MO = 0
    TU = 1
    WE = 2
    TH = 3
    FR = 4
    SA = 5
    SU = 6


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """The nth (1 to 5) or `LAST` weekday of a month; a month without a fifth one is passed over."""

    ordinal: int
    weekday: Weekday


@dataclass(frozen=True, slots=True)
class Recurrence:
    """One rule, already checked by whoever made it (`read_recurrence`, or a test).

    Attributes:
        interval: every how many weeks (1 to 52) or months (1 to 12); weeks begin on Monday, as everywhere in France.
        weekdays: for weekly ones, in order and without repeats; empty means the weekday of the first occurrence.
        month_days: for monthly ones, at least one.
        until: the end, itself included: a day; a time without zone (compared with the local start); or an aware one
            (compared with the instant). None: without end.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[MonthDay, ...] = ()
    until: date | datetime | None = None


def days_of(recurrence: Recurrence, first: date, from_day: date, to_day: date) -> Iterator[date]:
    """Give the days of `recurrence` from `from_day` to `to_day`, both included, in order.

    Args:
        first: the local day from which weeks and months are counted. It is itself given only if the rule names it: a
            rule for Mondays that begins on a Wednesday gives its first Monday first.

    `recurrence.until` is not looked at, because it may name a time of day: see `ends_before`.
    """
    from_day = max(from_day, first)
    periods = _weeks if recurrence.frequency is Frequency.WEEKLY else _months
    for days in periods(recurrence, first, from_day, to_day):
        yield from (day for day in days if from_day <= day <= to_day)


def ends_before(until: date | datetime | None, local_start: datetime, zone: ZoneInfo) -> bool:
    """Say whether `until` is earlier than an occurrence.

    Args:
        local_start: the start on the clock of `zone`, without zone.
    """
    if until is None:
        return False
    if not isinstance(until, datetime):
        return until < local_start.date()
    if until.tzinfo is None:
        return until < local_start
    return until < local_start.replace(tzinfo=zone)


def _weeks(recurrence: Recurrence, first: date, from_day: date, to_day: date) -> Iterator[list[date]]:
    weekdays = recurrence.weekdays or (Weekday(first.weekday()),)
    step = 7 * recurrence.interval
    monday = first - timedelta(days=first.weekday())
    # Nobody walks through the years that have passed since the first week.
    monday += timedelta(days=(from_day - monday).days // step * step)
    while monday <= to_day:
        yield [monday + timedelta(days=weekday) for weekday in weekdays]
        monday += timedelta(days=step)


def _months(recurrence: Recurrence, first: date, from_day: date, to_day: date) -> Iterator[list[date]]:
    origin = _month_number(first)
    number = origin + (_month_number(from_day) - origin) // recurrence.interval * recurrence.interval
    while number <= _month_number(to_day):
        found = {_day_in_month(number, one) for one in recurrence.month_days}
        yield sorted(day for day in found if day is not None)
        number += recurrence.interval


def _month_number(day: date) -> int:
    return 12 * day.year + day.month - 1


def _first_of_month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _day_in_month(number: int, which: MonthDay) -> date | None:
    if which.ordinal == LAST:
        last = _first_of_month(number + 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - which.weekday) % 7)
    first = _first_of_month(number)
    day = first + timedelta(days=(which.weekday - first.weekday()) % 7 + 7 * (which.ordinal - 1))
    return day if day.month == first.month else None
