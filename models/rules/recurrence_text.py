"""Recurrences as text: the value of an RRULE (RFC 5545, section 3.3.10), which the database and terminals carry.

Planning tools write more than a brigade needs. What is outside the subset is refused by name rather than read as
something else: a rule half understood would open a door when nobody is there.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from models.rules.errors import Invalid
from models.rules.recurrence import (
    MOST_MONTHS,
    MOST_WEEKS,
    ORDINALS,
    Frequency,
    MonthDay,
    Recurrence,
    Weekday,
)

FIELD = "recurrence"
LONGEST = 200
_PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYSETPOS", "UNTIL", "WKST"})
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}", re.ASCII)
_UNTIL = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?", re.ASCII)


def read_recurrence(text: str) -> Recurrence:
    """Read the value of an RRULE; capitals, a leading `RRULE:` and a trailing `;` do not matter.

    `BYDAY=TU;BYSETPOS=4` is read as `BYDAY=4TU`, which means the same.

    Raises:
        Invalid: `detail["fields"]["recurrence"]` is one of the codes below, and `detail["part"]` the part concerned.
            `unreadable` (no `NAME=value`, or over 200 characters), `part_twice`, `part_unsupported` (COUNT, BYMONTHDAY
            and whatever else exists), `frequency_unsupported` (neither WEEKLY nor MONTHLY), `interval_out_of_range`
            (1 to 52 weeks, 1 to 12 months), `weekdays_unreadable`, `weekdays_missing` (monthly), `ordinal_missing`
            (monthly: which Tuesday?), `ordinal_unsupported` (weekly ones have none; monthly ones 1 to 5 and -1;
            BYSETPOS only beside one weekday), `week_start_unsupported` (weeks begin on Monday), `until_unreadable`.
    """
    parts = _parts(text)
    frequency = _frequency(parts.get("FREQ", ""))
    interval = _interval(parts.get("INTERVAL", "1"), frequency)
    if parts.get("WKST", "MO") != "MO":
        raise _invalid("week_start_unsupported", "WKST")
    until = _until(parts["UNTIL"]) if "UNTIL" in parts else None
    days = _days(parts["BYDAY"]) if "BYDAY" in parts else []
    if frequency is Frequency.MONTHLY:
        return Recurrence(frequency, interval, month_days=_month_days(days, parts.get("BYSETPOS")), until=until)
    if "BYSETPOS" in parts or any(ordinal is not None for ordinal, _ in days):
        raise _invalid("ordinal_unsupported", "BYSETPOS" if "BYSETPOS" in parts else "BYDAY")
    return Recurrence(frequency, interval, weekdays=tuple(sorted({weekday for _, weekday in days})), until=until)


def write_recurrence(recurrence: Recurrence) -> str:
    """Return the one spelling that `read_recurrence` reads back as the same value, parts always in the same order."""
    parts = [f"FREQ={recurrence.frequency}"]
    if recurrence.interval != 1:
        parts.append(f"INTERVAL={recurrence.interval}")
    days = [weekday.name for weekday in recurrence.weekdays]
    days += [f"{one.ordinal}{one.weekday.name}" for one in recurrence.month_days]
    if days:
        parts.append(f"BYDAY={','.join(days)}")
    if recurrence.until is not None:
        parts.append(f"UNTIL={_print_until(recurrence.until)}")
    return ";".join(parts)


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    text = text.strip().upper().removeprefix("RRULE:")
    if not text or len(text) > LONGEST:
        raise _invalid("unreadable", "FREQ")
    # Google Calendar ends its rules with a separator.
    for part in text.removesuffix(";").split(";"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (equals and name and value):
            raise _invalid("unreadable", name)
        if name not in _PARTS:
            raise _invalid("part_unsupported", name)
        if name in parts:
            raise _invalid("part_twice", name)
        parts[name] = value
    return parts


def _frequency(value: str) -> Frequency:
    try:
        return Frequency(value)
    except ValueError:
        raise _invalid("frequency_unsupported", "FREQ") from None


def _interval(value: str, frequency: Frequency) -> int:
    most = MOST_WEEKS if frequency is Frequency.WEEKLY else MOST_MONTHS
    if not _NUMBER.fullmatch(value) or not 1 <= int(value) <= most:
        raise _invalid("interval_out_of_range", "INTERVAL")
    return int(value)


def _days(value: str) -> list[tuple[int | None, Weekday]]:
    days: list[tuple[int | None, Weekday]] = []
    for item in value.split(","):
        match = _DAY.fullmatch(item.strip())
        if match is None:
            raise _invalid("weekdays_unreadable", "BYDAY")
        days.append((int(match[1]) if match[1] else None, Weekday[match[2]]))
    return days


def _month_days(days: list[tuple[int | None, Weekday]], positions: str | None) -> tuple[MonthDay, ...]:
    if not days:
        raise _invalid("weekdays_missing", "BYDAY")
    if positions is None:
        if any(ordinal is None for ordinal, _ in days):
            raise _invalid("ordinal_missing", "BYDAY")
        found = {MonthDay(ordinal, weekday) for ordinal, weekday in days if ordinal is not None}
    else:
        # « The first of Monday to Friday » counts across weekdays; the second Tuesday is all that is said here.
        if len(days) != 1 or days[0][0] is not None:
            raise _invalid("ordinal_unsupported", "BYSETPOS")
        found = {MonthDay(_ordinal(item.strip()), days[0][1]) for item in positions.split(",")}
    if any(one.ordinal not in ORDINALS for one in found):
        raise _invalid("ordinal_unsupported", "BYDAY" if positions is None else "BYSETPOS")
    return tuple(sorted(found))


def _ordinal(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise _invalid("ordinal_unsupported", "BYSETPOS")
    return int(text)


def _until(value: str) -> date | datetime:
    if not _UNTIL.fullmatch(value):
        raise _invalid("until_unreadable", "UNTIL")
    try:
        if len(value) == 8:
            return date(int(value[:4]), int(value[4:6]), int(value[6:]))
        clock = datetime.strptime(value[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 (a time without zone is meant)
    except ValueError:
        raise _invalid("until_unreadable", "UNTIL") from None
    return clock.replace(tzinfo=UTC) if value.endswith("Z") else clock


def _print_until(until: date | datetime) -> str:
    # `isoformat` writes years before 1000 with four digits; `strftime` does not everywhere.
    if not isinstance(until, datetime):
        return until.isoformat().replace("-", "")
    mark = "" if until.tzinfo is None else "Z"
    local = until if until.tzinfo is None else until.astimezone(UTC)
    return local.replace(tzinfo=None, microsecond=0).isoformat().replace("-", "").replace(":", "") + mark


def _invalid(code: str, part: str) -> Invalid:
    return Invalid("invalid_arguments", {"fields": {FIELD: code}, "part": part})
