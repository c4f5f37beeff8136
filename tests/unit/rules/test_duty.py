from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.duty import LONGEST, Source, Status, Stretch, current, offered, replaced, set_own
from models.rules.errors import Invalid
from models.rules.request_lifecycle import Verdict

EIGHT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def at(hour: float) -> datetime:
    return EIGHT + timedelta(hours=hour - 8)


def own(status: Status, since: float, until: float | None = None) -> Stretch:
    return Stretch(status, at(since), None if until is None else at(until), Source.OWN)


def planned(status: Status, since: float, until: float | None = None) -> Stretch:
    return Stretch(status, at(since), None if until is None else at(until), Source.PLANNING)


AVAILABLE, BUSY, OFF, READY = Status.AVAILABLE, Status.ON_INTERVENTION, Status.OFF_DUTY, Status.FIRST_TO_GO


@pytest.mark.parametrize(
    ("stretches", "hour", "status"),
    [
        ([], 8, None),
        ([own(AVAILABLE, 8)], 7.9, None),
        ([own(AVAILABLE, 8)], 8, AVAILABLE),
        ([own(AVAILABLE, 8)], 24 * 30, AVAILABLE),
        ([own(BUSY, 8, 9)], 9, None),
        # A stretch that is over gives way to what held before.
        ([own(AVAILABLE, 8), own(BUSY, 10, 11)], 10.5, BUSY),
        ([own(AVAILABLE, 8), own(BUSY, 10, 11)], 11, AVAILABLE),
        ([own(AVAILABLE, 8, 12), own(BUSY, 10, 13)], 12.5, BUSY),
        ([own(AVAILABLE, 8, 12), own(BUSY, 10, 13)], 13, None),
        # The planning's next stretch ends « until further notice »; the one that runs does not end it again.
        ([planned(AVAILABLE, 8, 18), own(BUSY, 10)], 9, AVAILABLE),
        ([planned(AVAILABLE, 8, 18), own(BUSY, 10)], 17, BUSY),
        ([planned(AVAILABLE, 8, 18), own(BUSY, 10), planned(READY, 20, 30)], 21, READY),
        ([planned(AVAILABLE, 8, 18), own(BUSY, 10, 11)], 11, AVAILABLE),
        ([planned(AVAILABLE, 8, 18), own(OFF, 17), planned(AVAILABLE, 32, 42)], 31, OFF),
        ([planned(AVAILABLE, 8, 18), own(OFF, 17), planned(AVAILABLE, 32, 42)], 32, AVAILABLE),
        # At the same instant the agent's own word comes first, and of two the later one, which is the shorter.
        ([planned(AVAILABLE, 8, 18), own(OFF, 8)], 8, OFF),
        ([own(OFF, 8), planned(AVAILABLE, 8, 18)], 8, OFF),
        ([own(AVAILABLE, 8), own(BUSY, 8, 9)], 8, BUSY),
        ([own(BUSY, 8, 9), own(AVAILABLE, 8)], 9, AVAILABLE),
    ],
)
def test_what_holds(stretches, hour, status):
    held = current(stretches, at(hour))
    assert (held.status if held else None) == status


@pytest.mark.parametrize(
    ("status", "is_offered"),
    [
        (None, True),
        (Status.AVAILABLE, True),
        (Status.FIRST_TO_GO, True),
        (Status.REACHABLE, True),
        (Status.ON_INTERVENTION, False),
        (Status.OFF_DUTY, False),
    ],
)
def test_who_is_offered_requests(status, is_offered):
    assert offered(status) is is_offered


@pytest.mark.parametrize(
    ("known", "new", "verdict"),
    [
        ([], own(BUSY, 10, 11), Verdict.APPLY),
        ([own(AVAILABLE, 8)], own(AVAILABLE, 10), Verdict.NOOP),
        ([own(AVAILABLE, 8)], own(AVAILABLE, 10, 12), Verdict.APPLY),
        ([own(AVAILABLE, 8, 9)], own(AVAILABLE, 10), Verdict.APPLY),
        # The agent's own word outlives the planning's, hence it is worth writing down.
        ([planned(AVAILABLE, 8, 18)], own(AVAILABLE, 10), Verdict.APPLY),
        # Over before it arrived from a terminal without network.
        ([], own(BUSY, 10, 9.5), Verdict.NOOP),
        ([], own(BUSY, 10, 10), Verdict.NOOP),
    ],
)
def test_setting(known, new, verdict):
    assert set_own(known, new, at(10)) is verdict


def test_nobody_is_on_intervention_for_months():
    set_own([], Stretch(BUSY, at(10), at(10) + LONGEST, Source.OWN), at(10))
    with pytest.raises(Invalid) as refusal:
        set_own([], Stretch(BUSY, at(10), at(10) + LONGEST + timedelta(seconds=1), Source.OWN), at(10))
    assert refusal.value.detail == {"fields": {"until": "too_far"}}


steps = st.lists(
    st.tuples(
        st.integers(0, 90).map(lambda minutes: timedelta(minutes=minutes)),
        st.sampled_from(Status),
        st.none() | st.integers(-30, 300).map(lambda minutes: timedelta(minutes=minutes)),
    ),
    max_size=12,
)


@given(steps, st.lists(st.tuples(st.sampled_from(Status), st.integers(0, 20), st.integers(1, 12)), max_size=3))
def test_forgetting_what_is_replaced_changes_nothing_that_holds_later(steps, plan):
    """What the service deletes would never have held again, and what is kept stays little."""
    now = EIGHT
    planning = [planned(status, 8 + since, 8 + since + length) for status, since, length in plan]
    kept: list[Stretch] = list(planning)
    everything: list[Stretch] = list(planning)
    for pause, status, length in steps:
        now += pause
        new = Stretch(status, now, None if length is None else now + length, Source.OWN)
        if set_own(kept, new, now) is not Verdict.APPLY:
            continue
        kept = [stretch for stretch in kept if not replaced(stretch, new)] + [new]
        everything.append(new)
        assert current(kept, now) == new
    own_ends = [stretch.end for stretch in kept if stretch.source is Source.OWN]
    assert own_ends == sorted(set(own_ends), reverse=True)
    for minutes in range(0, 48 * 60, 17):
        later = now + timedelta(minutes=minutes)
        mine = current(everything, later)
        # Of two words at one instant the later replaced the earlier, which a list of everything cannot know.
        if len({stretch.since for stretch in everything}) == len(everything):
            assert current(kept, later) == mine
