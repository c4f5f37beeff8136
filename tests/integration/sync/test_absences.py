from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range

from models.rules.duty import Source
from models.tables import Absence, Event
from tests.support.brigade_world import absence, after
from tests.support.seed import NOW


def test_an_absence_is_declared_and_taken_back(brigade):
    mine, colleague = brigade.terminal(brigade.martin), brigade.terminal(brigade.petit)
    colleague.pull()
    args = absence()
    assert mine.do("absence.declare", **args)["status"] == "applied"
    assert mine.do("absence.declare", **args)["status"] == "noop"
    colleague.pull()
    key = f"absence/{args['absence_id']}"
    assert colleague.docs[key] == {
        "id": args["absence_id"],
        "agent": {"id": brigade.martin.id, "name": "Adj. Martin"},
        "starts_at": after(hours=2),
        "ends_at": after(hours=4),
        "word": "tribunal",
        "source": "own",
        "planning": None,
        "intervention": False,
        "declared_at": after(),
        "declared_by": {"id": brigade.martin.id, "name": "Adj. Martin"},
    }
    assert mine.do("absence.cancel", absence_id=args["absence_id"])["status"] == "applied"
    assert mine.do("absence.cancel", absence_id=args["absence_id"])["status"] == "noop"
    colleague.pull()
    assert key not in colleague.docs
    # Its time is free again, and its id is used up.
    assert mine.do("absence.declare", **absence())["status"] == "applied"
    assert mine.do("absence.declare", **args)["code"] == "id_taken"
    with brigade.database.transaction() as session:
        names = session.scalars(select(Event.name).where(Event.absence_id == args["absence_id"]).order_by(Event.id))
        assert list(names) == ["absence_declared", "absence_cancelled"]


def test_one_that_overlaps_is_refused_and_names_the_other(brigade):
    mine = brigade.terminal(brigade.martin)
    first = absence()
    mine.do("absence.declare", **first)
    result = mine.do("absence.declare", **absence(starts_at=after(hours=3), ends_at=after(hours=9)))
    assert {name: result[name] for name in ("status", "code", "absence_id", "starts_at", "ends_at")} == {
        "status": "rejected",
        "code": "absence_overlaps",
        "absence_id": first["absence_id"],
        "starts_at": after(hours=2),
        "ends_at": after(hours=4),
    }
    # One may begin when another ends, and a colleague's time is their own.
    assert (
        mine.do("absence.declare", **absence(starts_at=after(hours=4), ends_at=after(hours=5)))["status"] == "applied"
    )
    assert brigade.terminal(brigade.petit).do("absence.declare", **absence())["status"] == "applied"


def test_instants_of_any_offset_are_one_instant(brigade):
    mine = brigade.terminal(brigade.martin)
    args = absence(starts_at="2026-12-01T00:00:00+01:00", ends_at="2026-12-01T23:00:00Z")
    mine.do("absence.declare", **args)
    assert mine.do("absence.declare", **{**args, "starts_at": "2026-11-30T23:00:00Z"})["status"] == "noop"
    mine.pull()
    assert mine.docs[f"absence/{args['absence_id']}"]["starts_at"] == "2026-11-30T23:00:00+00:00"


def test_what_a_calendar_says_may_overlap_and_is_not_cancelled_here(brigade):
    imported = uuid4()
    with brigade.database.transaction() as session:
        during = Range(datetime(2026, 11, 24, 15, tzinfo=UTC), datetime(2026, 11, 24, 18, tzinfo=UTC))
        for number in (imported, uuid4()):
            session.add(
                Absence(id=number, agent_id=brigade.martin.id, during=during, source=Source.PLANNING, declared_at=NOW)
            )
    mine = brigade.terminal(brigade.martin)
    assert mine.do("absence.declare", **absence())["status"] == "applied"
    assert mine.do("absence.cancel", absence_id=str(imported))["code"] == "absence_imported"


def test_who_may(brigade):
    mine, colleague, chief, stranger = (
        brigade.terminal(one) for one in (brigade.martin, brigade.petit, brigade.roux, brigade.noir)
    )
    args = absence()
    mine.do("absence.declare", **args)
    assert colleague.do("absence.cancel", absence_id=args["absence_id"])["code"] == "chief_only"
    assert stranger.do("absence.cancel", absence_id=args["absence_id"])["code"] == "no_such_absence"
    assert stranger.do("absence.cancel", absence_id=str(uuid4()))["code"] == "no_such_absence"
    assert stranger.do("absence.declare", **args)["code"] == "id_taken"
    assert colleague.do("absence.declare", **absence(agent_id=brigade.martin.id))["code"] == "chief_only"
    assert stranger.do("absence.declare", **absence(agent_id=brigade.martin.id))["code"] == "no_such_agent"
    assert chief.do("absence.cancel", absence_id=args["absence_id"])["status"] == "applied"
    other = absence(agent_id=brigade.martin.id, word="")
    assert chief.do("absence.declare", **other)["status"] == "applied"
    mine.pull()
    body = mine.docs[f"absence/{other['absence_id']}"]
    assert (body["agent"]["name"], body["declared_by"]["name"], body["word"]) == ("Adj. Martin", "Maj. Roux", None)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"absence_id": "7"}, {"absence_id": "unreadable"}),
        ({"starts_at": "tomorrow"}, {"starts_at": "unreadable"}),
        ({"starts_at": after(hours=5)}, {"ends_at": "before_start"}),
        ({"word": "x" * 81}, {"word": "too_long"}),
        ({"word": "a\0b"}, {"word": "unreadable"}),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(brigade, changes, fields):
    result = brigade.terminal(brigade.martin).do("absence.declare", **absence(**changes))
    assert (result["status"], result["code"], result["fields"]) == ("rejected", "invalid_arguments", fields)
    with brigade.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Absence)) == 0
