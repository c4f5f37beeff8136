"""A time zone as a calendar carries it: VTIMEZONE (RFC 5545, section 3.6.5), made from the IANA data of this machine.

Each of our zones either stands still or changes twice a year on the same Sundays, in Paris on others than in Miquelon.
Such a rule is written as a rule, because Outlook reads nothing else; were a zone to change in any other way, each
change would be written out by itself.
"""

from __future__ import annotations

import calendar
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.calendars.content_lines import value_line

# So many years tell the last Sunday of a month from its fourth.
_YEARS = 8
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LAST = -1


@dataclass(frozen=True)
class _Change:
    """The clocks go from one distance to UTC to another; `local` is what they show just before."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool


@functools.cache
def zone_lines(name: str, first_year: int) -> tuple[str, ...]:
    """The lines that define the zone `name` for whatever happens from `first_year` on.

    Raises:
        ZoneInfoNotFoundError: there is no such zone.
    """
    zone = ZoneInfo(name)
    # The winter in which `first_year` begins has begun in the year before.
    began = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    changes = _changes(zone, began, datetime(first_year - 1 + _YEARS, 1, 1, tzinfo=UTC))
    return ("BEGIN:VTIMEZONE", value_line("TZID", name), *_observances(zone, began, changes), "END:VTIMEZONE")


def _observances(zone: ZoneInfo, began: datetime, changes: list[_Change]) -> Iterable[str]:
    if not changes:
        at = began.astimezone(zone)
        offset = at.utcoffset() or timedelta(0)
        return _observance(_Change(began.replace(tzinfo=None), offset, offset, at.tzname() or "", summer=False))
    kinds = [[one for one in changes if one.summer == summer] for summer in (True, False)]
    rules = [_rule(kind) for kind in kinds]
    if all(rules):
        return [line for kind, rule in zip(kinds, rules, strict=True) for line in _observance(kind[0], rule)]
    return [line for one in changes for line in _observance(one)]


def _observance(change: _Change, rule: str | None = None) -> list[str]:
    kind = "DAYLIGHT" if change.summer else "STANDARD"
    return [
        f"BEGIN:{kind}",
        value_line("DTSTART", f"{change.local:%Y%m%dT%H%M%S}"),
        *([value_line("RRULE", rule)] if rule else []),
        value_line("TZOFFSETFROM", _offset(change.before)),
        value_line("TZOFFSETTO", _offset(change.after)),
        value_line("TZNAME", change.name),
        f"END:{kind}",
    ]


def _rule(changes: list[_Change]) -> str | None:
    """The yearly rule that these changes, one a year, follow; None when there is none."""
    if len(changes) != _YEARS or len({(one.local.time(), one.before, one.after, one.name) for one in changes}) > 1:
        return None
    if len({(one.local.month, one.local.weekday()) for one in changes}) > 1:
        return None
    local = changes[0].local
    numbers = {(one.local.day - 1) // 7 + 1 for one in changes}
    if len(numbers) == 1:
        number = numbers.pop()
    elif all(one.local.day + 7 > calendar.monthrange(one.local.year, one.local.month)[1] for one in changes):
        number = _LAST
    else:
        return None
    return f"FREQ=YEARLY;BYMONTH={local.month};BYDAY={number}{_WEEKDAYS[local.weekday()]}"


def _changes(zone: ZoneInfo, since: datetime, until: datetime) -> list[_Change]:
    """Every change in between; no zone changes twice within a day."""
    found, at = [], since
    while at < until:
        if _offset_at(zone, at) != _offset_at(zone, at + timedelta(days=1)):
            found.append(_change(zone, at))
        at += timedelta(days=1)
    return found


def _change(zone: ZoneInfo, before: datetime) -> _Change:
    """The change within a day of `before`, to the minute."""
    lower, upper = 0, 24 * 60
    while upper - lower > 1:
        middle = (lower + upper) // 2
        if _offset_at(zone, before + timedelta(minutes=middle)) == _offset_at(zone, before):
            lower = middle
        else:
            upper = middle
    at = before + timedelta(minutes=upper)
    old, local = _offset_at(zone, before), at.astimezone(zone)
    shown = at.replace(tzinfo=None) + old
    return _Change(shown, old, _offset_at(zone, at), local.tzname() or "", summer=bool(local.dst()))


def _offset_at(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _offset(offset: timedelta) -> str:
    sign = "-" if offset < timedelta(0) else "+"
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}"
