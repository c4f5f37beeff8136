"""The concrete times of an opening that comes back, and what a public holiday does to them.

The clock on the wall is what was agreed: an opening at 17:00 stays at 17:00 when the clocks change, so its instant in
UTC moves. A time that the spring night leaves out is read as if the clock had not been put forward, hence shown later
by what was skipped; one that the autumn night has twice is the first (PEP 495, fold 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.rules.errors import Invalid
from models.rules.recurrence import Recurrence, days_of, ends_before


@dataclass(frozen=True, slots=True)
class OccurrenceChange:
    """What was decided for one occurrence alone: other times (aware), or, with neither, that it is dropped.

    Raises:
        Invalid: `ends_at` is `missing` (one of the two alone) or `before_start`.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.starts_at is None) != (self.ends_at is None):
            raise Invalid("invalid_arguments", {"fields": {"ends_at" if self.starts_at else "starts_at": "missing"}})
        if self.starts_at is None or self.ends_at is None:
            return
        # Two times of one zone would be compared by their clocks, which the autumn night sets back.
        if self.ends_at.astimezone(UTC) <= self.starts_at.astimezone(UTC):
            raise Invalid("invalid_arguments", {"fields": {"ends_at": "before_start"}})


DROPPED = OccurrenceChange()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One concrete opening.

    Attributes:
        original_day: the local day that the rule gives: its name for ever, wherever it was moved to.
        starts_at, ends_at: aware, in UTC.
    """

    original_day: date
    starts_at: datetime
    ends_at: datetime


def occurrences(
    first_start: datetime,
    first_end: datetime,
    recurrence: Recurrence | None,
    zone: ZoneInfo,
    from_day: date,
    to_day: date,
    changes: Mapping[date, OccurrenceChange],
) -> list[Occurrence]:
    """Return the occurrences whose original day lies from `from_day` to `to_day`, both included, in that order.

    Args:
        first_start, first_end: aware; on the clock of `zone` they are the times of every occurrence.
        recurrence: None for an opening that takes place once. `to_day` is the horizon of one without end.
        changes: by original day. One for a day that the rule does not give is without effect.

    A moved occurrence is selected by its original day, not by the new one: so asking for adjoining ranges gives each
    occurrence exactly once.
    """
    first_start, first_end = first_start.astimezone(UTC), first_end.astimezone(UTC)
    start = first_start.astimezone(zone).replace(tzinfo=None, fold=0)
    end = first_end.astimezone(zone).replace(tzinfo=None, fold=0)
    first_day, length = start.date(), end - start
    if length <= timedelta(0):
        # It began in the first of two equal hours and ended in the second.
        length = first_end - first_start
    if recurrence is None:
        days = [first_day] if from_day <= first_day <= to_day else []
    else:
        days = list(days_of(recurrence, first_day, from_day, to_day))
    found = []
    for day in days:
        local_start = datetime.combine(day, start.time())
        if recurrence is not None and ends_before(recurrence.until, local_start, zone):
            break
        change = changes.get(day)
        if change == DROPPED:
            continue
        if change is not None and change.starts_at is not None and change.ends_at is not None:
            times = change.starts_at.astimezone(UTC), change.ends_at.astimezone(UTC)
        elif day == first_day:
            # These instants are known; reading them off the clock would lose the second of two equal hours.
            times = first_start, first_end
        else:
            times = _instants(local_start, length, zone)
        found.append(Occurrence(day, *times))
    return found


def _instants(local_start: datetime, length: timedelta, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants of a time on the clock and of the one `length` later on the same clock."""
    starts_at = local_start.replace(tzinfo=zone).astimezone(UTC)
    ends_at = (local_start + length).replace(tzinfo=zone).astimezone(UTC)
    # From 2:30, which does not exist, to 3:00, which does: the opening keeps its length, later by what was skipped.
    return starts_at, ends_at if ends_at > starts_at else starts_at + length


class HolidayRule(StrEnum):
    """What an opening does on public holidays."""

    CLOSED = "closed"
    OPEN = "open"
    ONLY = "only"


class ClosureCode(StrEnum):
    """Why nobody receives; the words are those that an occurrence's row keeps."""

    PUBLIC_HOLIDAY = "holiday"
    NO_PUBLIC_HOLIDAY = "not_holiday"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Closure:
    """Why an occurrence is closed; `name` is the holiday's, in French, or empty."""

    code: ClosureCode
    name: str = ""


def holiday_verdict(rule: HolidayRule, holiday_name: str | None) -> str | None:
    """Say why an occurrence is closed on a day: `holiday:Toussaint`, `not_holiday`; None when it is open.

    Args:
        holiday_name: of the local day on which the occurrence begins; None when that is no public holiday.

    `read_closure` takes it apart into the code and the name, which an occurrence's row keeps side by side.
    """
    if rule is HolidayRule.CLOSED and holiday_name is not None:
        return f"{ClosureCode.PUBLIC_HOLIDAY}:{holiday_name}"
    if rule is HolidayRule.ONLY and holiday_name is None:
        return str(ClosureCode.NO_PUBLIC_HOLIDAY)
    return None


def read_closure(text: str) -> Closure:
    """Take apart what `holiday_verdict` gave.

    Raises:
        ValueError: it did not give this.
    """
    code, _, name = text.partition(":")
    return Closure(ClosureCode(code), name)


def closed_because(
    occurrence: Occurrence, rule: HolidayRule, holidays: Mapping[date, str], zone: ZoneInfo
) -> str | None:
    """Return `holiday_verdict` for the local day on which `occurrence` really begins, after a move too."""
    return holiday_verdict(rule, holidays.get(occurrence.starts_at.astimezone(zone).date()))
