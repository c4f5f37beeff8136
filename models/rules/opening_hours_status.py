"""What to tell a citizen about the hours of a unit: today's, whether it is open, when it opens next."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.opening_hours import MINUTES_IN_A_DAY, Day, DayHours, WeeklyHours

# A brigade that opens one half-day a week may lose that one to a public holiday, and the next one too.
DAYS_LOOKED_AHEAD = 22


@dataclass(frozen=True, slots=True)
class OpeningStatus:
    """The answer at one instant.

    Attributes:
        day: the local date at the unit.
        is_holiday: whether the holiday row was read instead of the weekday's.
        today: that date's ranges in local minutes; `()` closed, `None` not known.
        is_open: `None` when today's hours are not known.
        closes_at: aware, in the unit's zone, only while open.
        opens_at: the next known opening, aware, in the unit's zone; `None` when none is known in three weeks.
    """

    day: date
    is_holiday: bool
    today: DayHours
    is_open: bool | None
    closes_at: datetime | None
    opens_at: datetime | None


def hours_on(weekly: WeeklyHours, day: date, holidays: Container[date] = ()) -> DayHours:
    """Return the ranges of `day`; on a public holiday only the eighth row counts."""
    return weekly[Day.HOLIDAY if day in holidays else Day(day.weekday())]


def describe(weekly: WeeklyHours, now: datetime, zone: ZoneInfo, holidays: Container[date] = ()) -> OpeningStatus:
    """Say what the hours mean at `now` for a unit in `zone`.

    Args:
        weekly: the unit's week.
        now: any aware instant.
        zone: the unit's own zone, never the citizen's.
        holidays: the public holidays of the unit's holiday zone.

    Raises:
        ValueError: `now` is naive.
    """
    if now.tzinfo is None:
        raise ValueError("an aware instant is needed to know the time at the unit")
    local = now.astimezone(zone)
    today = local.date()
    hours = hours_on(weekly, today, holidays)
    minute = local.hour * 60 + local.minute
    current = next((one for one in hours or () if one.start <= minute < one.end), None)
    return OpeningStatus(
        day=today,
        is_holiday=today in holidays,
        today=hours,
        is_open=None if hours is None else current is not None,
        closes_at=_closing(weekly, today, current.end, zone, holidays) if current is not None else None,
        opens_at=next((start for start in _openings(weekly, today, zone, holidays) if start > now), None),
    )


def _openings(weekly: WeeklyHours, first: date, zone: ZoneInfo, holidays: Container[date]) -> Iterator[datetime]:
    open_until_midnight = False
    for step in range(DAYS_LOOKED_AHEAD):
        day = first + timedelta(days=step)
        hours = hours_on(weekly, day, holidays) or ()
        for one in hours:
            # Midnight inside one long opening is not an opening.
            if not (one.start == 0 and open_until_midnight):
                yield _at(day, one.start, zone)
        open_until_midnight = bool(hours) and hours[-1].end == MINUTES_IN_A_DAY


def _closing(weekly: WeeklyHours, day: date, end: int, zone: ZoneInfo, holidays: Container[date]) -> datetime | None:
    """Follow an opening over midnight; `None` when it does not end within three weeks (open day and night)."""
    for _ in range(DAYS_LOOKED_AHEAD):
        if end < MINUTES_IN_A_DAY:
            return _at(day, end, zone)
        following = hours_on(weekly, day + timedelta(days=1), holidays) or ()
        if not following or following[0].start > 0:
            return _at(day, end, zone)
        day, end = day + timedelta(days=1), following[0].end
    return None


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    whole_days, rest = divmod(minutes, MINUTES_IN_A_DAY)
    return datetime.combine(day + timedelta(days=whole_days), time(rest // 60, rest % 60), tzinfo=zone)
