from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.rules.duty import Source, Status
from models.tables import DutyStatus, Event
from tests.support.brigade_world import after
from tests.support.seed import NOW


def stretches(terminal, agent):
    terminal.pull()
    return [
        (stretch["status"], stretch["until"])
        for stretch in terminal.docs.get(f"duty/{agent.id}", {}).get("stretches", [])
    ]


def test_a_position_is_on_every_terminal_of_the_unit_and_no_other(brigade):
    mine, colleague, stranger = (brigade.terminal(one) for one in (brigade.martin, brigade.petit, brigade.noir))
    for terminal in (colleague, stranger):
        terminal.pull()
    assert mine.do("duty.set", status="on_intervention", until=after(hours=1))["status"] == "applied"
    colleague.pull()
    assert colleague.docs[f"duty/{brigade.martin.id}"] == {
        "agent_id": brigade.martin.id,
        "stretches": [
            {
                "status": "on_intervention",
                "since": after(),
                "until": after(hours=1),
                "source": "own",
                "set_by": {"id": brigade.martin.id, "name": "Adj. Martin"},
            }
        ],
    }
    stranger.pull()
    assert not [key for key in stranger.docs if key.startswith("duty/")]


def test_a_short_one_lies_over_a_long_one_and_a_long_one_replaces_all(brigade):
    mine = brigade.terminal(brigade.martin)
    assert mine.do("duty.set", status="available")["status"] == "applied"
    assert mine.do("duty.set", status="available", until=None)["status"] == "noop"
    mine.do("duty.set", status="on_intervention", until=after(minutes=30))
    assert stretches(mine, brigade.martin) == [("on_intervention", after(minutes=30)), ("available", None)]
    mine.do("duty.set", status="reachable", until=after(hours=1))
    assert stretches(mine, brigade.martin) == [("reachable", after(hours=1)), ("available", None)]
    mine.do("duty.set", status="off_duty")
    assert stretches(mine, brigade.martin) == [("off_duty", None)]


def test_the_position_that_holds_said_anew_only_changes_its_end(brigade):
    mine = brigade.terminal(brigade.martin)
    for status, until in (("available", None), ("on_intervention", None), ("on_intervention", after(hours=1))):
        brigade.clock.now += timedelta(seconds=5)
        assert mine.do("duty.set", status=status, until=until)["status"] == "applied"
    assert stretches(mine, brigade.martin) == [("on_intervention", after(hours=1)), ("available", None)]


def test_what_the_planning_says_is_never_replaced(brigade):
    with brigade.database.transaction() as session:
        session.add(
            DutyStatus(
                agent_id=brigade.martin.id,
                status=Status.AVAILABLE,
                since=NOW - timedelta(hours=6),
                until=NOW + timedelta(hours=2),
                source=Source.PLANNING,
            )
        )
    mine = brigade.terminal(brigade.martin)
    mine.do("duty.set", status="off_duty")
    assert stretches(mine, brigade.martin) == [("off_duty", None), ("available", after(hours=2))]


def test_what_was_over_when_it_arrived_changes_nothing_and_is_no_conflict(brigade):
    mine = brigade.terminal(brigade.martin)
    assert mine.do("duty.set", status="on_intervention", until=after(minutes=-5))["status"] == "noop"
    assert stretches(mine, brigade.martin) == []


def test_a_chief_speaks_for_the_unit_and_nobody_else_does(brigade):
    chief, colleague, stranger = (brigade.terminal(one) for one in (brigade.roux, brigade.petit, brigade.noir))
    assert chief.do("duty.set", status="first_to_go", agent_id=brigade.martin.id)["status"] == "applied"
    chief.pull()
    (stretch,) = chief.docs[f"duty/{brigade.martin.id}"]["stretches"]
    assert stretch["set_by"]["name"] == "Maj. Roux"
    for terminal, agent_id, code in (
        (colleague, brigade.martin.id, "chief_only"),
        (stranger, brigade.martin.id, "no_such_agent"),
        (chief, brigade.noir.id, "no_such_agent"),
        (chief, 10**6, "no_such_agent"),
    ):
        result = terminal.do("duty.set", status="off_duty", agent_id=agent_id)
        assert (result["status"], result["code"]) == ("rejected", code)
    with brigade.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(DutyStatus)) == 1
        event = session.scalars(select(Event)).one()
        assert (event.name, event.about_agent_id, event.agent_id) == (
            "duty_status_set",
            brigade.martin.id,
            brigade.roux.id,
        )


@pytest.mark.parametrize(
    ("args", "fields"),
    [
        ({"status": "asleep"}, {"status": "unknown"}),
        ({"status": "available", "until": "2026-11-24T15:00:00"}, {"until": "unreadable"}),
        ({"status": "available", "until": 15}, {"until": "unreadable"}),
        ({"status": "available", "until": "0001-01-01T00:00:00+14:00"}, {"until": "unreadable"}),
        ({"status": "available", "until": after(days=32)}, {"until": "too_far"}),
        ({"status": "available", "agent_id": "1"}, {"agent_id": "unreadable"}),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(brigade, args, fields):
    result = brigade.terminal(brigade.martin).do("duty.set", **args)
    assert (result["status"], result["code"], result["fields"]) == ("rejected", "invalid_arguments", fields)


def test_a_clock_that_is_behind_does_not_bury_the_last_word(brigade):
    mine = brigade.terminal(brigade.martin)
    mine.do("duty.set", status="available")
    brigade.clock.now = NOW - timedelta(seconds=2)
    mine.do("duty.set", status="on_intervention", until=after(hours=1))
    assert stretches(mine, brigade.martin)[0] == ("on_intervention", after(hours=1))
