"""What the unit's tables of positions say together: by cases, and against an oracle that walks through every hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.duty import Status
from models.rules.intervals import Interval
from models.rules.planning_positions import (
    ABSENT,
    STATUSES,
    Position,
    SaidPosition,
    daily_word,
    derive,
    last_day,
    left_of,
    named_days,
)

PARIS = ZoneInfo("Europe/Paris")
MIDNIGHT = datetime(2026, 11, 23, tzinfo=PARIS)
DAILY, FORECAST = UUID(int=1), UUID(int=2)
SOURCES = [DAILY, FORECAST, UUID(int=3)]


def at(day: int, hour: float = 0) -> datetime:
    """An hour of a day of that week, on the clock of Paris."""
    return (MIDNIGHT.replace(tzinfo=None) + timedelta(days=day, hours=hour)).replace(tzinfo=PARIS).astimezone(UTC)


def said(rank: int, start: datetime, end: datetime, position: Position, agent_id: int = 7) -> SaidPosition:
    return SaidPosition(rank, SOURCES[rank], agent_id, Interval(start, end), position)


def told(*positions: SaidPosition) -> list[tuple[int, datetime, datetime, Status, bool]]:
    found = derive(positions, PARIS)
    return [(one.source_id.int, *one.times, one.status, one.is_absence) for one in found]


def test_each_position_is_a_status_and_says_whether_somebody_is_there():
    found = told(*(said(0, at(number), at(number + 1), one) for number, one in enumerate(Position)))
    assert [(status, absent) for *_, status, absent in found] == [
        (Status.AVAILABLE, False),
        (Status.FIRST_TO_GO, False),
        (Status.REACHABLE, True),
        (Status.REACHABLE, True),
        (Status.OFF_DUTY, True),
    ]


def test_of_a_day_that_the_daily_sheet_names_the_forecast_says_nothing():
    found = told(
        said(1, at(0), at(3), Position.NOT_EMPLOYABLE),
        said(0, at(1, 8), at(1, 12), Position.EMPLOYED),
    )
    assert found == [
        (2, at(0), at(1), Status.OFF_DUTY, True),
        (1, at(1, 8), at(1, 12), Status.AVAILABLE, False),
        (2, at(2), at(3), Status.OFF_DUTY, True),
    ]


def test_a_nights_end_leaves_the_day_after_to_the_forecast():
    found = told(
        said(1, at(0), at(2), Position.NOT_EMPLOYABLE),
        said(0, at(0, 22), at(1, 6), Position.FIRST_TO_GO),
    )
    assert found == [
        (1, at(0, 22), at(1, 6), Status.FIRST_TO_GO, False),
        (2, at(1, 6), at(2), Status.OFF_DUTY, True),
    ]


def test_nobody_elses_day_is_touched():
    found = told(
        said(1, at(0), at(1), Position.NOT_EMPLOYABLE, agent_id=8),
        said(0, at(0), at(1), Position.EMPLOYED, agent_id=7),
    )
    assert [(status, absent) for *_, status, absent in found] == [(Status.AVAILABLE, False), (Status.OFF_DUTY, True)]


def test_days_are_not_joined():
    # The planning takes over from yesterday's own word only where a stretch begins.
    assert len(told(said(0, at(0), at(1), Position.EMPLOYED), said(0, at(1), at(2), Position.EMPLOYED))) == 2


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (at(0), at(1), [0]),
        (at(0, 8), at(0, 12), [0]),
        (at(0, 22), at(1, 6), [0]),
        (at(0, 22), at(2), [0, 1]),
        (at(0), at(3, 6), [0, 1, 2]),
    ],
)
def test_which_days_a_stretch_names(start, end, days):
    assert named_days(Interval(start, end), PARIS) == [Interval(at(day), at(day + 1)) for day in days]
    assert last_day([Interval(start, end), Interval(at(0, 3), at(0, 4))], PARIS) == at(days[-1] + 1)


@pytest.mark.parametrize(
    ("begins", "known", "until"),
    [
        ([0], None, 1),
        ([0, 1, 2], None, 3),
        ([0, 1, 3], None, 2),
        # Tonight's sheet may be about tomorrow alone, and no other day.
        ([1, 2], None, 3),
        ([2], None, 0),
        ([2], -3, -3),
        # What was said before stands.
        ([0], 3, 3),
        ([2, 3], 2, 4),
        ([3], 2, 2),
        ([0], -1, 1),
        ([-1], -1, 0),
    ],
)
def test_up_to_when_a_daily_sheet_has_a_word(begins, known, until):
    stretches = [Interval(at(day, 22), at(day, 30)) for day in begins] + [Interval(at(begins[0]), at(begins[0] + 30))]
    assert daily_word(stretches, None if known is None else at(known), at(0), PARIS) == at(until)


def test_a_day_of_25_hours_is_one_day():
    long = datetime(2026, 10, 25, tzinfo=PARIS)
    start, end = long.astimezone(UTC), (long + timedelta(days=1)).astimezone(UTC)
    assert end - start == timedelta(hours=25)
    assert named_days(Interval(start, end), PARIS) == [Interval(start, end)]


@pytest.mark.parametrize(
    ("start", "end", "spoken", "own", "left"),
    [
        (at(0), at(3), [], [], [(at(0), at(3))]),
        (at(0), at(3), [(at(1), at(2))], [], [(at(0), at(1)), (at(2), at(3))]),
        (at(0), at(3), [(at(0), at(5))], [], []),
        # A night goes and stays with the day on which it begins.
        (at(0, 22), at(1, 6), [(at(1), at(2))], [], [(at(0, 22), at(1, 6))]),
        (at(0, 22), at(1, 6), [(at(0), at(1))], [], []),
        (at(0), at(2, 6), [(at(1), at(2))], [], [(at(0), at(1))]),
        # What the table says now of the same person takes its time, on whatever day.
        (at(0), at(1), [], [(at(0, 8), at(0, 12))], [(at(0), at(0, 8)), (at(0, 12), at(1))]),
    ],
)
def test_what_stands_of_what_a_table_says_no_longer(start, end, spoken, own, left):
    intervals = ([Interval(*one) for one in some] for some in (spoken, own))
    assert left_of(Interval(start, end), *intervals, PARIS) == [Interval(*one) for one in left]


# Two clocks changes are in reach of these.
_starts = st.sampled_from([datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)])
_stretches = st.builds(
    lambda start, offset, length, rank, agent_id, position: said(
        rank, start + timedelta(hours=offset), start + timedelta(hours=offset + length), position, agent_id
    ),
    _starts,
    st.integers(0, 96),
    st.integers(1, 60),
    st.integers(0, 2),
    st.integers(1, 2),
    st.sampled_from(Position),
)


@given(st.lists(_stretches, max_size=12))
def test_it_says_what_an_hour_by_hour_reading_says(positions):
    found = derive(positions, PARIS)
    for agent_id in (1, 2):
        own = sorted((one for one in found if one.agent_id == agent_id), key=lambda one: one.times)
        assert all(one.times.end <= other.times.start for one, other in pairwise(own))
        instants = {one.times.start + timedelta(hours=n) for one in positions for n in range(-1, 61)}
        for instant in instants:
            holding = [one for one in own if one.times.start <= instant < one.times.end]
            said_here = _by_the_hour(positions, agent_id, instant)
            assert [(one.source_id, one.status, one.is_absence) for one in holding] == (
                [] if said_here is None else [said_here]
            )


def _by_the_hour(positions, agent_id, instant):
    """The first table that says something of this instant, or names its day, has the word."""
    day = instant.astimezone(PARIS).date()
    for rank in range(3):
        own = [one for one in positions if (one.rank, one.agent_id) == (rank, agent_id)]
        here = [one for one in own if one.times.start <= instant < one.times.end]
        covering = sorted(here, key=lambda one: (one.times, one.position))
        if covering:
            position = covering[0].position
            return SOURCES[rank], STATUSES[position], position in ABSENT
        if any(_names(one, day) for one in own):
            return None
    return None


def _names(one, day) -> bool:
    if one.times.start.astimezone(PARIS).date() == day:
        return True
    midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    start, end = midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
    return one.times.start <= start and end <= one.times.end
