"""How long an opening goes on, from its first occurrence to its last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.rules.occurrences import DROPPED, Occurrence, OccurrenceChange, occurrences
from models.rules.recurrence import Recurrence

# Nobody plans a brigade's time for longer; without an end it goes on until somebody withdraws it.
LONGEST_SERIES = timedelta(days=5 * 366)
# How far ahead the occurrences of an approved opening are stored: beyond any reason's horizon (366 days).
HORIZON = timedelta(days=400)


class NoOccurrence(Exception):
    """A recurrence that cannot be kept; `code` is `no_occurrence` or `too_far`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def series_end(
    starts_at: datetime,
    ends_at: datetime,
    recurrence: Recurrence | None,
    zone: ZoneInfo,
    now: datetime,
    changes: Mapping[date, OccurrenceChange] | None = None,
) -> datetime | None:
    """Return when the last occurrence is over; None for an opening without end.

    Args:
        starts_at, ends_at: of the first occurrence, aware.
        changes: what was decided for single occurrences; a dropped one counts with its old times, because it can
            still be restored.

    Raises:
        NoOccurrence: the rule gives no day at all, or ends more than five years after `now`.
    """
    changes = {day: change for day, change in (changes or {}).items() if change != DROPPED}
    if recurrence is None:
        last = starts_at.astimezone(zone).date()
    elif recurrence.until is None:
        # Every week has every weekday; a fifth Monday may be years away, or never come.
        years = starts_at.astimezone(zone).date() + _LONGEST_PAUSE
        if recurrence.month_days and not _some(starts_at, ends_at, recurrence, zone, years, {}):
            raise NoOccurrence("no_occurrence")
        return None
    else:
        last = _last_day(recurrence.until)
        # The unit's day: it may have begun where terminals count from it, and not yet in UTC.
        if last > now.astimezone(zone).date() + LONGEST_SERIES:
            raise NoOccurrence("too_far")
    found = _some(starts_at, ends_at, recurrence, zone, last, changes)
    if not found:
        raise NoOccurrence("no_occurrence")
    return max(one.ends_at for one in found)


def occurrence_on(
    day: date,
    starts_at: datetime,
    ends_at: datetime,
    recurrence: Recurrence | None,
    zone: ZoneInfo,
    change: OccurrenceChange | None = None,
) -> Occurrence | None:
    """Return the occurrence that the rule gives on `day`, as changed; a dropped one has its old times. None: none."""
    changes = {day: change} if change is not None and change != DROPPED else {}
    return next(iter(occurrences(starts_at, ends_at, recurrence, zone, day, day, changes)), None)


# A fifth weekday, every twelfth month: the longest that a rule can be silent before its first day.
_LONGEST_PAUSE = timedelta(days=12 * 366)


def _last_day(until: date | datetime) -> date:
    if not isinstance(until, datetime):
        return until
    # The day after, for zones that are ahead of UTC.
    return until.date() if until.tzinfo is None else until.astimezone(UTC).date() + timedelta(days=1)


def _some(
    starts_at: datetime,
    ends_at: datetime,
    recurrence: Recurrence | None,
    zone: ZoneInfo,
    last: date,
    changes: Mapping[date, OccurrenceChange],
) -> list[Occurrence]:
    return occurrences(starts_at, ends_at, recurrence, zone, starts_at.astimezone(zone).date(), last, changes)
