from __future__ import annotations

from datetime import timedelta

import pytest

from models.rules.absences import AbsenceFacts, cancel, declare, is_held
from models.rules.actor import AgentActor, Role
from models.rules.duty import Source
from models.rules.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from models.rules.request_lifecycle import Verdict
from tests.support.seed import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MARTIN = AgentActor(1, "Adj. Martin", 10, frozenset({Role.GENDARME}))
PETIT = AgentActor(2, "Gend. Petit", 10, frozenset({Role.GENDARME}))
CHIEF = AgentActor(3, "Maj. Roux", 10, frozenset({Role.CHIEF}))
OTHER_CHIEF = AgentActor(4, "Maj. Noir", 20, frozenset({Role.CHIEF}))
OPERATOR = AgentActor(5, "Opér. Vert", None, frozenset({Role.OPERATOR}))


@pytest.mark.parametrize(
    ("start", "end", "fields"),
    [
        (HOUR, 2 * HOUR, None),
        (-HOUR, HOUR, None),
        (-8 * DAY, -7 * DAY, None),
        (-8 * DAY, -7 * DAY - HOUR, {"ends_at": "too_old"}),
        (HOUR, HOUR, {"ends_at": "before_start"}),
        (2 * HOUR, HOUR, {"ends_at": "before_start"}),
        (HOUR, HOUR + 366 * DAY, None),
        (HOUR, 2 * HOUR + 366 * DAY, {"ends_at": "too_long"}),
        (731 * DAY, 732 * DAY, None),
        (731 * DAY + HOUR, 732 * DAY, {"starts_at": "too_far"}),
    ],
)
def test_bounds(start, end, fields):
    if fields is None:
        declare(NOW + start, NOW + end, NOW)
        return
    with pytest.raises(Invalid) as refusal:
        declare(NOW + start, NOW + end, NOW)
    assert refusal.value.detail == {"fields": fields}


def facts(**changes: object) -> AbsenceFacts:
    values = {"agent_id": 1, "unit_id": 10, "source": Source.OWN, "is_cancelled": False, **changes}
    return AbsenceFacts(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("absence", "actor", "outcome"),
    [
        (facts(), MARTIN, Verdict.APPLY),
        (facts(), CHIEF, Verdict.APPLY),
        (facts(), PETIT, Forbidden("chief_only")),
        (facts(), OTHER_CHIEF, NotFound("no_such_absence")),
        (facts(), OPERATOR, Forbidden("not_in_a_unit")),
        (facts(unit_id=None), CHIEF, NotFound("no_such_absence")),
        (facts(is_cancelled=True), MARTIN, Verdict.NOOP),
        (facts(source=Source.PLANNING), MARTIN, Conflict("absence_imported")),
        (facts(source=Source.PLANNING), CHIEF, Conflict("absence_imported")),
        (facts(source=Source.PLANNING), PETIT, Forbidden("chief_only")),
    ],
)
def test_cancelling(absence, actor, outcome):
    if isinstance(outcome, Refusal):
        with pytest.raises(type(outcome)) as refusal:
            cancel(absence, actor)
        assert refusal.value == outcome
    else:
        assert cancel(absence, actor) is outcome


def test_terminals_hold_what_is_not_over_by_today():
    assert is_held(NOW + HOUR, False, NOW)
    assert is_held(NOW + 700 * DAY, False, NOW)
    assert not is_held(NOW, False, NOW)
    assert not is_held(NOW + HOUR, True, NOW)
