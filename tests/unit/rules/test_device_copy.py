from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.device_copy import kept_until

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ended_ago", "retention", "left"),
    [
        (None, 90 * DAY, 7 * DAY),
        (None, 2 * DAY, 2 * DAY),
        (0 * DAY, 90 * DAY, 7 * DAY),
        (6 * DAY, 90 * DAY, DAY),
        (7 * DAY - timedelta(seconds=1), 90 * DAY, timedelta(seconds=1)),
        (7 * DAY, 90 * DAY, None),
        (30 * DAY, 90 * DAY, None),
        (2 * DAY, 2 * DAY, None),
    ],
)
def test_a_copy_lives_a_week_after_the_end_at_most(ended_ago, retention, left):
    ended_at = None if ended_ago is None else NOW - ended_ago
    until = kept_until(discreet=False, ended_at=ended_at, now=NOW, retention=retention)
    assert until == (None if left is None else NOW + left)


@pytest.mark.parametrize("ended_at", [None, NOW])
def test_a_discreet_request_is_never_kept(ended_at):
    assert kept_until(discreet=True, ended_at=ended_at, now=NOW, retention=90 * DAY) is None
