"""The weekly value: what it refuses, and that reading is the inverse of printing."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.opening_hours import (
    ALWAYS_OPEN,
    UNKNOWN_WEEK,
    Day,
    DayHours,
    TimeRange,
    WeeklyHours,
    from_json,
    merge,
    print_hours,
    to_json,
)
from models.rules.opening_hours_reading import read_hours

ranges = (
    st.tuples(st.integers(0, 1439), st.integers(1, 1440))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: TimeRange(*pair))
)
rows: st.SearchStrategy[DayHours] = st.none() | st.lists(ranges, max_size=4).map(merge)
weeks = st.lists(rows, min_size=8, max_size=8).map(lambda days: WeeklyHours(tuple(days)))


@given(weeks)
def test_reading_is_the_inverse_of_printing(weekly):
    parsed = read_hours(print_hours(weekly))
    assert parsed.weekly == weekly
    assert parsed.problems == ()


@given(weeks)
def test_json_keeps_everything(weekly):
    assert from_json(to_json(weekly)) == weekly


@given(st.text(alphabet="lundimarcejvsh:-,;$0123456789 é<>/", max_size=80) | st.text(max_size=80))
def test_reading_never_raises_and_always_gives_ordered_and_separate_ranges(text):
    for hours in read_hours(text).weekly.days:
        for before, after in zip(hours or (), (hours or ())[1:], strict=False):
            assert before.end < after.start


@given(st.lists(ranges, max_size=8))
def test_merging_keeps_the_same_minutes(many):
    def minutes(some: Iterable[TimeRange]) -> set[int]:
        return {minute for one in some for minute in range(one.start, one.end)}

    assert minutes(merge(many)) == minutes(many)


@pytest.mark.parametrize(("start", "end"), [(10, 10), (20, 10), (-1, 5), (0, 1441)])
def test_a_range_lies_within_one_day(start, end):
    with pytest.raises(ValueError, match="not a range"):
        TimeRange(start, end)


@pytest.mark.parametrize("second", [TimeRange(60, 120), TimeRange(30, 90)])
def test_a_row_refuses_ranges_that_touch_or_overlap(second):
    with pytest.raises(ValueError, match="not apart"):
        WeeklyHours(((TimeRange(0, 60), second), *(None,) * 7))


def test_a_week_has_eight_rows():
    with pytest.raises(ValueError, match="8 rows"):
        WeeklyHours((None,) * 7)


def test_an_unknown_row_name_is_refused():
    with pytest.raises(ValueError, match="caturday"):
        from_json({"caturday": []})


def test_closed_and_unknown_are_told_apart():
    weekly = WeeklyHours(((), *(None,) * 7))
    assert to_json(weekly) == {"monday": []}
    assert weekly[Day.MONDAY] == ()
    assert weekly[Day.TUESDAY] is None
    assert weekly.is_known
    assert not UNKNOWN_WEEK.is_known
    assert from_json(None) == UNKNOWN_WEEK


def test_open_day_and_night_has_its_own_spelling():
    assert print_hours(ALWAYS_OPEN) == "24h/24 - 7j/7"
