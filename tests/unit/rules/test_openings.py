from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from models.rules.actor import AgentActor, Role
from models.rules.colleagues import Colleague
from models.rules.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from models.rules.openings import (
    OpeningFacts,
    PlaceKind,
    Proposal,
    State,
    amend,
    approve,
    change_occurrence,
    is_held,
    propose,
    refuse,
    withdraw,
)
from models.rules.recurrence import Frequency, Recurrence
from models.rules.request_lifecycle import Verdict
from tests.support.seed import NOW

PARIS = ZoneInfo("Europe/Paris")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MARTIN = AgentActor(1, "Adj. Martin", 10, frozenset({Role.GENDARME}))
PETIT = AgentActor(2, "Gend. Petit", 10, frozenset({Role.GENDARME}))
CHIEF = AgentActor(3, "Maj. Roux", 10, frozenset({Role.CHIEF}))
OTHER_CHIEF = AgentActor(4, "Maj. Noir", 20, frozenset({Role.CHIEF}))
OPERATOR = AgentActor(5, "Opér. Vert", None, frozenset({Role.OPERATOR}))

PROPOSAL = Proposal(NOW + DAY, NOW + DAY + 3 * HOUR, 2, ("complaint",), PlaceKind.UNIT, "", None)
HALL = replace(PROPOSAL, place_kind=PlaceKind.TOWN_HALL, place_name="Mairie de Virieu")
NAMED = replace(PROPOSAL, counters=1, agent_id=2)


def weekly(until: date | None = None) -> Proposal:
    return replace(PROPOSAL, recurrence=Recurrence(Frequency.WEEKLY, until=until))


@pytest.mark.parametrize(
    ("proposal", "actor", "outcome"),
    [
        (PROPOSAL, MARTIN, 10),
        (HALL, MARTIN, 10),
        (NAMED, MARTIN, 10),
        (replace(PROPOSAL, reason_codes=()), CHIEF, 10),
        (replace(PROPOSAL, starts_at=NOW - HOUR, ends_at=NOW + HOUR), MARTIN, 10),
        (weekly(), MARTIN, 10),
        # The first of them is over, not the last.
        (replace(weekly(), starts_at=NOW - 8 * DAY, ends_at=NOW - 8 * DAY + HOUR), MARTIN, 10),
        (weekly(until=(NOW + 21 * DAY).date()), MARTIN, 10),
        (weekly(until=(NOW + 5 * 366 * DAY).date()), MARTIN, 10),
        (PROPOSAL, OPERATOR, Forbidden("not_in_a_unit")),
        (replace(PROPOSAL, starts_at=NOW - 2 * HOUR, ends_at=NOW), MARTIN, Conflict("opening_over")),
        (
            replace(weekly(until=(NOW - DAY).date()), starts_at=NOW - 8 * DAY, ends_at=NOW - 8 * DAY + HOUR),
            MARTIN,
            Conflict("opening_over"),
        ),
        (weekly(until=NOW.date()), MARTIN, {"recurrence": "no_occurrence"}),
        (weekly(until=(NOW + 5 * 366 * DAY).date() + DAY), MARTIN, {"recurrence": "too_far"}),
        (replace(weekly(), ends_at=PROPOSAL.starts_at), MARTIN, {"ends_at": "before_start"}),
        (NAMED, OTHER_CHIEF, NotFound("no_such_agent")),
        (replace(NAMED, agent_id=99), MARTIN, NotFound("no_such_agent")),
        (replace(PROPOSAL, ends_at=PROPOSAL.starts_at), MARTIN, {"ends_at": "before_start"}),
        (replace(PROPOSAL, ends_at=PROPOSAL.starts_at + DAY + HOUR), MARTIN, {"ends_at": "too_long"}),
        (
            replace(PROPOSAL, starts_at=NOW + 367 * DAY, ends_at=NOW + 367 * DAY + HOUR),
            MARTIN,
            {"starts_at": "too_far"},
        ),
        (replace(PROPOSAL, counters=0), MARTIN, {"counters": "out_of_range"}),
        (replace(PROPOSAL, counters=21), MARTIN, {"counters": "out_of_range"}),
        (replace(NAMED, counters=2), MARTIN, {"counters": "one_for_an_agent"}),
        (replace(PROPOSAL, reason_codes=("complaint", "tea")), MARTIN, {"reasons": "unknown"}),
        (replace(HALL, place_name=""), MARTIN, {"place_name": "missing"}),
        (
            replace(HALL, place_name="", counters=0, reason_codes=("tea",)),
            MARTIN,
            {"place_name": "missing", "counters": "out_of_range", "reasons": "unknown"},
        ),
    ],
)
def test_proposing(proposal, actor, outcome):
    colleagues = {2: Colleague(2, "Gend. Petit", 10)}

    def decide() -> int:
        named = None if proposal.agent_id is None else colleagues.get(proposal.agent_id)
        return propose(proposal, actor, NOW, reasons=["complaint", "other"], named=named, zone=PARIS)

    if isinstance(outcome, int):
        assert decide() == outcome
        return
    expected = Invalid("invalid_arguments", {"fields": outcome}) if isinstance(outcome, dict) else outcome
    with pytest.raises(type(expected)) as refusal:
        decide()
    assert refusal.value == expected


DECIDED = NOW - HOUR
DETAIL = {"by": "Maj. Roux", "at": DECIDED.isoformat()}


def opening(state: State) -> OpeningFacts:
    decided = state is not State.PROPOSED
    return OpeningFacts(10, state, 1, NOW + DAY, "Maj. Roux" if decided else None, DECIDED if decided else None)


def already(state: State) -> Conflict:
    return Conflict("already_decided", {"state": state.value, **DETAIL})


APPLY, NOOP, CHIEF_ONLY, NOT_YOURS = Verdict.APPLY, Verdict.NOOP, Forbidden("chief_only"), Forbidden("not_yours")
P, A, R, W = State.PROPOSED, State.APPROVED, State.REFUSED, State.WITHDRAWN
TABLE = {
    ("approve", "proposer"): dict.fromkeys(State, CHIEF_ONLY),
    ("approve", "colleague"): dict.fromkeys(State, CHIEF_ONLY),
    ("approve", "chief"): {P: APPLY, A: NOOP, R: already(R), W: already(W)},
    ("refuse", "proposer"): dict.fromkeys(State, CHIEF_ONLY),
    ("refuse", "colleague"): dict.fromkeys(State, CHIEF_ONLY),
    ("refuse", "chief"): {P: APPLY, A: already(A), R: NOOP, W: already(W)},
    ("amend", "proposer"): dict.fromkeys(State, CHIEF_ONLY),
    ("amend", "colleague"): dict.fromkeys(State, CHIEF_ONLY),
    ("amend", "chief"): {P: APPLY, A: already(A), R: already(R), W: already(W)},
    ("change", "proposer"): {P: APPLY, A: already(A), R: already(R), W: already(W)},
    ("change", "colleague"): dict.fromkeys(State, NOT_YOURS),
    ("change", "chief"): {P: APPLY, A: APPLY, R: already(R), W: already(W)},
    ("withdraw", "proposer"): {P: APPLY, A: already(A), R: already(R), W: NOOP},
    ("withdraw", "colleague"): dict.fromkeys(State, NOT_YOURS),
    ("withdraw", "chief"): {P: APPLY, A: APPLY, R: already(R), W: NOOP},
}
ACTORS = {"proposer": MARTIN, "colleague": PETIT, "chief": CHIEF, "other chief": OTHER_CHIEF, "operator": OPERATOR}
VERBS = {
    "approve": lambda facts, actor: approve(facts, actor, NOW),
    "amend": lambda facts, actor: amend(facts, actor, same=False),
    "change": lambda facts, actor: change_occurrence(facts, actor, NOW, over_at=NOW + DAY, same=False),
    "refuse": refuse,
    "withdraw": withdraw,
}


@pytest.mark.parametrize(("verb", "who", "state"), list(product(VERBS, ACTORS, State)))
def test_deciding(verb, who, state):
    outsiders = {"other chief": NotFound("no_such_opening"), "operator": Forbidden("not_in_a_unit")}
    outcome = outsiders.get(who) or TABLE[(verb, who)][state]
    if isinstance(outcome, Refusal):
        with pytest.raises(type(outcome)) as refusal:
            VERBS[verb](opening(state), ACTORS[who])
        assert refusal.value == outcome
    else:
        assert VERBS[verb](opening(state), ACTORS[who]) is outcome


def test_what_is_over_is_not_approved_any_more_but_can_be_refused_and_withdrawn():
    over = replace(opening(P), ends_at=NOW)
    with pytest.raises(Conflict, match="opening_over"):
        approve(over, CHIEF, NOW)
    assert refuse(over, CHIEF) is APPLY
    assert withdraw(over, MARTIN) is APPLY


def test_what_has_no_end_is_never_over():
    assert approve(replace(opening(P), ends_at=None), CHIEF, NOW) is APPLY
    assert is_held(NOW - 900 * DAY, None, A, NOW - 900 * DAY, NOW)
    assert not is_held(NOW + 20 * DAY, None, A, NOW - 900 * DAY, NOW)


def test_an_amendment_or_a_change_that_changes_nothing_is_no_conflict():
    assert amend(opening(P), CHIEF, same=True) is NOOP
    assert change_occurrence(opening(A), CHIEF, NOW, over_at=NOW - DAY, same=True) is NOOP


def test_only_an_occurrence_that_is_still_to_come_is_changed():
    with pytest.raises(NotFound, match="no_such_occurrence"):
        change_occurrence(opening(A), CHIEF, NOW, over_at=None, same=False)
    with pytest.raises(Conflict, match="opening_over"):
        change_occurrence(opening(A), CHIEF, NOW, over_at=NOW, same=False)


@pytest.mark.parametrize(
    ("start", "end", "state", "decided", "held"),
    [
        (HOUR, 2 * HOUR, A, -30 * DAY, True),
        (-HOUR, timedelta(), A, -30 * DAY, False),
        (-HOUR, HOUR, A, -30 * DAY, True),
        (15 * DAY - HOUR, 15 * DAY, A, -30 * DAY, True),
        (15 * DAY, 15 * DAY + HOUR, A, -30 * DAY, False),
        (15 * DAY, 15 * DAY + HOUR, A, -7 * DAY, True),
        (15 * DAY, 15 * DAY + HOUR, R, -8 * DAY, False),
        (300 * DAY, 300 * DAY + HOUR, P, None, True),
        (-2 * HOUR, -HOUR, P, None, False),
    ],
)
def test_what_terminals_hold(start, end, state, decided, held):
    decided_at = None if decided is None else NOW + decided
    assert is_held(NOW + start, NOW + end, state, decided_at, NOW) is held
