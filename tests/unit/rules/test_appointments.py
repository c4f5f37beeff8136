"""What may happen to an appointment, to whom it is allowed, and how long terminals hold it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from models.rules.actor import AgentActor, Role
from models.rules.appointments import (
    AppointmentFacts,
    EndedBy,
    Outcome,
    State,
    approve,
    cancel_by_unit,
    cancel_for_citizen,
    ending,
    is_held,
    is_unsaid,
    propose,
    set_outcome,
)
from models.rules.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from models.rules.request_lifecycle import Verdict
from tests.support.seed import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MARTIN = AgentActor(1, "Adj. Martin", 10, frozenset({Role.GENDARME}))
CHIEF = AgentActor(3, "Maj. Roux", 10, frozenset({Role.CHIEF}))
OTHER_CHIEF = AgentActor(4, "Maj. Noir", 20, frozenset({Role.CHIEF}))
OPERATOR = AgentActor(5, "Opér. Vert", None, frozenset({Role.OPERATOR}))

CONFIRMED = AppointmentFacts(10, State.CONFIRMED, NOW + HOUR, NOW + 2 * HOUR, 1)
REQUESTED = replace(CONFIRMED, state=State.REQUESTED)
OFFERED = replace(CONFIRMED, state=State.HELD)
CANCELLED = replace(CONFIRMED, state=State.CANCELLED, ended_at=NOW - MINUTE, ended_by=EndedBy.CITIZEN)
BY_UNIT = replace(CANCELLED, ended_by=EndedBy.UNIT, decided_by_name="Maj. Roux")
MOVED = replace(CANCELLED, state=State.MOVED)
HONOURED = replace(
    CONFIRMED, state=State.HONOURED, ended_at=NOW - HOUR, ended_by=EndedBy.UNIT, decided_by_name="Gend. Petit"
)
OVER = replace(REQUESTED, starts_at=NOW - 2 * HOUR, ends_at=NOW)
ENDED_BY_CITIZEN = Conflict("appointment_ended", {"state": "cancelled", "by": None, "at": (NOW - MINUTE).isoformat()})


def result(decide):
    try:
        return decide()
    except Refusal as refusal:
        return refusal


@pytest.mark.parametrize(
    ("appointment", "actor", "expected"),
    [
        (REQUESTED, CHIEF, Verdict.APPLY),
        (CONFIRMED, CHIEF, Verdict.NOOP),
        (REQUESTED, MARTIN, Forbidden("chief_only")),
        (REQUESTED, OTHER_CHIEF, NotFound("no_such_appointment")),
        (REQUESTED, OPERATOR, Forbidden("not_in_a_unit")),
        (OFFERED, CHIEF, Conflict("not_booked")),
        (CANCELLED, CHIEF, ENDED_BY_CITIZEN),
        (OVER, CHIEF, Conflict("appointment_over")),
    ],
)
def test_the_chief_confirms_what_was_requested(appointment, actor, expected):
    assert result(lambda: approve(appointment, actor, NOW)) == expected


@pytest.mark.parametrize(
    ("appointment", "actor", "starts", "expected"),
    [
        (REQUESTED, CHIEF, (DAY,), Verdict.APPLY),
        (CONFIRMED, CHIEF, (DAY, 2 * DAY, 3 * DAY), Verdict.APPLY),
        (CONFIRMED, MARTIN, (DAY,), Forbidden("chief_only")),
        (CONFIRMED, CHIEF, (), {"starts": "missing"}),
        (CONFIRMED, CHIEF, (DAY, 2 * DAY, 3 * DAY, 4 * DAY), {"starts": "too_many"}),
        (CONFIRMED, CHIEF, (timedelta(0), DAY), {"starts": "past"}),
        (CANCELLED, CHIEF, (DAY,), ENDED_BY_CITIZEN),
        (OVER, CHIEF, (DAY,), Conflict("appointment_over")),
    ],
)
def test_the_chief_offers_one_to_three_other_times(appointment, actor, starts, expected):
    got = result(lambda: propose(appointment, actor, tuple(NOW + start for start in starts), NOW))
    assert got == (Invalid("invalid_arguments", {"fields": expected}) if isinstance(expected, dict) else expected)


@pytest.mark.parametrize(
    ("appointment", "actor", "expected"),
    [
        (CONFIRMED, CHIEF, Verdict.APPLY),
        (OVER, CHIEF, Verdict.APPLY),
        (BY_UNIT, CHIEF, Verdict.NOOP),
        (CANCELLED, CHIEF, ENDED_BY_CITIZEN),
        (MOVED, CHIEF, Conflict("appointment_ended", {**ENDED_BY_CITIZEN.detail, "state": "moved"})),
        (CONFIRMED, MARTIN, Forbidden("chief_only")),
    ],
)
def test_the_chief_cancels(appointment, actor, expected):
    assert result(lambda: cancel_by_unit(appointment, actor)) == expected


@pytest.mark.parametrize(
    ("appointment", "actor", "expected"),
    [
        (CONFIRMED, MARTIN, Verdict.APPLY),
        (REQUESTED, CHIEF, Verdict.APPLY),
        (CANCELLED, MARTIN, Verdict.NOOP),
        (OFFERED, MARTIN, Conflict("not_booked")),
        (BY_UNIT, MARTIN, Conflict("appointment_ended", ending(BY_UNIT))),
        (CONFIRMED, OPERATOR, Forbidden("not_in_a_unit")),
    ],
)
def test_anybody_of_the_unit_cancels_for_a_caller(appointment, actor, expected):
    assert result(lambda: cancel_for_citizen(appointment, actor)) == expected


SAID = {"state": "honoured", "by": "Gend. Petit", "at": (NOW - HOUR).isoformat()}


@pytest.mark.parametrize(
    ("appointment", "outcome", "after", "expected"),
    [
        (CONFIRMED, Outcome.HONOURED, 45 * MINUTE, Verdict.APPLY),
        (CONFIRMED, Outcome.HONOURED, 44 * MINUTE, Conflict("outcome_too_early")),
        (CONFIRMED, Outcome.NO_SHOW, 6 * DAY, Verdict.APPLY),
        (CONFIRMED, Outcome.NO_SHOW, HOUR, Verdict.APPLY),
        (CONFIRMED, Outcome.NO_SHOW, HOUR - MINUTE, Conflict("no_show_too_early")),
        (HONOURED, Outcome.NO_SHOW, -5 * HOUR, Conflict("no_show_too_early")),
        (REQUESTED, Outcome.HONOURED, HOUR, Conflict("not_approved")),
        (HONOURED, Outcome.HONOURED, 3 * DAY, Verdict.NOOP),
        (HONOURED, Outcome.NO_SHOW, 23 * HOUR, Verdict.APPLY),
        (HONOURED, Outcome.NO_SHOW, 23 * HOUR + MINUTE, Conflict("outcome_settled", SAID)),
        (
            replace(HONOURED, ended_by=EndedBy.TIME),
            Outcome.NO_SHOW,
            MINUTE,
            Conflict("outcome_settled", {**SAID, "by": None}),
        ),
        (CANCELLED, Outcome.NO_SHOW, HOUR, ENDED_BY_CITIZEN),
    ],
)
def test_a_gendarme_says_whether_the_citizen_came_and_may_correct_it_for_a_day(appointment, outcome, after, expected):
    assert result(lambda: set_outcome(appointment, MARTIN, outcome, NOW + after)) == expected


def test_another_units_appointment_has_no_outcome():
    with pytest.raises(NotFound):
        set_outcome(CONFIRMED, OTHER_CHIEF, Outcome.HONOURED, NOW + HOUR)


def test_what_nobody_has_said_for_a_week_the_clock_says():
    assert not is_unsaid(CONFIRMED, CONFIRMED.ends_at + 7 * DAY - MINUTE)
    assert is_unsaid(CONFIRMED, CONFIRMED.ends_at + 7 * DAY)
    assert not is_unsaid(HONOURED, CONFIRMED.ends_at + 8 * DAY)


@pytest.mark.parametrize(
    ("state", "starts_in", "ended", "held"),
    [
        (State.CONFIRMED, 14 * DAY + 23 * HOUR, None, True),
        (State.CONFIRMED, 15 * DAY, None, False),
        (State.CONFIRMED, -6 * DAY, None, True),
        (State.HELD, DAY, None, True),
        (State.REQUESTED, 60 * DAY, None, True),
        (State.CANCELLED, 60 * DAY, -7 * DAY, True),
        (State.HONOURED, -8 * DAY, -7 * DAY - MINUTE, False),
        (State.EXPIRED, DAY, -HOUR, False),
    ],
)
def test_terminals_hold_the_fortnight_and_what_waits(state, starts_in, ended, held):
    ended_at = None if ended is None else NOW + ended
    holds = partial(is_held, state, NOW + starts_in, ended_at, midnight=NOW)
    assert holds(has_booking=True, only_held=False) is held
    assert not holds(has_booking=False, only_held=False)
    # A citizen is just moving to it.
    assert not holds(has_booking=True, only_held=True)
