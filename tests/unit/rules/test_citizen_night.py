from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.rules.citizen_night import may_ring_at

PARIS = "Europe/Paris"


def local(text, zone=PARIS):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24T07:00", "2026-11-24T07:00"),
        ("2026-11-24T21:59", "2026-11-24T21:59"),
        ("2026-11-24T22:00", "2026-11-25T07:00"),
        ("2026-11-24T23:59", "2026-11-25T07:00"),
        ("2026-11-25T00:00", "2026-11-25T07:00"),
        ("2026-11-25T06:59", "2026-11-25T07:00"),
        # The nights in which the clocks change are an hour longer or shorter.
        ("2026-10-24T22:30", "2026-10-25T07:00"),
        ("2026-03-28T22:30", "2026-03-29T07:00"),
    ],
)
def test_at_night_it_waits_for_seven_o_clock(now, expected):
    assert may_ring_at(local(now), PARIS, None) == local(expected)


@pytest.mark.parametrize(
    ("zone", "waits"), [("America/Martinique", False), ("Indian/Reunion", True), ("Pacific/Tahiti", False)]
)
def test_it_is_the_unit_s_own_night(zone, waits):
    now = local("2026-11-24T23:00")
    assert (may_ring_at(now, zone, None) > now) is waits


@pytest.mark.parametrize(
    ("ago", "waits"),
    [(timedelta(0), False), (timedelta(minutes=10), False), (timedelta(minutes=11), True), (timedelta(hours=-3), True)],
)
def test_whoever_has_just_done_something_is_up(ago, waits):
    now = local("2026-11-24T23:00")
    assert (may_ring_at(now, PARIS, now - ago) > now) is waits


@pytest.mark.parametrize("hour", range(24))
def test_the_instant_that_it_waits_for_is_none_to_wait_at(hour):
    now = local(f"2026-11-24T{hour:02d}:30")
    then = may_ring_at(now, PARIS, None)
    assert now <= then < now + timedelta(hours=9)
    assert may_ring_at(then, PARIS, None) == then
