from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.sms.ceilings import DAY, HOUR, Ceiling, Measure, Usage, judge

SEGMENTS_AN_HOUR = Ceiling(Measure.SEGMENTS, HOUR, Decimal(10))
EUROS_A_DAY = Ceiling(Measure.EUROS, DAY, Decimal("2.00"))
ONE = Usage(1, Decimal("0.05"))


def used(hour: int, day_cost: str) -> dict:
    return {HOUR: Usage(hour, Decimal(0)), DAY: Usage(hour, Decimal(day_cost))}


@pytest.mark.parametrize(
    ("hour", "day_cost", "allowed", "alerts"),
    [
        (0, "0", True, []),
        (7, "1.50", True, []),
        (8, "0", True, ["near:segments:3600"]),
        (9, "0", True, ["near:segments:3600"]),
        (10, "0", False, ["reached:segments:3600"]),
        (0, "1.56", True, ["near:euros:86400"]),
        (0, "1.95", True, ["near:euros:86400"]),
        (0, "1.96", False, ["reached:euros:86400"]),
        (10, "1.96", False, ["reached:segments:3600", "reached:euros:86400"]),
    ],
)
def test_a_ceiling_holds_and_somebody_hears_of_it(hour, day_cost, allowed, alerts):
    verdict = judge([SEGMENTS_AN_HOUR, EUROS_A_DAY], used(hour, day_cost), ONE)
    assert verdict.allowed is allowed
    assert [alert.name for alert in verdict.alerts] == alerts


def test_without_ceilings_everything_may_go():
    assert judge([], {}, Usage(9_999, Decimal(9_999))).allowed


@given(st.lists(st.integers(1, 6), max_size=60), st.integers(1, 40))
def test_never_more_than_the_ceiling_leaves(messages, most):
    ceiling = Ceiling(Measure.SEGMENTS, HOUR, Decimal(most))
    sent = 0
    for segments in messages:
        if judge([ceiling], {HOUR: Usage(sent, Decimal(0))}, Usage(segments, Decimal(0))).allowed:
            sent += segments
        else:
            assert sent + segments > most
    assert sent <= most
