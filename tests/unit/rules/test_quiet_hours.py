from __future__ import annotations

from datetime import time

import pytest

from models.rules.quiet_hours import is_quiet

NIGHT = time(22), time(7)
NOON = time(12), time(13, 30)


@pytest.mark.parametrize(
    ("hours", "local", "quiet"),
    [
        (NIGHT, time(21, 59, 59), False),
        (NIGHT, time(22), True),
        (NIGHT, time(23, 59, 59, 999999), True),
        (NIGHT, time(0), True),
        (NIGHT, time(6, 59, 59), True),
        (NIGHT, time(7), False),
        (NIGHT, time(12), False),
        (NOON, time(11, 59), False),
        (NOON, time(12), True),
        (NOON, time(13, 29), True),
        (NOON, time(13, 30), False),
        (NOON, time(0), False),
        ((time(0), time(7)), time(0), True),
        ((time(22), time(0)), time(23), True),
        ((time(22), time(0)), time(0), False),
    ],
)
def test_the_end_is_not_part_of_it(hours, local, quiet):
    assert is_quiet(*hours, local) is quiet
