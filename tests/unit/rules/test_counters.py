from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules.counters import Counters
from tests.support.seed import NOW

HOUR = timedelta(hours=1)


def span(start: int, end: int):
    return NOW + start * HOUR, NOW + end * HOUR


def test_the_smallest_numbers_that_are_free_are_taken():
    counters = Counters([(1, *span(0, 3)), (2, *span(3, 4)), (4, *span(0, 9))])
    assert counters.take(2, *span(1, 3)) == [2, 3]
    assert counters.take(2, *span(1, 3)) == [5, 6]
    # What touches does not overlap.
    assert counters.take(1, *span(3, 4)) == [1]


def test_numbers_that_are_to_be_kept_come_first_where_they_are_free():
    counters = Counters([(7, *span(0, 1))])
    assert counters.take(2, *span(1, 2), kept={7, 3}) == [3, 7]
    assert counters.take(2, *span(0, 1), kept={7, 3}) == [1, 3]
    assert counters.take(1, *span(4, 5), kept={9, 8}) == [8]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6), st.integers(1, 3)), max_size=25))
def test_no_counter_is_ever_open_twice_at_once(wanted):
    counters, opened = Counters(), []
    for start, length, count in wanted:
        for number in counters.take(count, *span(start, start + length)):
            assert not any(number == other and start < end and begin < start + length for other, begin, end in opened)
            opened.append((number, start, start + length))
