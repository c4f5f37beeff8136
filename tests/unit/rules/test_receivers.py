"""Who receives a citizen, and when a time is given up because nobody does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.rules.actor import AgentActor, Role
from models.rules.appointments import AppointmentFacts, Receiver, State
from models.rules.colleagues import Colleague
from models.rules.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from models.rules.receivers import (
    Exchange,
    assign,
    given_up_at,
    is_released,
    leave,
    start_intervention,
    swap,
    take,
    waits_for_chief,
)
from models.rules.request_lifecycle import Verdict
from tests.support.seed import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MARTIN = AgentActor(1, "Adj. Martin", 10, frozenset({Role.GENDARME}))
PETIT = AgentActor(2, "Gend. Petit", 10, frozenset({Role.GENDARME}))
CHIEF = AgentActor(3, "Maj. Roux", 10, frozenset({Role.CHIEF}))
OTHER_CHIEF = AgentActor(4, "Maj. Noir", 20, frozenset({Role.CHIEF}))

BY_MARTIN = Receiver(1, "Adj. Martin", NOW - HOUR)
BY_PETIT = Receiver(2, "Gend. Petit", NOW - MINUTE)
BY_ROUX = Receiver(3, "Maj. Roux", NOW - DAY)
FREE = AppointmentFacts(10, State.CONFIRMED, NOW + HOUR, NOW + 2 * HOUR, 1)
MARTINS = replace(FREE, receivers=(BY_MARTIN,))
PETITS = replace(FREE, receivers=(BY_PETIT,))
FOR_TWO = replace(FREE, agents_needed=2)
BY_BOTH = replace(FOR_TWO, receivers=(BY_MARTIN, BY_PETIT))
WITH_ROUX = replace(FOR_TWO, receivers=(BY_MARTIN, BY_ROUX))
ENDED = replace(MARTINS, state=State.CANCELLED, ended_at=NOW)
OFFERED = replace(FREE, state=State.HELD)
PEOPLE = {
    1: Colleague(1, "Adj. Martin", 10),
    2: Colleague(2, "Gend. Petit", 10),
    4: Colleague(4, "Maj. Noir", 20),
}


def result(decide):
    try:
        return decide()
    except Refusal as refusal:
        return refusal


def taken(by, at):
    return Conflict("already_taken", {"by": by, "at": at.isoformat()})


ENDING = Conflict("appointment_ended", {"state": "cancelled", "by": None, "at": NOW.isoformat()})


@pytest.mark.parametrize(
    ("appointment", "actor", "expected"),
    [
        (FREE, MARTIN, Verdict.APPLY),
        (replace(FREE, state=State.REQUESTED), MARTIN, Verdict.APPLY),
        (MARTINS, MARTIN, Verdict.NOOP),
        (PETITS, MARTIN, taken("Gend. Petit", NOW - MINUTE)),
        (replace(FOR_TWO, receivers=(BY_PETIT,)), MARTIN, Verdict.APPLY),
        (BY_BOTH, CHIEF, taken("Adj. Martin, Gend. Petit", NOW - MINUTE)),
        (ENDED, PETIT, ENDING),
        (OFFERED, MARTIN, Conflict("not_booked")),
        (FREE, OTHER_CHIEF, NotFound("no_such_appointment")),
    ],
)
def test_anybody_of_the_unit_takes_until_there_are_enough(appointment, actor, expected):
    assert result(lambda: take(appointment, actor)) == expected


@pytest.mark.parametrize(
    ("appointment", "actor", "expected"),
    [
        (MARTINS, MARTIN, Verdict.APPLY),
        (PETITS, MARTIN, Verdict.NOOP),
        (ENDED, MARTIN, ENDING),
        (MARTINS, OTHER_CHIEF, NotFound("no_such_appointment")),
    ],
)
def test_one_leaves_what_is_ones_own(appointment, actor, expected):
    assert result(lambda: leave(appointment, actor)) == expected


@pytest.mark.parametrize(
    ("appointment", "actor", "agents", "expected"),
    [
        (FREE, CHIEF, (1,), Verdict.APPLY),
        (PETITS, CHIEF, (1,), Verdict.APPLY),
        (MARTINS, CHIEF, (1,), Verdict.NOOP),
        (FOR_TWO, CHIEF, (1, 2), Verdict.APPLY),
        (BY_BOTH, CHIEF, (1, 2), Verdict.NOOP),
        (BY_BOTH, CHIEF, (1,), Verdict.APPLY),
        (FREE, CHIEF, (1, 2), {"agents": "too_many"}),
        (FREE, CHIEF, (), {"agents": "missing"}),
        (FREE, CHIEF, (4,), NotFound("no_such_agent")),
        (FREE, CHIEF, (99,), NotFound("no_such_agent")),
        (FREE, MARTIN, (1,), Forbidden("chief_only")),
        (ENDED, CHIEF, (2,), ENDING),
    ],
)
def test_the_chief_names_exactly_who_receives(appointment, actor, agents, expected):
    got = result(lambda: assign(appointment, actor, agents, [PEOPLE.get(one) for one in agents]))
    assert got == (Invalid("invalid_arguments", {"fields": expected}) if isinstance(expected, dict) else expected)


@pytest.mark.parametrize(
    ("one", "other", "actor", "expected"),
    [
        (MARTINS, PETITS, MARTIN, Exchange(BY_MARTIN, BY_PETIT)),
        (PETITS, MARTINS, MARTIN, Exchange(BY_PETIT, BY_MARTIN)),
        (MARTINS, PETITS, CHIEF, Exchange(BY_MARTIN, BY_PETIT)),
        (replace(FREE, receivers=(BY_ROUX,)), PETITS, MARTIN, Forbidden("not_yours")),
        (MARTINS, MARTINS, MARTIN, None),
        (MARTINS, FREE, MARTIN, Conflict("not_swappable")),
        # Of two, it is the actor who goes; whoever receives in both stays.
        (BY_BOTH, replace(FREE, receivers=(BY_ROUX,)), PETIT, Exchange(BY_PETIT, BY_ROUX)),
        (BY_BOTH, replace(FREE, receivers=(BY_ROUX,)), CHIEF, Conflict("not_swappable")),
        (BY_BOTH, PETITS, MARTIN, Conflict("not_swappable")),
        # Whoever receives in both would exchange two colleagues.
        (WITH_ROUX, BY_BOTH, MARTIN, Forbidden("not_yours")),
        (WITH_ROUX, BY_BOTH, CHIEF, Exchange(BY_ROUX, BY_PETIT)),
        (MARTINS, ENDED, MARTIN, ENDING),
        (MARTINS, replace(PETITS, unit_id=20), MARTIN, NotFound("no_such_appointment")),
    ],
)
def test_two_exchange_and_it_is_clear_who(one, other, actor, expected):
    assert result(lambda: swap(one, other, actor)) == expected


def test_an_intervention_lasts_a_day_at_most_and_changes_nothing_once_it_is_over():
    assert start_intervention(NOW + DAY, NOW) is Verdict.APPLY
    assert start_intervention(NOW, NOW) is Verdict.NOOP
    with pytest.raises(Invalid):
        start_intervention(NOW + DAY + MINUTE, NOW)


@pytest.mark.parametrize(
    ("changes", "released"),
    [
        ({}, True),
        ({"starts_at": NOW + 3 * HOUR, "ends_at": NOW + 4 * HOUR}, False),
        ({"starts_at": NOW - 14 * MINUTE}, True),
        ({"starts_at": NOW - 15 * MINUTE}, False),
        ({"state": State.REQUESTED}, True),
        ({"state": State.HELD}, True),
        ({"state": State.CANCELLED}, False),
        ({"state": State.HONOURED}, False),
    ],
)
def test_whoever_is_away_gives_up_what_has_not_really_begun(changes, released):
    assert is_released(replace(MARTINS, **changes), NOW, NOW + 3 * HOUR, NOW) is released


def test_the_chief_names_somebody_from_45_minutes_before_until_it_is_over():
    assert not waits_for_chief(FREE, NOW + 14 * MINUTE)
    assert waits_for_chief(FREE, NOW + 15 * MINUTE)
    assert waits_for_chief(replace(FOR_TWO, receivers=(BY_PETIT,)), NOW + 15 * MINUTE)
    assert not waits_for_chief(MARTINS, NOW + 15 * MINUTE)
    assert not waits_for_chief(FREE, NOW + 2 * HOUR)


def test_a_time_is_given_up_a_quarter_of_an_hour_before_and_colleagues_have_ten_minutes():
    start = FREE.starts_at
    assert given_up_at(FREE, NOW) == start - 15 * MINUTE
    assert given_up_at(FREE, start - 5 * MINUTE) == start + 5 * MINUTE
    # Nobody's name on it is no reason to give it up: somebody is at the counter.
    assert given_up_at(FREE, None) is None
    assert given_up_at(replace(FREE, state=State.REQUESTED), None) == start - 15 * MINUTE
    assert given_up_at(ENDED, NOW) is None
