from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.reminders import BEFORE, Ahead, due_reminder, still_helps

STARTS = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
LONG_AGO = timedelta(days=30)
TWO_DAYS, TWO_HOURS = Ahead.TWO_DAYS, Ahead.TWO_HOURS


def due(before, agreed=LONG_AGO, reminded=()):
    return due_reminder(STARTS, STARTS - agreed, STARTS - before, reminded)


@pytest.mark.parametrize(
    ("before", "agreed", "reminded", "expected"),
    [
        (timedelta(hours=48, minutes=1), LONG_AGO, (), None),
        (timedelta(hours=48), LONG_AGO, (), TWO_DAYS),
        (timedelta(hours=48), LONG_AGO, (TWO_DAYS,), None),
        (timedelta(hours=30), LONG_AGO, (), TWO_DAYS),
        # A day before there is nothing to say that the other one will not say.
        (timedelta(hours=24), LONG_AGO, (), None),
        (timedelta(hours=2, minutes=1), LONG_AGO, (), None),
        (timedelta(hours=2), LONG_AGO, (TWO_DAYS,), TWO_HOURS),
        (timedelta(hours=2), LONG_AGO, (), TWO_HOURS),
        (timedelta(hours=2), LONG_AGO, (TWO_DAYS, TWO_HOURS), None),
        (timedelta(minutes=31), LONG_AGO, (), TWO_HOURS),
        (timedelta(minutes=30), LONG_AGO, (), None),
        (timedelta(0), LONG_AGO, (), None),
        (timedelta(hours=-1), LONG_AGO, (), None),
        # Made, or approved, thirty hours before: the first reminder would say what they have just done.
        (timedelta(hours=30), timedelta(hours=30), (), None),
        (timedelta(hours=29), timedelta(hours=30), (), None),
        (timedelta(hours=2), timedelta(hours=30), (), TWO_HOURS),
        (timedelta(hours=1), timedelta(hours=1, minutes=30), (), None),
        (timedelta(hours=48), timedelta(hours=48), (), TWO_DAYS),
    ],
)
def test_which_reminder_is_due(before, agreed, reminded, expected):
    assert due(before, agreed, reminded) is expected


@given(
    agreed=st.timedeltas(timedelta(0), timedelta(days=60)),
    looks=st.lists(st.timedeltas(timedelta(days=-2), timedelta(days=10)), max_size=60),
)
def test_however_the_clock_jumps_each_reminder_is_due_once_at_most_and_never_late(agreed, looks):
    reminded = []
    for before in looks:
        found = due(before, agreed, reminded)
        if found is not None:
            assert found not in reminded
            assert timedelta(0) < before <= BEFORE[found] <= agreed
            reminded.append(found)


@given(st.timedeltas(timedelta(days=-2), timedelta(days=10)))
def test_what_is_due_also_helps(before):
    found = due(before)
    assert found is None or still_helps(found, before)


@pytest.mark.parametrize(
    ("ahead", "left", "helps"),
    [
        (TWO_DAYS, timedelta(hours=3), True),
        (TWO_DAYS, timedelta(hours=2), False),
        (TWO_HOURS, timedelta(minutes=1), True),
        (TWO_HOURS, timedelta(0), False),
    ],
)
def test_a_reminder_that_had_to_wait(ahead, left, helps):
    assert still_helps(ahead, left) is helps
