"""Rooms and interpreters of a unit and a reason's terms, as an administrator sets them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.rules.actor import Role
from models.rules.errors import Conflict
from models.tables import AppointmentResource, Reason, Resource
from tests.support.agenda import seed_windows
from tests.support.bookings import at, keep
from tests.support.seed import seed_agent, seed_unit


@pytest.fixture
def chief(database):
    with database.transaction() as session:
        return seed_agent(session, seed_unit(session, 2), Role.CHIEF)


def lines(result):
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_rooms_are_listed_renamed_and_retired(brigade, database, chief):
    (first,) = lines(brigade("resource", "add", "2", "room", " Salle  Mélanie "))
    number = first.split()[0]
    assert first == f"{number}  room  Salle Mélanie"
    lines(brigade("resource", "add", "2", "interpreter", "LSF"))
    assert lines(brigade("resource", "rename", number, "Salle 1")) == [f"{number}  room  Salle 1"]
    assert [line.split("  ", 1)[1] for line in lines(brigade("resource", "list", "2"))] == [
        "interpreter  LSF", "room  Salle 1",
    ]  # fmt: skip
    lines(brigade("resource", "retire", number))
    assert len(lines(brigade("resource", "list", "2"))) == 1
    assert lines(brigade("resource", "list", "2", "--all"))[-1] == f"{number}  room  Salle 1  retired"
    assert lines(brigade("resource", "add", "2", "room", "Salle 1")) == [f"{number}  room  Salle 1"]


def test_what_is_booked_keeps_a_retired_room_and_nothing_new_takes_it(brigade, database, chief):
    number, other = (lines(brigade("resource", "add", "2", "room", name))[0].split()[0] for name in ("Un", "Deux"))
    lines(brigade("reason", "set", "neighbours", "--needs", "room", "--duration", "60", "--buffer", "0"))
    with database.transaction() as session:
        seed_windows(session, chief, at(0), at(1), counters=3)
        held = keep(session, 2)
        assert session.scalars(select(AppointmentResource.resource_id)).all() == [int(number)]
    (said,) = lines(brigade("resource", "retire", number))
    assert said == f"Number {number} is retired; 1 appointments to come have it."
    with database.transaction() as session:
        keep(session, 2)
        rows = session.execute(select(AppointmentResource.appointment_id, AppointmentResource.resource_id)).all()
        assert {(held.appointment_id, int(number))} < set(rows)
        assert {resource_id for _, resource_id in rows} == {int(number), int(other)}
        with pytest.raises(Conflict, match="slot_taken"):
            keep(session, 2)


def test_a_reasons_terms_change_where_they_are_named(brigade, database):
    arguments = ("--gendarmes", "2", "--notice", "0", "--place", "unit", "--place", "video", "--approval")
    (line,) = lines(brigade("reason", "set", "other", *arguments, "--needs", "room"))
    assert line in lines(brigade("reason", "list"))
    with database.transaction() as session:
        reason = session.get_one(Reason, "other")
        assert (reason.agents_needed, reason.notice_minutes, reason.needs_approval) == (2, 0, True)
        assert (reason.place_kinds, reason.resource_kinds) == (["unit", "video"], ["room"])
    lines(brigade("reason", "set", "other", "--no-approval", "--needs-nothing"))
    with database.transaction() as session:
        reason = session.get_one(Reason, "other")
        assert (reason.needs_approval, reason.resource_kinds, reason.agents_needed) == (False, [], 2)


def test_how_fast_what_waits_climbs_is_the_reasons(brigade, database):
    (line,) = lines(brigade("reason", "set", "other", "--ladder", "5", "20", "60"))
    assert "climbs after 5, 20, 60 min" in line
    assert "approval after 120, 480, 1440 min" in line
    lines(brigade("reason", "set", "other", "--duration", "45"))
    with database.transaction() as session:
        reason = session.get_one(Reason, "other")
        assert (reason.ladder_minutes, reason.approval_minutes) == ([5, 20, 60], [120, 480, 1440])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("resource", "add", "3", "room", "Salle"), "no unit"),
        (("resource", "list", "3"), "no unit"),
        (("resource", "add", "2", "room", " "), "name is missing"),
        (("resource", "add", "2", "room", "x" * 61), "name is too_long"),
        (("resource", "add", "2", "room", "Salle 1"), "already"),
        (("resource", "rename", "999", "Salle 2"), "No room"),
        (("resource", "retire", "999"), "No room"),
        (("reason", "set", "nothing", "--duration", "30"), "no reason"),
        (("reason", "set", "other", "--duration", "4"), "duration_minutes is out_of_range"),
        (("reason", "set", "other", "--duration", "481"), "duration_minutes is out_of_range"),
        (("reason", "set", "other", "--buffer", "241"), "buffer_minutes is out_of_range"),
        (("reason", "set", "other", "--notice", "-1"), "notice_minutes is out_of_range"),
        (("reason", "set", "other", "--notice", "1440", "--horizon", "1"), "notice_minutes is beyond_horizon"),
        (("reason", "set", "other", "--horizon", "367"), "horizon_days is out_of_range"),
        (("reason", "set", "other", "--gendarmes", "3"), "agents_needed is out_of_range"),
        (("reason", "set", "other", "--place", "unit", "--place", "unit"), "place_kinds is repeated"),
        (("reason", "set", "other", "--ladder", "10", "2", "30"), "ladder_minutes is out_of_order"),
        (("reason", "set", "other", "--approval-ladder", "0", "2", "30"), "approval_minutes is out_of_range"),
        (("reason", "set", "other", "--needs", "room", "--needs-nothing"), "give --needs"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_changes_nothing(brigade, database, chief, arguments, words):
    lines(brigade("resource", "add", "2", "room", "Salle 1"))
    before = lines(brigade("reason", "list"))
    result = brigade(*arguments)
    assert result.exit_code != 0
    assert words in " ".join(result.output.split())
    assert lines(brigade("reason", "list")) == before
    with database.transaction() as session:
        assert session.scalars(select(Resource.name)).all() == ["Salle 1"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--duration", "5", "--buffer", "240", "--horizon", "366", "--change-notice", "0"),
        ("--duration", "480", "--buffer", "0", "--horizon", "1", "--notice", "1439"),
        ("--ladder", "1", "2", "3", "--approval-ladder", "10078", "10079", "10080"),
    ],
)
def test_the_table_takes_whatever_the_rules_let_through(brigade, arguments):
    lines(brigade("reason", "set", "other", *arguments))
