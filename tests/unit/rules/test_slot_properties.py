"""What holds for any openings, any busy time, any of the thirteen zones and any day of 2026 to 2028.

That taking time away never adds a start is false to the letter, because the grid begins again after what is busy. What
must hold, and is shown here, is that no start becomes bookable, and that nothing is offered which is not.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.rules.intervals import Interval, free_times
from models.rules.resources import Resource, ResourceGap, ResourceKind, resources_for
from models.rules.slots import BookingTerms, best_choice, gaps_of, is_bookable, slots, slots_from_gaps, taken_by
from tests.unit.rules.situations import CHANGES, MINUTE, minutes, situations, terms_of_any_reason

ZERO = timedelta(0)


def test_the_clock_changes_of_both_continents_are_among_the_days():
    assert {date(2027, 3, 28), date(2027, 10, 31), date(2027, 3, 14), date(2027, 11, 7)} <= set(CHANGES)


def busy_for(choice, by_counter, by_agent):
    return [*by_counter.get(choice.counter_id, []), *by_agent.get(choice.agent_id, [])]


@given(situations(), terms_of_any_reason)
def test_a_slot_lies_in_its_window_and_overlaps_nothing_that_is_busy(situation, terms):
    windows, by_counter, by_agent, now, _ = situation
    named = {window.window_id: window for window in windows}
    found = slots(windows, by_counter, by_agent, "complaint", terms, now)
    assert [slot.starts_at for slot in found] == sorted({slot.starts_at for slot in found})
    for slot in found:
        assert slot.ends_at - slot.starts_at == terms.duration
        assert now + terms.notice <= slot.starts_at <= now + terms.horizon
        taking = Interval(slot.starts_at, slot.ends_at + terms.buffer)
        assert len(set(slot.choices)) == len(slot.choices)
        assert best_choice(slot, terms) in slot.choices
        for choice in slot.choices:
            window = named[choice.window_id]
            assert window.start <= taking.start
            assert taking.end <= window.end
            # An empty stretch takes no time, so nothing overlaps it.
            busy = [one for one in busy_for(choice, by_counter, by_agent) if one.start < one.end]
            assert not any(taking.overlaps(one) for one in busy)


@given(situations(), terms_of_any_reason)
def test_the_appointments_offered_by_one_gap_can_all_be_booked(situation, terms):
    windows, by_counter, by_agent, now, _ = situation
    for gap in gaps_of(windows, by_counter, by_agent):
        starts = [slot.starts_at for slot in slots_from_gaps([gap], terms, now)]
        assert all(is_bookable(start, gap, terms, now) for start in starts)
        assert all(later - earlier == terms.needed for earlier, later in pairwise(starts))
        if starts and starts[0] > gap.start:
            assert starts[0] - (now + terms.notice) < 5 * MINUTE
            assert (starts[0].minute % 5, starts[0].second) == (0, 0)


@given(situations(), terms_of_any_reason, minutes(0, 3 * 24 * 60))
def test_taking_time_away_never_makes_a_start_bookable(situation, terms, offset):
    windows, by_counter, by_agent, now, more = situation
    before = gaps_of(windows, by_counter, by_agent)
    fuller = {counter: [*by_counter.get(counter, []), *more] for counter in (1, 2, 3)}
    after = gaps_of(windows, fuller, by_agent)

    def bookable(gaps, start):
        return {gap.window_id for gap in gaps if is_bookable(start, gap, terms, now)}

    # Any minute, and the instants where an off-by-one would hide.
    edges = {moment for gap in (*before, *after) for moment in (gap.start, gap.end - terms.needed)}
    for start in {windows[0].start + offset, *edges}:
        assert bookable(after, start) <= bookable(before, start)
    assert _positions(after, terms) <= _positions(before, terms)
    for slot in slots_from_gaps(after, terms, now):
        assert {choice.window_id for choice in slot.choices} <= bookable(before, slot.starts_at)


def _positions(gaps, terms: BookingTerms) -> timedelta:
    """How much room there is for a start: the total length of the stretches in which an appointment can begin."""
    return sum((max(ZERO, gap.end - gap.start - terms.needed) for gap in gaps), ZERO)


@given(situations(), terms_of_any_reason)
def test_booking_what_is_offered_leaves_the_others_of_the_gap_offered(situation, terms):
    """The grid begins again after a booking, exactly where it was: a reader's list stays true for other counters."""
    windows, by_counter, by_agent, now, _ = situation
    found = slots(windows, by_counter, by_agent, "complaint", terms, now)
    if not found:
        return
    first = found[0]
    choice = best_choice(first, terms)
    taken = Interval(first.starts_at, first.ends_at + terms.buffer)
    (window,) = (one for one in windows if one.window_id == choice.window_id)
    before = slots([window], by_counter, by_agent, "complaint", terms, now)
    fuller = {**by_counter, choice.counter_id: [*by_counter.get(choice.counter_id, []), taken]}
    after = slots([window], fuller, by_agent, "complaint", terms, now)
    assert {slot.starts_at for slot in after} == {slot.starts_at for slot in before} - {first.starts_at}


@given(situations(), terms_of_any_reason, st.integers(0, 3))
def test_one_room_is_free_for_the_whole_of_it(situation, terms, how_many):
    windows, by_counter, by_agent, now, more = situation
    room_busy = {1: more, 2: more[:how_many]}
    whole = Interval(min(window.start for window in windows), max(window.end for window in windows))
    rooms = [
        ResourceGap(Resource(ResourceKind.ROOM, number), *free)
        for number, busy in room_busy.items()
        for free in free_times(whole, busy)
    ]
    gaps = gaps_of(windows, by_counter, by_agent)
    for slot in slots_from_gaps(gaps, terms, now, also_free=[rooms]):
        taking = Interval(slot.starts_at, slot.ends_at + terms.buffer)
        for choice in slot.choices:
            assert is_bookable(slot.starts_at, choice, terms, now)
            chosen = resources_for(taking, [rooms], taken_by(choice))
            assert chosen is not None
            busy = [one for one in room_busy[chosen[0].resource.number] if one.start < one.end]
            assert not any(taking.overlaps(one) for one in busy)
    # A room that is always free changes nothing.
    always = [ResourceGap(Resource(ResourceKind.ROOM, 3), *whole)]
    assert slots_from_gaps(gaps, terms, now, also_free=[always]) == slots_from_gaps(gaps, terms, now)
