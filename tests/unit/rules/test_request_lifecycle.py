from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import request_lifecycle as rules
from models.rules.actor import AgentActor, CitizenActor, Role, SystemActor
from models.rules.errors import Conflict, Forbidden, NotFound, Refusal
from models.rules.request_lifecycle import RequestFacts, State, Verdict

AT = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
OWNER = AgentActor(1, "Adj. Martin", 10, frozenset({Role.GENDARME}))
COLLEAGUE = AgentActor(2, "Gend. Petit", 10, frozenset({Role.GENDARME}))
CHIEF = AgentActor(3, "Maj. Roux", 10, frozenset({Role.CHIEF}))
STRANGER = AgentActor(4, "Adj. Blanc", 20, frozenset({Role.GENDARME, Role.CHIEF}))
OPERATOR = AgentActor(5, "Opératrice", None, frozenset({Role.OPERATOR}))
WAITING = RequestFacts(10, State.WAITING, None, None, None, None)
ACCEPTED = RequestFacts(10, State.ACCEPTED, 1, "Adj. Martin", AT, None)
DONE = RequestFacts(10, State.DONE, 1, "Adj. Martin", AT, AT)
WITHDRAWN = RequestFacts(10, State.WITHDRAWN, None, None, None, AT)
EXPIRED = replace(WITHDRAWN, state=State.EXPIRED)


def transfer(request: RequestFacts, actor: AgentActor) -> Verdict:
    return rules.transfer(request, actor, to_unit_id=20, to_unit_receives=True)


def add_word(request: RequestFacts, actor: CitizenActor) -> Verdict:
    return rules.add_word(request, actor, word="un mot", last_word=None)


A, N = Verdict.APPLY, Verdict.NOOP


@pytest.mark.parametrize(
    ("decide", "request_facts", "actor", "expected"),
    [
        (rules.accept, WAITING, OWNER, A),
        (rules.accept, ACCEPTED, OWNER, N),
        (rules.accept, ACCEPTED, COLLEAGUE, "already_accepted"),
        (rules.accept, ACCEPTED, CHIEF, "already_accepted"),
        (rules.accept, DONE, OWNER, "already_ended"),
        (rules.accept, WITHDRAWN, OWNER, "already_ended"),
        (rules.accept, EXPIRED, OWNER, "already_ended"),
        (rules.accept, WAITING, STRANGER, "no_such_request"),
        (rules.accept, WAITING, OPERATOR, "not_in_a_unit"),
        (rules.release, ACCEPTED, OWNER, A),
        (rules.release, ACCEPTED, CHIEF, A),
        (rules.release, ACCEPTED, COLLEAGUE, "already_accepted"),
        (rules.release, WAITING, OWNER, N),
        (rules.release, DONE, OWNER, "already_ended"),
        (rules.release, ACCEPTED, STRANGER, "no_such_request"),
        (transfer, WAITING, COLLEAGUE, A),
        (transfer, ACCEPTED, OWNER, A),
        (transfer, ACCEPTED, CHIEF, A),
        (transfer, ACCEPTED, COLLEAGUE, "already_accepted"),
        (transfer, WITHDRAWN, OWNER, "already_ended"),
        (transfer, WAITING, STRANGER, "no_such_request"),
        (rules.close, ACCEPTED, OWNER, A),
        (rules.close, ACCEPTED, CHIEF, A),
        (rules.close, ACCEPTED, COLLEAGUE, "already_accepted"),
        (rules.close, WAITING, OWNER, "not_accepted"),
        (rules.close, DONE, OWNER, N),
        (rules.close, DONE, COLLEAGUE, "already_ended"),
        (rules.close, WITHDRAWN, OWNER, "already_ended"),
        (rules.note, WAITING, COLLEAGUE, A),
        (rules.note, DONE, COLLEAGUE, A),
        (rules.note, WAITING, STRANGER, "no_such_request"),
        (rules.withdraw, WAITING, CitizenActor(), A),
        (rules.withdraw, ACCEPTED, CitizenActor(), A),
        (rules.withdraw, WITHDRAWN, CitizenActor(), N),
        (rules.withdraw, DONE, CitizenActor(), "already_ended"),
        (add_word, ACCEPTED, CitizenActor(), A),
        (add_word, EXPIRED, CitizenActor(), "already_ended"),
        (rules.expire, WAITING, SystemActor("upkeep"), A),
        (rules.expire, ACCEPTED, SystemActor("upkeep"), N),
        (rules.expire, DONE, SystemActor("upkeep"), N),
    ],
)
def test_who_may_do_what(decide, request_facts, actor, expected):
    if isinstance(expected, Verdict):
        assert decide(request_facts, actor) is expected
    else:
        with pytest.raises(Refusal) as refused:
            decide(request_facts, actor)
        assert refused.value.code == expected


def test_the_loser_is_told_who_was_first_and_when():
    with pytest.raises(Conflict) as refused:
        rules.accept(ACCEPTED, COLLEAGUE)
    assert refused.value.detail == {"by": "Adj. Martin", "at": AT.isoformat()}


def test_the_same_word_again_is_a_second_tap():
    assert rules.add_word(WAITING, CitizenActor(), word="un mot", last_word="un mot") is Verdict.NOOP
    assert rules.add_word(WAITING, CitizenActor(), word="un autre", last_word="un mot") is Verdict.APPLY


def test_a_transfer_needs_a_unit_that_receives():
    with pytest.raises(NotFound, match="no_such_unit"):
        rules.transfer(WAITING, OWNER, to_unit_id=20, to_unit_receives=False)
    assert rules.transfer(WAITING, OWNER, to_unit_id=10, to_unit_receives=True) is Verdict.NOOP


@given(
    request_facts=st.sampled_from([WAITING, ACCEPTED, DONE, WITHDRAWN, EXPIRED]),
    actor=st.sampled_from([STRANGER, OPERATOR]),
    decide=st.sampled_from([rules.accept, rules.release, transfer, rules.close, rules.note]),
)
def test_nobody_learns_of_another_units_request(request_facts, actor, decide):
    with pytest.raises((NotFound, Forbidden)) as refused:
        decide(request_facts, actor)
    assert refused.value.detail == {}
