from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from models.rules.duty import LONGEST, Source, Status, Stretch, current, offered, replaced, set_own
from models.rules.errors import Invalid
from models.rules.request_lifecycle import Verdict

EIGHT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def at(hour: float) -> datetime:
    return EIGHT + timedelta(hours=hour - 8)


def planned(status: Status, since: float, until: float | None = None) -> Stretch:
    return Stretch(status, at(since), None if until is None else at(until), Source.PLANNING)


BUSY = Status.ON_INTERVENTION


# The terminal proves itself on the same cases (pwa/sync/duty.test.js). A stretch is source, status, since, until.
CASES = json.loads((Path(__file__).resolve().parents[2] / "fixtures" / "duty.json").read_text())


def stretch(source: str, status: str, since: float, until: float | None) -> Stretch:
    return Stretch(Status(status), at(since), None if until is None else at(until), Source(source))


@pytest.mark.parametrize("case", CASES["current"], ids=str)
def test_what_holds(case):
    held = current([stretch(*one) for one in case["stretches"]], at(case["hour"]))
    assert (held.status if held else None) == case["status"]


@pytest.mark.parametrize("case", CASES["said"], ids=str)
def test_what_is_kept_once_something_is_said(case):
    known, said = [stretch(*one) for one in case["known"]], stretch(*case["said"])
    now = at(10)
    if case["kept"] is None:
        assert set_own(known, said, now) is Verdict.NOOP
        return
    assert set_own(known, said, now) is Verdict.APPLY
    gone = replaced(known, said, now)
    kept = [said, *(one for one in known if one not in gone)]
    assert kept == [stretch(*one) for one in case["kept"]]


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
@example(
    # Two words at one instant, of which the second is then corrected: the first was replaced for good.
    [
        (timedelta(0), Status.ON_INTERVENTION, None),
        (timedelta(0), Status.AVAILABLE, None),
        (timedelta(minutes=1), Status.AVAILABLE, timedelta(minutes=1)),
    ],
    [],
)
def test_forgetting_what_is_replaced_changes_nothing_that_holds_later(steps, plan):
    """What the service deletes would never have held again, and what is kept stays little."""
    now = EIGHT
    kept: list[Stretch] = [planned(status, 8 + since, 8 + since + length) for status, since, length in plan]
    everything: list[Stretch] = list(kept)
    instants = [stretch.since for stretch in kept]
    for pause, status, length in steps:
        now += pause
        new = Stretch(status, now, None if length is None else now + length, Source.OWN)
        if set_own(kept, new, now) is not Verdict.APPLY:
            continue
        held = current(kept, now)
        if held is not None and held.source is Source.OWN and held.status is status:
            # Said anew: only its end is another. What was forgotten under an older one than the last does not return.
            assume(held == everything[-1])
            everything.pop()
        gone = replaced(kept, new, now)
        kept = [stretch for stretch in kept if stretch not in gone] + [new]
        everything.append(new)
        instants.append(now)
        assert current(kept, now) == new
    # Without the last word, each own one outlasts those that came after it: there are never many.
    own_ends = [stretch.end for stretch in kept if stretch.source is Source.OWN][:-1]
    assert own_ends == sorted(set(own_ends), reverse=True)
    for minutes in range(0, 48 * 60, 17):
        later = now + timedelta(minutes=minutes)
        mine = current(everything, later)
        # Of two words at one instant the later replaced the earlier, which a list of everything cannot know.
        if len(set(instants)) == len(instants):
            assert current(kept, later) == mine
