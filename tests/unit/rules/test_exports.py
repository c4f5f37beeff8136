from __future__ import annotations

import pytest

from models.rules.exports import UNVISITED, Health, State, state_of
from tests.support.seed import NOW


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, State.FRESH),
        ({"succeeded_at": None}, State.WAITING),
        ({"failures_in_a_row": 1, "failure_code": "timeout"}, State.FRESH),
        ({"failures_in_a_row": 2, "failure_code": "timeout"}, State.FAILING),
        # Nobody has failed there, and it is not in line all the same.
        ({"failure_code": UNVISITED}, State.FAILING),
        ({"failure_code": UNVISITED, "paused": True}, State.PAUSED),
        ({"failure_code": UNVISITED, "paused": True, "revoked": True}, State.ENDING),
    ],
)
def test_what_an_export_s_state_is_called(changes, state):
    well = {"paused": False, "revoked": False, "succeeded_at": NOW, "failures_in_a_row": 0, "failure_code": None}
    assert state_of(Health(**well | changes)) is state
