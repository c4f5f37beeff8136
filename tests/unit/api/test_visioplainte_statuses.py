from __future__ import annotations

import pytest

from models.rules.appointments import EndedBy, State
from server.api.visioplainte_schemas import status_of


@pytest.mark.parametrize(
    ("state", "ended_by", "status"),
    [
        (State.REQUESTED, None, "unknown"),
        (State.CONFIRMED, None, "unknown"),
        (State.HONOURED, None, "seen"),
        (State.NO_SHOW, None, "noshow"),
        (State.CANCELLED, EndedBy.CITIZEN, "excused"),
        (State.CANCELLED, EndedBy.UNIT, "revoked"),
        (State.CANCELLED, EndedBy.TIME, "revoked"),
    ],
)
def test_each_state_has_a_status(state: State, ended_by: EndedBy | None, status: str) -> None:
    assert status_of(state, ended_by) == status
