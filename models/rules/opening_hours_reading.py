"""Read every spelling of opening hours found in the field into one weekly value.

Four spellings say the same things: the ministry's text with or without `$` between the days
(`$Lundi : 8h00-12h00 14h00-18h00$Mardi : …`), its columns (`lundi_plage1_debut` …), `24h/24 - 7j/7`, and the
directory's text (`lundi-vendredi 08:30-12:00,13:30-17:00;samedi-samedi …`) or XML (`<PlageJ début="lundi" …>`).
Nothing raises: what cannot be understood is named as a problem and the rest is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.rules.opening_hours import (
    ALWAYS_OPEN,
    MINUTES_IN_A_DAY,
    UNKNOWN_WEEK,
    Day,
    DayHours,
    TimeRange,
    WeeklyHours,
    merge,
)


class ProblemKind(StrEnum):
    """What can be wrong with a schedule; each value is also what a report prints."""

    OVERLAP = "ranges of one day overlap"
    EMPTY_RANGE = "range without length"
    REVERSED_RANGE = "range ends before it starts"
    BEYOND_MIDNIGHT = "range goes on after midnight"
    UNKNOWN_DAY = "hours without a day"
    REVERSED_DAYS = "days in reverse order"
    DAY_WITHOUT_HOURS = "day without hours"
    UNREADABLE_TIME = "not a time of day"
    UNREADABLE_TEXT = "text that is not hours"


@dataclass(frozen=True, slots=True)
class HoursProblem:
    """One thing that was wrong; `text` is the fragment as printed."""

    kind: ProblemKind
    text: str
    day: Day | None = None

    def __str__(self) -> str:
        where = f"{self.day.name.lower()}: " if self.day is not None else ""
        return f"{where}{self.kind.value} ({self.text})"


@dataclass(frozen=True, slots=True)
class ParsedHours:
    """The week that could be read, and everything that was wrong on the way."""

    weekly: WeeklyHours
    problems: tuple[HoursProblem, ...] = ()


@dataclass
class _Draft:
    """The week while it is being read."""

    ranges: dict[Day, list[TimeRange]] = field(default_factory=dict)
    unknown: set[Day] = field(default_factory=set)
    problems: list[HoursProblem] = field(default_factory=list)

    def name(self, kind: ProblemKind, text: str, day: Day | None = None) -> None:
        self.problems.append(HoursProblem(kind, text.strip(), day))

    def add(self, day: Day, start: int | None, end: int | None, text: str) -> None:
        """Add one range as printed to a row, or name why it cannot be."""
        if start is None or end is None:
            self.name(ProblemKind.UNREADABLE_TIME, text, day)
        elif start == end:
            self.name(ProblemKind.EMPTY_RANGE, text, day)
        elif end == 0:
            # An end at 0h00 means the midnight that closes the day.
            self._keep(day, TimeRange(start, MINUTES_IN_A_DAY), text)
            return
        elif start > end and start >= 18 * 60 and end <= 8 * 60:
            # A night counter: what follows midnight belongs to the next row; a holiday has no known next day.
            self.name(ProblemKind.BEYOND_MIDNIGHT, text, day)
            self._keep(day, TimeRange(start, MINUTES_IN_A_DAY), text)
            if day is not Day.HOLIDAY:
                self._keep(Day((day + 1) % 7), TimeRange(0, end), text)
            return
        elif start > end:
            self.name(ProblemKind.REVERSED_RANGE, text, day)
        else:
            self._keep(day, TimeRange(start, end), text)
            return
        # A row of which nothing could be read is not known; it must not pass for closed.
        self.unknown.add(day)

    def _keep(self, day: Day, one: TimeRange, text: str) -> None:
        row = self.ranges.setdefault(day, [])
        if any(one.start < other.end and other.start < one.end for other in row):
            self.name(ProblemKind.OVERLAP, text, day)
        row.append(one)

    def finish(self) -> ParsedHours:
        if not self.ranges and not self.unknown:
            return ParsedHours(UNKNOWN_WEEK, tuple(self.problems))
        rows: list[DayHours] = []
        for day in Day:
            if self.ranges.get(day):
                rows.append(merge(self.ranges[day]))
            elif day in self.ranges:
                rows.append(())
            elif day in self.unknown or day is Day.HOLIDAY or not self.ranges:
                rows.append(None)
            else:
                # A week that names some days says that the others are closed.
                rows.append(())
        return ParsedHours(WeeklyHours(tuple(rows)), tuple(self.problems))


_DAYS = {
    "lundi": Day.MONDAY,
    "mardi": Day.TUESDAY,
    "mercredi": Day.WEDNESDAY,
    "jeudi": Day.THURSDAY,
    "vendredi": Day.FRIDAY,
    "samedi": Day.SATURDAY,
    "dimanche": Day.SUNDAY,
}
_TIME = r"\d{1,3}\s?(?:h|:)\s?(?:\d{1,3}(?::\d\d)?)?"
_TOKEN = re.compile(
    rf"""(?P<always>24\s?h?\s?/\s?24(?:\s?h)?(?:\s*(?:-|,|et)?\s*7\s?j?\s?/\s?7(?:\s?j)?)?)
    |(?P<day>\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\b|\bjours?\s+feries?\b|\bferies?\b)
    |(?P<range>{_TIME}\s*(?:-|–|a)\s*{_TIME})
    |(?P<closed>\bfermee?s?\b|\bfermeture\b)
    |(?P<unknown>\binconnue?s?\b)
    |(?P<span>\bau\b|\ba\b|-|–)
    |(?P<seal>[$;:])
    |(?P<blank>[\s|,./]+|\bet\b|\bde\b|\bdu\b|\bles?\b)
    |(?P<other>[^\s$|;,]+)""",
    re.VERBOSE,
)


def fold(text: str) -> str:
    """Return `text` in lower case without accents, of the same length when it is composed French."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in unicodedata.normalize("NFC", text.casefold()))


def read_minutes(text: str) -> int | None:
    """Read `8h00`, `8h`, `08:30` or `08:30:00` as minutes since midnight; `None` when it is no time of day."""
    match = re.fullmatch(r"\s*(\d{1,2})\s?[h:]\s?(\d{2})?(?::\d\d)?\s*", text.casefold())
    if match is None:
        return None
    minutes = int(match[1]) * 60 + int(match[2] or 0)
    return minutes if int(match[2] or 0) < 60 and minutes <= MINUTES_IN_A_DAY else None


def read_hours(text: str) -> ParsedHours:
    """Read a schedule as printed, in any of the spellings; an empty text is a week of which nothing is known."""
    if "<" in text:
        return _read_xml(text)
    draft = _Draft()
    days: list[Day] = []  # The days that the coming ranges are for.
    opened = False  # Whether those days have already been given hours.
    sealed = False  # Whether a separator closed the list of days, so that a further day is not one of them.
    span = False  # Whether the last token was "au" or "-", so that the next day ends a span.
    for kind, printed in _tokens(text):
        if kind == "day":
            day = _day(printed)
            if days and sealed and not opened:
                draft.name(ProblemKind.DAY_WITHOUT_HOURS, printed, days[-1])
                draft.unknown.update(days)
            if opened or sealed:
                days, opened, sealed = [], False, False
            days += _between(days[-1], day, draft) if span and days else [day]
            span = False
        elif kind == "seal":
            sealed, span = bool(days), False
        elif kind == "always":
            draft = _always(draft, days, printed)
            opened = True
        elif kind == "range":
            if not days:
                draft.name(ProblemKind.UNKNOWN_DAY, printed)
            start, end = _ends(printed)
            for day in days:
                draft.add(day, start, end, printed)
            opened = True
        elif kind in ("closed", "unknown"):
            for day in days:
                if kind == "closed":
                    draft.ranges.setdefault(day, [])
                else:
                    draft.unknown.add(day)
            opened = True
        elif kind == "span":
            span = True
        elif kind == "other":
            draft.name(ProblemKind.UNREADABLE_TEXT, printed, days[-1] if days else None)
            draft.unknown.update(days)
            opened = True
    if days and not opened:
        draft.name(ProblemKind.DAY_WITHOUT_HOURS, text, days[-1])
        draft.unknown.update(days)
    return draft.finish()


def read_columns(row: Mapping[str, str]) -> ParsedHours:
    """Read `lundi_plage1_debut` … `jours_feries_plage3_fin`; other columns are ignored, absent ones are empty."""
    draft = _Draft()
    for name, day in {**_DAYS, "jours_feries": Day.HOLIDAY}.items():
        for number in (1, 2, 3):
            start = (row.get(f"{name}_plage{number}_debut") or "").strip()
            end = (row.get(f"{name}_plage{number}_fin") or "").strip()
            if start or end:
                draft.add(day, read_minutes(start), read_minutes(end), f"{start}-{end}")
    return draft.finish()


def _read_xml(text: str) -> ParsedHours:
    # The fragments are tiny and regular; a pattern reads them without a parser that expands entities.
    draft = _Draft()
    for days_from, days_to, inner in re.findall(r'<PlageJ début="([^"]*)" fin="([^"]*)"\s*>(.*?)</PlageJ>', text, re.S):
        first, last = _DAYS.get(fold(days_from)), _DAYS.get(fold(days_to))
        ranges = re.findall(r'<PlageH début="([^"]*)" fin="([^"]*)"', inner)
        if first is None or last is None:
            draft.name(ProblemKind.UNKNOWN_DAY, f"{days_from}-{days_to}")
            continue
        for day in [first, *_between(first, last, draft)]:
            if not ranges:
                draft.name(ProblemKind.DAY_WITHOUT_HOURS, inner, day)
                draft.unknown.add(day)
            for start, end in ranges:
                draft.add(day, read_minutes(start), read_minutes(end), f"{start}-{end}")
    return draft.finish()


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(fold(text)):
        kind = match.lastgroup
        if kind is not None and kind != "blank":
            yield kind, match[0]


def _day(printed: str) -> Day:
    return Day.HOLIDAY if "ferie" in printed else _DAYS[printed.removesuffix("s")]


def _between(first: Day, last: Day, draft: _Draft) -> list[Day]:
    """Return the days after `first` up to and with `last`; a span over the week-end wraps and is named."""
    if Day.HOLIDAY in (first, last):
        return [last] if last is not first else []
    if last < first:
        draft.name(ProblemKind.REVERSED_DAYS, f"{first.name.lower()}-{last.name.lower()}")
    return [Day((first + step) % 7) for step in range(1, (last - first) % 7 + 1)]


def _ends(printed: str) -> tuple[int | None, int | None]:
    start, end = re.split(r"[-–a]", printed, maxsplit=1)
    return read_minutes(start), read_minutes(end)


def _always(draft: _Draft, days: list[Day], printed: str) -> _Draft:
    if days:
        for day in days:
            draft.add(day, 0, MINUTES_IN_A_DAY, printed)
        return draft
    for day in Day:
        draft.ranges[day] = list(ALWAYS_OPEN[day] or ())
    return draft
