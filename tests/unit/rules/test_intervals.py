from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.intervals import Interval, among, free_times, merged
from tests.support.seed import NOW


def minutes(start: int, end: int) -> Interval:
    return Interval(NOW + timedelta(minutes=start), NOW + timedelta(minutes=end))


@pytest.mark.parametrize(
    ("busy", "free"),
    [
        ([], [(0, 120)]),
        ([(0, 120)], []),
        ([(-30, 150)], []),
        ([(-30, 0), (120, 150)], [(0, 120)]),
        ([(-30, 30), (45, 105)], [(30, 45), (105, 120)]),
        ([(100, 150), (45, 60), (0, 10)], [(10, 45), (60, 100)]),
        ([(0, 60), (15, 45)], [(60, 120)]),
        ([(15, 45), (30, 60), (60, 90)], [(0, 15), (90, 120)]),
        ([(30, 30), (60, 50)], [(0, 120)]),
        ([(130, 140), (-20, -10)], [(0, 120)]),
    ],
)
def test_what_remains(busy, free):
    assert free_times(minutes(0, 120), [minutes(*one) for one in busy]) == [minutes(*one) for one in free]


def test_an_empty_window_has_no_free_time():
    assert free_times(minutes(10, 10), []) == []


@pytest.mark.parametrize(
    ("other", "overlaps"), [((0, 60), True), ((59, 90), True), ((60, 90), False), ((-30, 0), False), ((10, 20), True)]
)
def test_touching_is_not_overlapping(other, overlaps):
    assert minutes(0, 60).overlaps(minutes(*other)) is overlaps
    assert minutes(*other).overlaps(minutes(0, 60)) is overlaps


pairs = st.lists(st.tuples(st.integers(-10, 70), st.integers(-10, 70)), max_size=8)


@given(pairs)
def test_each_minute_is_free_or_busy(busy):
    free = free_times(minutes(0, 60), [minutes(*one) for one in busy])
    for minute in range(-10, 70):
        moment = NOW + timedelta(minutes=minute)
        taken = any(start <= minute < end for start, end in busy)
        assert any(one.start <= moment < one.end for one in free) is (0 <= minute < 60 and not taken)
    # In order, none of them empty, and never two where one would do.
    bounds = [moment for one in free for moment in one]
    assert bounds == sorted(set(bounds))


@given(pairs)
def test_what_is_merged_is_the_same_time_in_order_and_apart(busy):
    found = merged(minutes(*one) for one in busy)
    for minute in range(-10, 70):
        moment = NOW + timedelta(minutes=minute)
        assert any(one.start <= moment < one.end for one in found) is any(start <= minute < end for start, end in busy)
    bounds = [moment for one in found for moment in one]
    assert bounds == sorted(set(bounds))


@given(pairs, st.tuples(st.integers(0, 60), st.integers(1, 10)))
def test_those_among_many_are_those_that_overlap(busy, window):
    apart = merged(minutes(*one) for one in busy)
    asked = minutes(window[0], sum(window))
    assert list(among(asked, apart)) == [one for one in apart if one.overlaps(asked)]
