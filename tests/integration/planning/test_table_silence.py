"""A table that nobody renews is no word about today: the poll says so, and the source falls silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from models.rules.actor import Role
from models.tables import Event
from server.planning.adapters import read_table
from server.planning.errors import PlanningRefused
from server.planning.fetch import Unchanged, Validators
from server.planning.layout import Layout
from server.services.begin_reading import BeginReading, begin_reading
from server.services.close_agent import CloseAgent, close_agent
from server.services.create_agent import CreateAgent, create_agent
from server.services.set_service_number import SetServiceNumber, set_service_number
from server.services.watch_silence import WatchSilence, watch_silence
from tests.support.plannings import DAY, add_planning, planning_of, read, said, source_of, write
from tests.support.positions import PARIS, hand_in, paris
from tests.support.seed import NOW

URL = "https://pulsar.example/feuille.csv"


def table(*rows: str):
    """What a table at an address says, which is called `"1"`."""
    said = read_table("\n".join(["NIGEND;Date;Position", *rows, ""]).encode(), PARIS, Layout())
    return replace(said, validators=Validators('"1"'))


def etag_asked_with(brigade, source_id, context, now=NOW) -> str:
    with brigade.database.transaction() as session:
        begun = begin_reading(session, BeginReading(UUID(source_id)), now, context.sealer)
    return begun.ask.validators.etag


def watch(brigade, now) -> int:
    with brigade.database.transaction() as session:
        return watch_silence(session, WatchSilence(), now)


@pytest.mark.parametrize("kind", ["positions_daily", "positions_forecast"])
def test_an_unchanged_table_counts_until_its_last_day_is_past(brigade, chief, context, kind):
    source_id = add_planning(chief, kind=kind, url=URL)["id"]
    read(brigade.database, source_id, table("123456;24/11/2026;Employée", "123456;25/11/2026;Employée"), NOW, context)
    read(brigade.database, source_id, Unchanged(), NOW + DAY, context)
    assert source_of(brigade.database, source_id).succeeded_at == NOW + DAY
    with pytest.raises(PlanningRefused, match="over"):
        read(brigade.database, source_id, Unchanged(), paris(26), context)
    assert source_of(brigade.database, source_id).succeeded_at == NOW + DAY


def test_a_table_that_was_handed_in_falls_silent_half_a_day_after_its_last_one(brigade, chief, forecast):
    write(chief, "PATCH", f"/api/plannings/{forecast}", json={"silent_after_minutes": 40320})
    hand_in(chief, forecast, "123456;24/11/2026;Employée;;", "123456;25/11/2026;Employée;;")
    assert watch(brigade, paris(26, 12)) == 0
    assert watch(brigade, paris(26, 12) + timedelta(seconds=1)) == 1
    assert planning_of(chief, forecast)["silent_since"] == paris(26, 12).isoformat()


def test_the_interface_tells_up_to_when_a_table_has_a_word(brigade, chief, mine, daily, context):
    calendar_id = add_planning(mine)["id"]
    read(brigade.database, calendar_id, said(), NOW, context)
    assert source_of(brigade.database, calendar_id).read_until is not None
    assert planning_of(chief, calendar_id)["read_until"] is None
    assert planning_of(chief, daily)["read_until"] is None
    hand_in(chief, daily, "123456;24/11/2026;Employée;;")
    assert planning_of(chief, daily)["read_until"] == paris(25).isoformat()


@pytest.mark.parametrize("kind", ["positions_daily", "positions_forecast"])
def test_an_older_table_takes_no_day_away_that_a_newer_one_has_a_word_about(brigade, chief, kind):
    source_id = add_planning(chief, kind=kind, url="", silent_after_minutes=40320)["id"]
    hand_in(chief, source_id, "123456;25/11/2026;PAM;;", "123456;26/11/2026;PAM;;")
    hand_in(chief, source_id, "123456;24/11/2026;PAM;;", "234567;24/11/2026;Employée;;")
    assert planning_of(chief, source_id)["read_until"] == paris(27).isoformat()
    assert watch(brigade, paris(25, 13)) == 0


def test_a_long_leave_is_no_word_about_its_days(brigade, chief, daily, context):
    head = "NIGEND;Date;Date de fin;Position"
    hand_in(
        chief,
        daily,
        "123456;24/11/2026;;Employée",
        "234567;24/11/2026;23/12/2026;Non employable",
        "123456;10/12/2026;;Non employable",
        # Whose days are none of ours.
        "999999;25/11/2026;;Employée",
        head=head,
    )
    assert planning_of(chief, daily)["read_until"] == paris(25).isoformat()
    assert watch(brigade, paris(25, 12) + timedelta(seconds=1)) == 1


def test_a_sheet_without_a_word_about_today_ends_no_silence(brigade, chief, context):
    source_id = add_planning(chief, kind="positions_daily", url=URL)["id"]
    sheet = table("123456;24/11/2026;Employée", "123456;10/12/2026;Non employable")
    read(brigade.database, source_id, sheet, NOW, context)
    assert etag_asked_with(brigade, source_id, context) == '"1"'
    assert watch(brigade, paris(25, 13)) == 1
    assert etag_asked_with(brigade, source_id, context, paris(25, 13)) == "", "only its rows say what it says now"
    read(brigade.database, source_id, sheet, paris(25, 13), context)
    row = source_of(brigade.database, source_id)
    assert (row.succeeded_at, row.silent_since, row.failure_code) == (paris(25, 13), paris(25, 12), None)
    assert watch(brigade, paris(25, 14)) == 0
    with brigade.database.transaction() as session:
        assert "planning_heard" not in session.scalars(select(Event.name)).all()
    read(brigade.database, source_id, table("123456;25/11/2026;Employée"), paris(25, 14), context)
    assert source_of(brigade.database, source_id).silent_since is None


def test_while_a_row_is_about_nobody_the_table_is_read_whole_each_time(brigade, chief, context):
    source_id = add_planning(chief, kind="positions_daily", url=URL)["id"]
    read(brigade.database, source_id, table("123456;24/11/2026;PAM", "77;24/11/2026;PAM"), NOW, context)
    assert etag_asked_with(brigade, source_id, context) == ""
    read(brigade.database, source_id, table("123456;24/11/2026;PAM"), NOW, context)
    assert etag_asked_with(brigade, source_id, context) == '"1"'


@pytest.mark.parametrize(
    "change",
    [
        lambda session, login: set_service_number(session, SetServiceNumber(login, "77")),
        lambda session, login: close_agent(session, CloseAgent(login), NOW),
    ],
)
def test_who_is_called_otherwise_is_looked_for_in_the_table_again(brigade, chief, mine, context, change):
    source_id = add_planning(chief, kind="positions_daily", url=URL)["id"]
    calendar_id = add_planning(chief)["id"]
    read(brigade.database, source_id, table("123456;24/11/2026;PAM", "234567;24/11/2026;PAM"), NOW, context)
    read(brigade.database, calendar_id, said(validators=Validators('"2"')), NOW, context)
    with brigade.database.transaction() as session:
        change(session, brigade.martin.login)
    assert etag_asked_with(brigade, source_id, context) == ""
    assert etag_asked_with(brigade, calendar_id, context) == '"2"'


def test_a_new_account_is_looked_for_too(brigade, chief, context):
    source_id = add_planning(chief, kind="positions_daily", url=URL)["id"]
    read(brigade.database, source_id, table("123456;24/11/2026;PAM"), NOW, context)
    with brigade.database.transaction() as session:
        new = CreateAgent("nouveau", "Gend. Nouveau", frozenset({Role.GENDARME}), brigade.martin.unit_id, "x" * 12)
        create_agent(session, new, NOW)
    assert etag_asked_with(brigade, source_id, context) == ""
