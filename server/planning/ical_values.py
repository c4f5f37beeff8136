"""The values of an event that say when it is: times, lengths, rules (RFC 5545, sections 3.3.4 to 3.3.10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from icalendar.prop import vDDDTypes, vDuration, vRecur

from server.planning.errors import NotUnderstood
from server.planning.ical_lines import Property
from server.planning.ical_zones import FileZones

# Python's own calendar ends with the year 9999, and sums beyond it fail: nothing that is planned lies out there.
_TIME = re.compile(r"(19|20|21)[0-9]{6}(T[0-9]{6}Z?)?", re.ASCII)
_RULE_PARTS = frozenset(
    {
        "FREQ", "UNTIL", "COUNT", "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY",
        "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Length:
    """How long an event lasts: days on the calendar, then hours that pass (section 3.3.6)."""

    days: int
    rest: timedelta

    @classmethod
    def of(cls, duration: timedelta) -> Length:
        return cls(duration.days, timedelta(seconds=duration.seconds, microseconds=duration.microseconds))


def read_time(text: str, zone: tzinfo) -> date | datetime:
    """Read a day, or a time; one that is not in UTC is of `zone`.

    Raises:
        NotUnderstood: `bad_time`: it is neither, or of another century.
    """
    if not _TIME.fullmatch(text):
        raise NotUnderstood("bad_time")
    try:
        found = vDDDTypes.from_ical(text)  # type: ignore[no-untyped-call]
    except ValueError:
        raise NotUnderstood("bad_time") from None
    if not isinstance(found, datetime):
        return _day(found)
    return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=zone)


def read_times(properties: list[Property], zones: FileZones, floating: tzinfo) -> Iterator[date | datetime]:
    """Yield every time of a list of EXDATE, RDATE or the like; of a period its beginning.

    Args:
        floating: the zone of times that name none: that of the event's DTSTART, which programs forget to repeat.
    """
    for one in properties:
        zone = zone_of(one, zones, floating)
        for text in one.value.split(","):
            if text:
                yield read_time(text.partition("/")[0], zone)


def zone_of(one: Property, zones: FileZones, floating: tzinfo) -> tzinfo:
    """Return the zone that a property names, or `floating`.

    Raises:
        NotUnderstood: `unknown_zone`.
    """
    name = one.parameters.get("TZID")
    return zones.zone(name) if name else floating


def read_duration(text: str) -> timedelta:
    """Read a length of time.

    Raises:
        NotUnderstood: `bad_time`: it is none, negative, or longer than a year.
    """
    try:
        found: timedelta = vDuration.from_ical(text)  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        raise NotUnderstood("bad_time") from None
    if not timedelta(0) <= found <= timedelta(days=366):
        raise NotUnderstood("bad_time")
    return found


def read_period(text: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """Read `start/end` or `start/duration` (section 3.3.9) as instants.

    Raises:
        NotUnderstood: `bad_time`: it is no period.
    """
    first, _, second = text.partition("/")
    start = read_time(first, zone)
    if not isinstance(start, datetime):
        raise NotUnderstood("bad_time")
    start = start.astimezone(UTC)
    if second[:1] in ("P", "+", "-"):
        return start, start + read_duration(second)
    end = read_time(second, zone)
    if not isinstance(end, datetime) or end.astimezone(UTC) < start:
        raise NotUnderstood("bad_time")
    return start, end.astimezone(UTC)


def read_rule(text: str, start: date | datetime, zone: tzinfo) -> vRecur:
    """Read a recurrence rule, its end made comparable with `start`.

    Args:
        zone: the source's own, for days.

    Raises:
        NotUnderstood: `bad_rule`: it breaks section 3.3.10, or has parts of other standards, such as RSCALE (RFC 7529).
    """
    # Google ends rules with a semicolon, on which python-dateutil stumbles.
    parts = [one.strip().upper() for one in text.split(";") if one.strip()]
    names = [one.partition("=")[0] for one in parts]
    if not _RULE_PARTS.issuperset(names) or len(set(names)) < len(names) or "FREQ" not in names:
        raise NotUnderstood("bad_rule")
    until = next((one.removeprefix("UNTIL=") for one in parts if one.startswith("UNTIL=")), "")
    try:
        rule: vRecur = vRecur.from_ical(";".join(one for one in parts if not one.startswith("UNTIL=")))
    except (ValueError, KeyError):
        raise NotUnderstood("bad_rule") from None
    if any(number <= 0 for name in ("COUNT", "INTERVAL") for number in rule.get(name, ())):
        raise NotUnderstood("bad_rule")
    _spell_out_days(rule)
    if until:
        if "COUNT" in rule:
            raise NotUnderstood("bad_rule")
        rule["UNTIL"] = [_until(until, start, zone)]
    return rule


def _spell_out_days(rule: vRecur) -> None:
    """Give every weekday of a rule an ordinal when one of them has one.

    `BYDAY=MO,-1FR` means Mondays and the last Friday; python-dateutil takes days for which both are true: none.
    """
    days = [str(one) for one in rule.get("BYDAY", ())]
    plain = [one for one in days if len(one) == 2]
    if plain and len(plain) < len(days):
        # An ordinal counts within the month, or within the year of a yearly rule without months (section 3.3.10).
        most = 53 if rule["FREQ"][0] == "YEARLY" and "BYMONTH" not in rule else 5
        each = [f"{number}{day}" for day in plain for number in range(1, most + 1)]
        rule["BYDAY"] = vRecur.from_ical(f"BYDAY={','.join([*each, *(one for one in days if len(one) > 2)])}")["BYDAY"]


def _until(text: str, start: date | datetime, zone: tzinfo) -> date | datetime:
    """Return the end of a rule in the type that section 3.3.10 asks for; in feeds it is of every type.

    A day after which times follow is meant whole ("inclusive"). `recurring-ical-events` ends such a rule at the
    midnight that begins it, and lets an occurrence on that very day go.
    """
    if isinstance(start, datetime):
        until = read_time(text, start.tzinfo or zone)
        if not isinstance(until, datetime):
            until = datetime.combine(until, time(23, 59, 59), start.tzinfo)
        return until.astimezone(UTC)
    until = read_time(text, zone)
    if not isinstance(until, datetime):
        return until
    # Outlook writes the local midnight in UTC, on the day before; others a day in UTC with any time.
    local = until.astimezone(zone)
    return local.date() if local.time() == time(0) else until.date()


def _day(found: object) -> date:
    if not isinstance(found, date):
        raise NotUnderstood("bad_time")
    return found
