"""Why there is no slot, as the unit's people are told: by day, rule by rule, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from models.database import Database
from models.rules.appointments import State
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.roles import CHIEF_A, GENDARME_A, GENDARME_B, UNIT_A, World, world_on
from tests.support.seed import NOW

NINE = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ADDRESS = f"/api/units/{UNIT_A}/slots/explanation"


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with world_on(database) as world:
        yield world


def ask(world: World, first: str = "2026-12-01", last: str = "2026-12-01", role: str = GENDARME_A, **more: str):
    query = {"reason": "complaint", "from": first, "to": last, **more}
    return world.call(role, "GET", f"{ADDRESS}?{'&'.join(f'{key}={value}' for key, value in query.items())}")


def test_each_rule_is_counted_with_its_first_and_last_start(world: World) -> None:
    with world.database.transaction() as session:
        windows = seed_windows(session, world.agents[CHIEF_A], NINE, NINE + timedelta(hours=4), counters=2)
        seed_appointment(session, windows[0], NINE, minutes=120, now=NOW)
        seed_appointment(session, windows[1], NINE, minutes=240, state=State.HELD, now=NOW)

    answer = ask(world, last="2026-12-02")

    assert answer.status_code == 200, answer.json
    assert answer.headers["Cache-Control"] == "no-store"
    busy, closed = answer.json["days"]
    assert (busy["day"], closed["day"]) == ("2026-12-01", "2026-12-02")
    assert busy["offered"][0] == (NINE + timedelta(hours=2)).isoformat()
    rules = {one["rule"]: one for one in busy["removed"]}
    assert rules["appointment"]["first"] == NINE.isoformat()
    assert rules["appointment"]["count"] >= 2
    assert rules["held"]["last"] > rules["appointment"]["last"]
    assert closed["offered"] == []
    assert [(one["rule"], one["count"], one["because"]) for one in closed["removed"]] == [("no_opening", 0, None)]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"last": "2026-11-30"}, {"to": "before_from"}),
        ({"last": "2027-01-01"}, {"to": "too_far"}),
        ({"first": "2026-12-1"}, {"from": "unreadable"}),
    ],
)
def test_what_is_wrong_is_said_by_field(world: World, changes: dict[str, str], fields: dict[str, str]) -> None:
    answer = ask(world, **changes)
    assert (answer.status_code, answer.json["fields"]) == (422, fields)


def test_thirty_one_days_are_explained_at_once(world: World) -> None:
    assert len(ask(world, last="2026-12-31").json["days"]) == 31


def test_there_is_no_such_reason(world: World) -> None:
    assert ask(world, reason="astrology").status_code == 422


def test_to_another_units_people_there_is_no_such_unit(world: World) -> None:
    answer = ask(world, role=GENDARME_B)
    assert (answer.status_code, answer.json["code"]) == (404, "no_such_unit")
