from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.sms.routing import (
    FORGIVES_ONE_IN,
    MOST_FAILURES,
    Candidate,
    Standing,
    after_failure,
    after_success,
    order,
    weight_now,
)
from tests.support.seed import NOW

A, B, RESERVE = Candidate("a", 3), Candidate("b", 1), Candidate("reserve", 0)


def failed(times: int, now=NOW) -> Standing | None:
    standing = None
    for _ in range(times):
        standing = after_failure(standing, now)
    return standing


def shares(standings, candidates=(A, B), draws=2_000) -> Counter[str]:
    draw = random.Random(20261127)
    return Counter(order(candidates, standings, NOW, draw)[0] for _ in range(draws))


def test_while_all_is_well_the_weights_are_the_shares():
    assert 0.7 < shares({})["a"] / 2_000 < 0.8


def test_a_failing_provider_hands_its_share_to_the_other_but_is_still_tried():
    first = shares({"a": failed(5)})
    assert 0 < first["a"] < first["b"] / 5


def test_reserves_come_last_whatever_the_others_do():
    draw = random.Random(20261127)
    standings = {"a": failed(MOST_FAILURES), "b": failed(MOST_FAILURES)}
    assert {tuple(order((RESERVE, A, B), standings, NOW, draw))[2] for _ in range(50)} == {"reserve"}
    assert order((RESERVE,), {}, NOW, draw) == ["reserve"]
    assert order((), {}, NOW, draw) == []


@pytest.mark.parametrize("times", [1, 3, MOST_FAILURES, MOST_FAILURES + 7])
def test_time_alone_forgives(times):
    standing = failed(times)
    until_well = FORGIVES_ONE_IN * min(times, MOST_FAILURES)
    assert weight_now(A, standing, NOW + until_well) == A.weight
    assert weight_now(A, standing, NOW + until_well - timedelta(seconds=10)) < A.weight


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 600)), max_size=40))
def test_a_failure_never_helps_and_a_success_never_harms(history):
    standing, now = None, NOW
    for good, seconds in history:
        now += timedelta(seconds=seconds)
        before = weight_now(A, standing, now)
        standing = after_success(standing, now) if good else after_failure(standing, now)
        after = weight_now(A, standing, now)
        assert after >= before if good else after <= before
        assert A.weight * 2.0**-MOST_FAILURES <= after <= A.weight
        # A clock that is set back forgives nothing and does not break.
        assert weight_now(A, standing, now - timedelta(hours=1)) <= A.weight


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.integers(0, 2**32), st.data())
def test_everybody_is_asked_once(weights, seed, data):
    candidates = [Candidate(str(index), weight) for index, weight in enumerate(weights)]
    standings = {one.name: failed(data.draw(st.integers(1, 12))) for one in candidates[::2]}
    asked = order(candidates, standings, NOW, random.Random(seed))
    assert sorted(asked) == sorted(one.name for one in candidates)


def test_three_good_answers_make_up_for_a_bad_minute():
    standing = failed(6)
    for _ in range(3):
        standing = after_success(standing, NOW)
    assert weight_now(A, standing, NOW) == A.weight
