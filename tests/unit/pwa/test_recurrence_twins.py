"""What terminals make of a recurrence is what the server makes of it: the same days, the same instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.rules.occurrences import occurrences
from models.rules.recurrence import LAST, Frequency, MonthDay, Recurrence, Weekday
from models.rules.recurrence_text import read_recurrence, write_recurrence
from tests.unit.rules.zones import TIME_ZONES

PARIS, MIQUELON, NOUMEA = (ZoneInfo(name) for name in ("Europe/Paris", "America/Miquelon", "Pacific/Noumea"))
# The nights in which the clocks change, in both places that change them, from 2026 to 2028.
CHANGES = [
    date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1), date(2027, 3, 14), date(2027, 3, 28),
    date(2027, 10, 31), date(2027, 11, 7), date(2028, 3, 12), date(2028, 3, 26), date(2028, 10, 29), date(2028, 11, 5),
]  # fmt: skip
DAY = timedelta(days=1)
# As far as the dates screen looks for the next ones.
MOST = 8
# Beyond the longest silence of a rule: a fifth weekday, every twelfth month.
HORIZON = timedelta(days=12 * 366)

near_a_change = st.builds(lambda day, days: day + days * DAY, st.sampled_from(CHANGES), st.integers(-20, 8))
days = st.dates(date(2026, 1, 1), date(2028, 12, 31)) | near_a_change
# Quarters of an hour; the small hours often, because the clocks change in them.
clocks = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
clocks |= st.integers(0, 16).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
zones = st.sampled_from([PARIS, PARIS, MIQUELON, MIQUELON, NOUMEA, *TIME_ZONES])
ends = st.one_of(
    st.none(),
    days,
    st.builds(datetime.combine, days, clocks),
    st.builds(lambda day, clock: datetime.combine(day, clock, UTC), days, clocks),
)
weekdays = st.lists(st.sampled_from(Weekday), unique=True).map(lambda found: tuple(sorted(found)))
month_days = st.lists(
    st.builds(MonthDay, st.sampled_from([1, 2, 3, 4, 5, LAST]), st.sampled_from(Weekday)), min_size=1, unique=True
).map(lambda found: tuple(sorted(found)))
rules = st.one_of(
    st.builds(Recurrence, st.just(Frequency.WEEKLY), st.integers(1, 52), weekdays, until=ends),
    st.builds(Recurrence, st.just(Frequency.WEEKLY), st.integers(1, 2), weekdays, until=ends),
    st.builds(Recurrence, st.just(Frequency.MONTHLY), st.integers(1, 12), month_days=month_days, until=ends),
)


class Drawn:
    """One opening, as the server knows it and as its terminals are told of it."""

    def __init__(
        self, rule: Recurrence | None, day: date, clock: time, minutes: int, zone: ZoneInfo, fold: int
    ) -> None:
        self.rule, self.zone = rule, zone
        self.starts_at = datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC)
        self.ends_at = self.starts_at + timedelta(minutes=minutes)

    @property
    def first_day(self) -> date:
        return self.starts_at.astimezone(self.zone).date()

    @property
    def told(self) -> dict[str, Any]:
        text = None if self.rule is None else write_recurrence(self.rule)
        return {"starts_at": self.starts_at.isoformat(), "ends_at": self.ends_at.isoformat(), "recurrence": text}

    def occurrences(self, from_day: date, to_day: date) -> list[dict[str, Any]]:
        found = occurrences(self.starts_at, self.ends_at, self.rule, self.zone, from_day, to_day, {})
        return [{"day": str(one.original_day), **_times(one.starts_at, one.ends_at)} for one in found]

    def __repr__(self) -> str:
        return f"{self.told} in {self.zone}"


drawn = st.builds(
    Drawn, st.none() | rules, days, clocks, st.integers(1, 96).map(lambda n: 15 * n), zones, st.integers(0, 1)
)


# What is rare in a draw: windows whose beginning the spring night leaves out, one that begins in the first of two equal
# hours and ends in the second, and rules that end at an hour.
DAILY = tuple(Weekday)
W, M = Frequency.WEEKLY, Frequency.MONTHLY
UNTIL_EIGHT = datetime.combine(date(2026, 11, 30), time(8))
RARE = [
    (Drawn(Recurrence(W, 1, DAILY), date(2027, 3, 20), time(2, 30), 30, PARIS, 0), 5),
    (Drawn(Recurrence(W, 1, DAILY), date(2027, 3, 10), time(2, 15), 45, MIQUELON, 0), 2),
    (Drawn(Recurrence(W, 1, DAILY), date(2026, 10, 25), time(2, 30), 45, PARIS, 0), 0),
    (Drawn(Recurrence(W, 1, DAILY), date(2026, 10, 25), time(2, 30), 30, PARIS, 1), 0),
    (Drawn(Recurrence(W, 1, DAILY, until=UNTIL_EIGHT), date(2026, 11, 25), time(8), 60, PARIS, 0), 0),
    (Drawn(Recurrence(W, 1, DAILY, until=UNTIL_EIGHT), date(2026, 11, 25), time(8, 15), 60, PARIS, 0), 0),
    (Drawn(Recurrence(W, until=UNTIL_EIGHT.replace(tzinfo=UTC)), date(2026, 11, 24), time(19), 60, NOUMEA, 0), 5),
    (Drawn(Recurrence(M, 12, (), (MonthDay(5, Weekday.MO),)), date(2026, 2, 1), time(8), 60, PARIS, 0), 0),
]


def rare(test):
    for opening, later in RARE:
        test = example(opening, later)(test)
    return settings(max_examples=300)(test)


@rare
@given(drawn, st.integers(-40, 800))
def test_the_next_dates_are_those_that_the_server_gives(ask, opening, later):
    from_day = opening.first_day + later * DAY
    to_day = from_day + HORIZON
    answer = ask("occurrences", opening=opening.told, zone=str(opening.zone), **{"from": str(from_day)}, most=MOST)
    found = [_read(one) for one in answer["occurrences"] if one["day"] <= str(to_day)]
    assert found == opening.occurrences(from_day, to_day)[:MOST]


@rare
@given(drawn, st.integers(-10, 800))
def test_the_week_draws_what_the_server_gives(ask, opening, later):
    week = [opening.first_day + (later + number) * DAY for number in range(7)]
    answer = ask("week", opening=opening.told, zone=str(opening.zone), days=[str(day) for day in week])
    for day, found in zip(week, answer, strict=True):
        expected = [{key: one[key] for key in ("starts_at", "ends_at")} for one in opening.occurrences(day - DAY, day)]
        assert [_times(_instant(one["starts_at"]), _instant(one["ends_at"])) for one in found] == expected


@given(drawn.filter(lambda one: one.rule is not None))
def test_what_a_terminal_writes_is_read_as_the_same_days(ask, opening):
    first = str(opening.first_day)
    answer = ask("occurrences", opening=opening.told, zone=str(opening.zone), **{"from": first}, most=MOST)
    read = read_recurrence(answer["written"])
    assert (read.frequency, read.interval) == (opening.rule.frequency, opening.rule.interval)
    assert (read.weekdays, read.month_days) == (opening.rule.weekdays, opening.rule.month_days)
    last = opening.first_day + 800 * DAY
    before = opening.occurrences(opening.first_day, last)
    opening.rule = read
    assert opening.occurrences(opening.first_day, last) == before


def _times(starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    return {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _read(one: dict[str, str]) -> dict[str, str]:
    return {"day": one["day"], **_times(_instant(one["starts_at"]), _instant(one["ends_at"]))}
