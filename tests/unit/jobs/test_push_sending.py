from __future__ import annotations

from datetime import timedelta

import pytest

from server.jobs.push_sending import attempts_in


@pytest.mark.parametrize(
    ("seconds", "attempts"), [(-5, 0), (0, 0), (1.9, 0), (2, 1), (5.9, 1), (6, 2), (14, 3), (30, 4), (1800, 9)]
)
def test_pauses_grow_with_the_time_of_failures(seconds, attempts):
    assert attempts_in(timedelta(seconds=seconds)) == attempts
