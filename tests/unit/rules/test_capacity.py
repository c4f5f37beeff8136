"""How many gendarmes are left: known answers, and any staffing against a walk through its minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.capacity import Capacity, OpenPlaces, Staffing, free_agents, left_during
from models.rules.intervals import Interval
from models.rules.slots import BookingTerms, Gap, slots_from_gaps

MINUTE = timedelta(minutes=1)
DAY = datetime(2026, 12, 1, 8, tzinfo=UTC)
HALF = 30 * MINUTE


def at(minutes: int) -> datetime:
    return DAY + minutes * MINUTE


def stretch(start: int, end: int) -> Interval:
    return Interval(at(start), at(end))


def places(start: int, end: int, count: int = 1) -> OpenPlaces:
    return OpenPlaces(at(start), at(end), count)


@pytest.mark.parametrize(
    ("busy", "open_places", "left"),
    [
        pytest.param({}, [], 3, id="everybody is there"),
        pytest.param({1: [stretch(0, 30)]}, [], 2, id="one is away"),
        pytest.param({1: [stretch(29, 31)]}, [], 2, id="away for the last minute is away"),
        pytest.param({1: [stretch(30, 60)], 2: [stretch(-30, 0)]}, [], 3, id="who comes or goes just then is there"),
        pytest.param({1: [stretch(0, 10), stretch(5, 20)]}, [], 2, id="twice away is one gendarme less"),
        pytest.param({1: [stretch(10, 10)]}, [], 3, id="a stretch of nothing takes nobody away"),
        pytest.param({9: [stretch(0, 30)]}, [], 3, id="whoever does not serve here is not missed"),
        pytest.param({}, [places(0, 30)], 2, id="an appointment waits for somebody"),
        pytest.param({}, [places(0, 15), places(15, 30)], 1, id="two after each other keep one back each"),
        pytest.param({}, [places(-30, 0), places(30, 60)], 3, id="before and after keep nobody back"),
        pytest.param({1: [stretch(0, 30)], 2: [stretch(0, 30)]}, [places(0, 30, 2)], -1, id="more wait than there are"),
    ],
)
def test_who_is_left_for_half_an_hour(busy, open_places, left):
    staffing = Staffing(frozenset({1, 2, 3}), busy, open_places)
    assert left_during(staffing, stretch(0, 30)) == left
    assert Capacity(staffing, HALF).left(at(0)) == left
    assert Capacity(staffing, HALF).allows(at(0)) == (left >= 1)


def test_two_at_once_need_two_or_all_that_there_are():
    two = Staffing(frozenset({1, 2}), {1: [stretch(0, 30)]})
    assert not Capacity(two, HALF, 2).allows(at(0))
    assert Capacity(two, HALF, 2).allows(at(30))
    alone = Staffing(frozenset({1}))
    assert Capacity(alone, HALF, 2).allows(at(0))
    assert not Capacity(Staffing(frozenset({1}), {1: [stretch(0, 30)]}), HALF, 2).allows(at(0))


def test_somebody_of_another_unit_whom_a_window_names_comes_on_top():
    staffing = Staffing(frozenset({1}), {1: [stretch(0, 30)]})
    assert Capacity(staffing, HALF).allows(at(0), agent_id=7)
    assert not Capacity(staffing, HALF).allows(at(0), agent_id=1)


def test_free_are_those_who_are_there_all_the_time():
    staffing = Staffing(frozenset({3, 1, 2}), {2: [stretch(20, 25)]})
    assert free_agents(staffing, stretch(0, 30)) == [1, 3]
    assert free_agents(staffing, stretch(25, 55)) == [1, 2, 3]


def test_starts_for_which_nobody_is_left_go_and_the_grid_stays():
    gaps = [Gap(number, number, None, at(0), at(120)) for number in (1, 2)]
    staffing = Staffing(frozenset({1}), {1: [stretch(20, 50)]})
    found = slots_from_gaps(gaps, BookingTerms(HALF), at(-60), capacity=Capacity(staffing, HALF))
    assert [(slot.starts_at, len(slot.choices)) for slot in found] == [(at(60), 2), (at(90), 2)]


MINUTES = st.integers(0, 24)
STRETCHES = st.tuples(MINUTES, MINUTES).map(lambda ends: stretch(min(ends), max(ends)))
PLACES = st.builds(
    lambda start, lasts, count: places(start, start + lasts, count), MINUTES, st.integers(1, 9), st.integers(1, 2)
)


@st.composite
def staffings(draw: st.DrawFn) -> Staffing:
    agents = frozenset(draw(st.sets(st.integers(1, 4))))
    busy = {agent: draw(st.lists(STRETCHES, max_size=4)) for agent in sorted(agents)}
    return Staffing(agents, busy, draw(st.lists(PLACES, max_size=4)))


def by_the_minute(staffing: Staffing, start: int, minutes: int) -> int:
    """Who is free in each minute of the time, less the places of whatever shares one with it."""
    walked = [at(start + number) for number in range(minutes)]
    free = [
        agent
        for agent in staffing.agents
        if not any(busy.start <= minute < busy.end for minute in walked for busy in staffing.busy.get(agent, ()))
    ]
    waiting = [place for place in staffing.open_places if any(place.start <= one < place.end for one in walked)]
    return len(free) - sum(place.lacking for place in waiting)


@given(staffings(), st.integers(1, 8))
def test_any_staffing_leaves_what_a_walk_through_its_minutes_does(staffing, minutes):
    capacity = Capacity(staffing, minutes * MINUTE)
    for start in range(-9, 40):
        expected = by_the_minute(staffing, start, minutes)
        assert left_during(staffing, stretch(start, start + minutes)) == expected
        assert capacity.left(at(start)) == expected


@given(staffings(), st.integers(1, 8), st.lists(st.integers(0, 30), max_size=9))
def test_what_is_booked_one_after_another_never_needs_more_than_there_are(staffing, minutes, starts):
    """In each minute: whoever is free can take what waits then, if nothing was sold before that nobody can take."""
    sold: list[OpenPlaces] = []
    for start in starts:
        if Capacity(Staffing(staffing.agents, staffing.busy, sold), minutes * MINUTE).allows(at(start)):
            sold.append(places(start, start + minutes))
    for number in range(40):
        there = free_agents(staffing, stretch(number, number + 1))
        assert sum(one.start <= at(number) < one.end for one in sold) <= len(there)
