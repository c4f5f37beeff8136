from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.support.brigade_world import after, proposal
from tests.support.seed import NOW


def test_a_gendarme_proposes_and_the_chief_approves(brigade):
    mine, chief = brigade.terminal(brigade.martin), brigade.terminal(brigade.roux)
    chief.pull()
    args = proposal()
    assert mine.do("opening.propose", **args)["status"] == "applied"
    assert mine.do("opening.propose", **{**args, "reasons": ["complaint", "other"]})["status"] == "noop"
    assert mine.do("opening.propose", **{**args, "counters": 3})["code"] == "id_taken"
    chief.pull()
    key = f"opening/{args['opening_id']}"
    assert chief.docs[key] == {
        "id": args["opening_id"],
        "state": "proposed",
        "starts_at": after(days=1),
        "ends_at": after(days=1, hours=3),
        "recurrence": None,
        "last_ends_at": after(days=1, hours=3),
        "holiday_rule": "closed",
        "changes": [],
        "counters": 2,
        "agent": None,
        "reasons": ["complaint", "other"],
        "place": {"kind": "unit", "name": None},
        "proposed_by": {"id": brigade.martin.id, "name": "Adj. Martin"},
        "proposed_at": after(),
        "amended_by": None,
        "decided_by": None,
        "decided_at": None,
        "word": None,
    }
    assert mine.do("opening.approve", opening_id=args["opening_id"])["code"] == "chief_only"
    assert chief.do("opening.approve", opening_id=args["opening_id"])["status"] == "applied"
    assert chief.do("opening.approve", opening_id=args["opening_id"])["status"] == "noop"
    mine.pull()
    assert (mine.docs[key]["state"], mine.docs[key]["decided_by"]["name"]) == ("approved", "Maj. Roux")
    late = mine.do("opening.withdraw", opening_id=args["opening_id"])
    assert (late["code"], late["state"], late["by"], late["at"]) == (
        "already_decided",
        "approved",
        "Maj. Roux",
        after(),
    )


def test_the_chief_refuses_with_a_word_or_withdraws_later(brigade):
    mine, chief = brigade.terminal(brigade.martin), brigade.terminal(brigade.roux)
    one, other = (
        proposal(agent_id=brigade.petit.id, counters=1),
        proposal(place_kind="town_hall", place_name=" Virieu "),
    )
    for args in (one, other):
        assert mine.do("opening.propose", **args)["status"] == "applied"
    assert chief.do("opening.refuse", opening_id=one["opening_id"])["fields"] == {"word": "missing"}
    assert chief.do("opening.refuse", opening_id=one["opening_id"], word="fête du village")["status"] == "applied"
    assert chief.do("opening.approve", opening_id=other["opening_id"])["status"] == "applied"
    assert chief.do("opening.withdraw", opening_id=other["opening_id"], word="renfort")["status"] == "applied"
    mine.pull()
    refused, withdrawn = (mine.docs[f"opening/{args['opening_id']}"] for args in (one, other))
    assert (refused["state"], refused["word"], refused["agent"]["name"]) == (
        "refused",
        "fête du village",
        "Gend. Petit",
    )
    assert (withdrawn["state"], withdrawn["word"], withdrawn["place"]["name"]) == ("withdrawn", "renfort", "Virieu")


def test_who_proposed_may_take_it_back_before_anybody_decides(brigade):
    mine, colleague = brigade.terminal(brigade.martin), brigade.terminal(brigade.petit)
    args = proposal()
    mine.do("opening.propose", **args)
    assert colleague.do("opening.withdraw", opening_id=args["opening_id"])["code"] == "not_yours"
    assert mine.do("opening.withdraw", opening_id=args["opening_id"])["status"] == "applied"


def test_another_units_opening_does_not_exist(brigade):
    args = proposal()
    brigade.terminal(brigade.martin).do("opening.propose", **args)
    stranger = brigade.terminal(brigade.noir)
    for op, more in (("approve", {}), ("refuse", {"word": "non"}), ("withdraw", {})):
        for opening_id in (args["opening_id"], str(uuid4())):
            result = stranger.do(f"opening.{op}", opening_id=opening_id, **more)
            assert (result["status"], result["code"]) == ("rejected", "no_such_opening")
    assert stranger.do("opening.propose", **args)["code"] == "id_taken"
    assert stranger.do("opening.propose", **proposal(agent_id=brigade.martin.id, counters=1))["code"] == "no_such_agent"
    stranger.pull()
    assert not [key for key in stranger.docs if key.startswith("opening/")]


def test_a_proposal_that_is_over_when_it_arrives_is_refused_in_words(brigade):
    args = proposal(starts_at=after(hours=-3), ends_at=after(hours=-1))
    assert brigade.terminal(brigade.martin).do("opening.propose", **args)["code"] == "opening_over"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"reasons": ["tea"]}, {"reasons": "unknown"}),
        ({"reasons": "complaint"}, {"reasons": "unreadable"}),
        ({"reasons": [7]}, {"reasons": "unreadable"}),
        ({"place_kind": "pub"}, {"place_kind": "unknown"}),
        ({"place_kind": "town_hall"}, {"place_name": "missing"}),
        ({"counters": 0}, {"counters": "out_of_range"}),
        ({"counters": "2"}, {"counters": "unreadable"}),
        ({"ends_at": after(days=3)}, {"ends_at": "too_long"}),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(brigade, changes, fields):
    result = brigade.terminal(brigade.martin).do("opening.propose", **proposal(**changes))
    assert (result["status"], result["code"], result["fields"]) == ("rejected", "invalid_arguments", fields)


def test_days_go_by_and_openings_come_and_go_without_anybody_writing(brigade):
    """An old terminal and one that starts over hold the same on every day."""
    mine, chief = brigade.terminal(brigade.martin), brigade.terminal(brigade.roux)
    soon, far, open_question = (
        proposal(starts_at=after(days=days), ends_at=after(days=days, hours=1)) for days in (1, 25, 40)
    )
    for args in (soon, far, open_question):
        mine.do("opening.propose", **args)
    for args in (soon, far):
        chief.do("opening.approve", opening_id=args["opening_id"])
    absence_id = str(uuid4())
    mine.do("absence.declare", absence_id=absence_id, starts_at=after(days=3), ends_at=after(days=3, hours=1))
    cursor = mine.pull()["cursor"]
    version = cursor.rpartition(".")[2]

    def held(terminal):
        terminal.pull()
        names = {soon["opening_id"]: "soon", far["opening_id"]: "far", open_question["opening_id"]: "question"}
        names[absence_id] = "absence"
        return {
            names[key.partition("/")[2]] for key in terminal.docs if key.partition("/")[0] in ("opening", "absence")
        }

    everything = {"soon", "far", "question", "absence"}
    seen = {}
    for day in (0, 1, 2, 4, 7, 8, 10, 11, 25, 26, 41):
        brigade.clock.now = NOW + timedelta(days=day)
        mine = _signed_in_again(brigade, mine)
        newcomer = brigade.terminal(brigade.petit)
        seen[day] = held(mine)
        assert seen[day] == held(newcomer), day
        assert mine.docs == newcomer.docs, day
        assert mine.pull()["docs"] == []
    assert mine.cursor.rpartition(".")[2] == version
    assert seen == {
        0: everything,
        1: everything,
        2: everything - {"soon"},
        4: everything - {"soon", "absence"},
        7: {"far", "question"},
        # The news of the decision has been on every terminal for a week; the fortnight has not come yet.
        8: {"question"},
        10: {"question"},
        11: {"far", "question"},
        25: {"far", "question"},
        26: {"question"},
        41: set(),
    }


def _signed_in_again(brigade, terminal):
    """The same terminal after days: its sign-in is over, its documents and its cursor are not."""
    again = brigade.terminal(brigade.martin)
    again.docs, again.cursor = terminal.docs, terminal.cursor
    return again
