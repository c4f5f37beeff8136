"""Who may name, see, change and revoke a planning source, and what the interface tells of one."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from models.rules.actor import Role
from models.rules.plannings import Kind
from models.tables import Event, PlanningSource
from server.planning.address import Address, read_address
from server.planning.fetch import Source
from server.planning.said import Ask
from server.services.add_planning_source import AddPlanningSource
from server.services.begin_reading import Begun
from server.services.change_planning_source import ChangePlanningSource
from tests.support.plannings import URL, add_planning, entry, hour, planning_of, read, said, source_of, write
from tests.support.seed import NOW, seed_agent

PASSWORD = "un mot de passe d’agenda"


def test_a_gendarme_names_their_own_calendar(brigade, mine):
    made = add_planning(mine, user="chef", password=PASSWORD)
    assert {name: made[name] for name in ("kind", "name", "host", "state", "columns", "words", "failure")} == {
        "kind": "ical",
        "name": "Agenda de service",
        "host": "agenda.example",
        "state": "waiting",
        "columns": None,
        "words": None,
        "failure": None,
    }
    assert made["agent"] == made["created_by"] == {"id": brigade.martin.id, "name": "Adj. Martin"}
    assert (made["poll_minutes"], made["silent_after_minutes"]) == (15, 1440)
    assert (made["created_at"], made["next_at"]) == (NOW.isoformat(), NOW.isoformat())
    assert mine.http.get("/api/plannings").json == [made]
    assert mine.http.get("/api/plannings").headers["Cache-Control"] == "no-store"
    mine.pull()
    assert mine.docs[f"planning/{made['id']}"] == {
        "id": made["id"],
        "kind": "ical",
        "name": "Agenda de service",
        "agent": {"id": brigade.martin.id, "name": "Adj. Martin"},
        "state": "waiting",
        "since": NOW.isoformat(),
        "silent_since": None,
        "failure": None,
    }


def test_neither_address_nor_password_is_ever_told_or_kept_readable(brigade, mine, chief, caplog):
    made = add_planning(mine, user="chef", password=PASSWORD)
    path = f"/api/plannings/{made['id']}"
    wrong = write(mine, "PATCH", path, json={"url": "https://agenda.example/jeton=secret-de-l-adresse x"})
    chief.pull()
    told = [json.dumps(one) for one in (made, wrong.json, chief.docs, mine.http.get("/api/plannings").json)]
    with brigade.database.transaction() as session:
        (row,) = session.execute(text("SELECT to_jsonb(planning_sources)::text FROM planning_sources")).scalars()
        told.append(row)
        told += [json.dumps(event.data) for event in session.scalars(select(Event))]
        source = session.scalars(select(PlanningSource)).one()
    told += [repr(source), caplog.text]
    assert wrong.json["fields"] == {"url": "malformed"}
    for one in told:
        assert "secret-de-l-adresse" not in one
        assert "passe" not in one


def test_no_command_shows_what_it_carries():
    carried = {"url": URL, "user": "chef", "password": PASSWORD}
    address = Address(**carried)
    for one in (
        address,
        AddPlanningSource(Kind.ICAL, "Agenda", **carried),
        ChangePlanningSource(uuid4(), **carried),
        Ask(Source(*carried.values()), hour(0), ZoneInfo("Europe/Paris")),
        Begun(Kind.ICAL, NOW, hour(0), Ask(Source(*carried.values()), hour(0), ZoneInfo("Europe/Paris"))),
    ):
        assert "secret" not in repr(one)
        assert "passe" not in repr(one)
    assert read_address(address.written()) == address


def test_a_unit_has_so_many_sources_and_no_more(mine, monkeypatch):
    monkeypatch.setattr("server.services.add_planning_source.MOST_OF_UNIT", 2)
    first = add_planning(mine)["id"]
    add_planning(mine)
    body = {"kind": "ical", "name": "x", "url": URL}
    refused = write(mine, "POST", "/api/plannings", json=body)
    assert (refused.status_code, refused.json["code"]) == (409, "too_many_plannings")
    write(mine, "DELETE", f"/api/plannings/{first}")
    add_planning(mine)


def test_who_may_name_what(brigade, mine, chief):
    table = {"kind": "positions_daily", "name": "Feuille du jour", "url": ""}
    for body, code in (
        ({"agent_id": brigade.petit.id}, "chief_only"),
        ({"agent_id": brigade.noir.id}, "no_such_agent"),
        (table, "chief_only"),
    ):
        answer = write(mine, "POST", "/api/plannings", json={"kind": "ical", "name": "x", "url": URL, **body})
        assert answer.json["code"] == code, body
    assert add_planning(chief, agent_id=brigade.petit.id)["agent"]["name"] == "Gend. Petit"
    made = add_planning(chief, **table)
    assert (made["agent"], made["host"], made["next_at"]) == (None, None, None)
    assert made["columns"]["agent"] == "NIGEND"
    assert made["words"]["pam"] == "first_to_go"
    with brigade.database.transaction() as session:
        both = seed_agent(session, brigade.unit, Role.GENDARME, Role.ADMINISTRATOR)
    assert add_planning(brigade.terminal(both), **table)["created_by"]["id"] == both.id


def test_everybody_sees_and_changes_what_is_theirs(brigade, mine, chief):
    own = add_planning(mine)["id"]
    petits = add_planning(chief, agent_id=brigade.petit.id)["id"]
    table = add_planning(chief, kind="positions_forecast", url="")["id"]
    elsewhere = brigade.terminal(brigade.noir)
    assert [one["id"] for one in mine.http.get("/api/plannings").json] == [own]
    assert {one["id"] for one in chief.http.get("/api/plannings").json} == {own, petits, table}
    assert elsewhere.http.get("/api/plannings").json == []
    elsewhere.pull()
    assert not [key for key in elsewhere.docs if key.startswith("planning/")]
    for terminal, source_id in ((mine, petits), (mine, table), (elsewhere, own), (mine, str(uuid4()))):
        path = f"/api/plannings/{source_id}"
        for method, where, body in (
            ("PATCH", path, {"json": {"paused": True}}),
            ("DELETE", path, {}),
            ("POST", f"{path}/poll", {}),
            ("POST", f"{path}/table", {"data": b"a;b", "content_type": "text/csv"}),
        ):
            answer = write(terminal, method, where, **body)
            assert (answer.status_code, answer.json["code"]) == (404, "no_such_planning"), (method, where)
    assert write(chief, "DELETE", f"/api/plannings/{own}").status_code == 204
    assert write(chief, "DELETE", f"/api/plannings/{own}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"url": ""}, {"url": "missing"}),
        ({"url": "http://agenda.example/a.ics"}, {"url": "not_https"}),
        ({"url": "https://10.0.0.1/a.ics"}, {"url": "malformed"}),
        ({"url": "https://a:b@agenda.example/a.ics"}, {"url": "user_info"}),
        ({"kind": "exchange"}, {"kind": "unknown"}),
        ({"name": ""}, {"name": "missing"}),
        ({"name": "x" * 81}, {"name": "too_long"}),
        ({"poll_minutes": 4}, {"poll_minutes": "out_of_range"}),
        ({"silent_after_minutes": 44641}, {"silent_after_minutes": "out_of_range"}),
        ({"poll_minutes": 60, "silent_after_minutes": 90}, {"silent_after_minutes": "too_short"}),
        ({"tentative_counts": "yes"}, {"tentative_counts": "unreadable"}),
        ({"kind": "positions_daily", "columns": {"agent": ""}}, {"columns": "unreadable"}),
        ({"kind": "positions_daily", "columns": {"agent": "Date"}}, {"columns": "unreadable"}),
        ({"kind": "positions_daily", "columns": {"name": "Nom"}}, {"columns": "unreadable"}),
        ({"kind": "positions_daily", "words": {}}, {"words": "unreadable"}),
        ({"kind": "positions_daily", "words": {"repos": "sleeping"}}, {"words": "unreadable"}),
        ({"kind": "positions_daily", "words": {"a\nb": "deferred"}}, {"words": "unreadable"}),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(brigade, chief, changes, fields):
    answer = write(chief, "POST", "/api/plannings", json={"kind": "ical", "name": "x", "url": URL, **changes})
    assert (answer.status_code, answer.json["code"], answer.json["fields"]) == (422, "invalid_arguments", fields)
    assert chief.http.get("/api/plannings").json == []


def test_a_pause_keeps_what_was_read_and_a_resumed_one_is_asked_at_once(brigade, mine, context):
    source_id = add_planning(mine)["id"]
    assert read(brigade.database, source_id, said(entry("a", hour(3))), NOW, context)
    paused = write(mine, "PATCH", f"/api/plannings/{source_id}", json={"paused": True}).json
    assert (paused["state"], paused["paused_at"], paused["next_at"]) == ("paused", NOW.isoformat(), None)
    assert write(mine, "POST", f"/api/plannings/{source_id}/poll").json["code"] == "planning_paused"
    mine.pull()
    assert mine.docs[f"planning/{source_id}"]["state"] == "paused"
    assert [key for key in mine.docs if key.startswith("absence/")]
    resumed = write(mine, "PATCH", f"/api/plannings/{source_id}", json={"paused": False}).json
    assert (resumed["state"], resumed["paused_at"], resumed["next_at"]) == ("fresh", None, NOW.isoformat())
    with brigade.database.transaction() as session:
        events = session.scalars(select(Event).where(Event.name == "planning_changed").order_by(Event.id)).all()
    assert [event.data["how"] for event in events] == ["paused", "resumed"]


def test_a_new_address_is_read_whole_and_a_new_host_needs_its_own_password(brigade, mine, context):
    source_id = add_planning(mine, user="chef", password=PASSWORD)["id"]
    path = f"/api/plannings/{source_id}"
    with brigade.database.transaction() as session:
        row = session.get_one(PlanningSource, source_id)
        row.etag, row.sync_token, row.read_until, row.tried_at = '"1"', "token", NOW, NOW
    kept = write(mine, "PATCH", path, json={"url": "https://agenda.example/autre.ics"})
    assert kept.status_code == 200
    row = source_of(brigade.database, source_id)
    assert (row.etag, row.sync_token, row.read_until, row.tried_at) == ("", "", None, None)
    opened = json.loads(context.sealer.open(row.address_sealed, row.id))
    assert opened == {"url": "https://agenda.example/autre.ics", "user": "chef", "password": PASSWORD}
    moved = write(mine, "PATCH", path, json={"url": "https://ailleurs.example/autre.ics"}).json
    assert moved["host"] == "ailleurs.example"
    row = source_of(brigade.database, source_id)
    opened = json.loads(context.sealer.open(row.address_sealed, row.id))
    assert opened == {"url": "https://ailleurs.example/autre.ics", "user": "", "password": ""}


def test_a_change_that_changes_nothing_is_none(brigade, mine):
    made = add_planning(mine)
    answer = write(
        mine,
        "PATCH",
        f"/api/plannings/{made['id']}",
        json={"name": made["name"], "url": URL, "tentative_counts": True, "poll_minutes": 15, "paused": False},
    )
    assert answer.json == made
    with brigade.database.transaction() as session:
        assert session.scalars(select(Event.name).where(Event.name == "planning_changed")).all() == []


def test_an_address_that_cannot_be_opened_any_more_is_written_anew(brigade, mine, chief):
    """The key that it was sealed with is gone: nothing of it stands in for what is not given."""
    made = add_planning(mine, user="chef", password=PASSWORD)
    table = add_planning(chief, kind="positions_daily")
    with brigade.database.transaction() as session:
        session.execute(
            text("UPDATE planning_sources SET address_sealed = overlay(address_sealed PLACING 'x' FROM 20)")
        )
    path = f"/api/plannings/{made['id']}"
    refused = write(mine, "PATCH", path, json={"password": "un autre"})
    assert (refused.status_code, refused.json["fields"]) == (422, {"url": "missing"})
    assert write(mine, "PATCH", path, json={"name": "Chef"}).json["name"] == "Chef"
    changed = write(mine, "PATCH", path, json={"url": URL, "user": "chef"})
    assert (changed.status_code, changed.json["host"]) == (200, "agenda.example")
    with brigade.database.transaction() as session:
        source = session.get_one(PlanningSource, UUID(made["id"]))
        sealer = brigade.app.extensions["brigade"].sealer
        assert read_address(sealer.open(source.address_sealed, source.id)) == Address(URL, "chef", "")
    only_uploaded = write(chief, "PATCH", f"/api/plannings/{table['id']}", json={"url": ""})
    assert (only_uploaded.status_code, only_uploaded.json["host"], only_uploaded.json["next_at"]) == (200, None, None)


def test_a_source_that_is_to_be_asked_more_often_is_asked_that_soon(brigade, mine, context):
    made = add_planning(mine, poll_minutes=720)
    path = f"/api/plannings/{made['id']}"
    read(brigade.database, made["id"], said(), NOW, context)

    def next_in(minutes: int) -> timedelta:
        answer = write(mine, "PATCH", path, json={"poll_minutes": minutes})
        return datetime.fromisoformat(answer.json["next_at"]) - NOW

    assert next_in(15) == timedelta(minutes=15)
    # Nothing is gained by waiting for longer than one has said before.
    assert next_in(720) == timedelta(minutes=15)


def test_how_often_makes_no_table_that_is_only_uploaded_be_asked(chief):
    table = add_planning(chief, kind="positions_daily", url="")
    answer = write(chief, "PATCH", f"/api/plannings/{table['id']}", json={"poll_minutes": 5})
    assert (answer.status_code, answer.json["next_at"]) == (200, None)


def test_how_a_table_is_laid_out_can_be_changed(chief):
    made = add_planning(chief, kind="positions_daily", url="")
    path = f"/api/plannings/{made['id']}"
    columns = {**made["columns"], "agent": "Matricule"}
    changed = write(chief, "PATCH", path, json={"columns": columns}).json
    assert (changed["columns"], changed["words"]) == (columns, made["words"])
    words = {"présent": "employed", "congé": "not_employable"}
    changed = write(chief, "PATCH", path, json={"words": words}).json
    assert (changed["columns"], changed["words"]) == (columns, words)
    assert write(chief, "PATCH", path, json={"words": {"x": "y"}}).json["fields"] == {"words": "unreadable"}


def test_a_revoked_source_takes_its_secrets_and_all_it_said_with_it(brigade, mine, chief, context):
    source_id = add_planning(mine, password=PASSWORD)["id"]
    read(brigade.database, source_id, said(entry("a", hour(3)), entry("b", hour(900))), NOW, context)
    chief.pull()
    assert [key for key in chief.docs if key.startswith("absence/")]
    assert write(mine, "DELETE", f"/api/plannings/{source_id}").status_code == 204
    chief.pull()
    assert not [key for key in chief.docs if key.startswith(("absence/", "planning/"))]
    row = source_of(brigade.database, source_id)
    assert (row.address_sealed, row.etag, row.poll_at, row.revoked_by_id) == (None, "", None, brigade.martin.id)
    assert planning_list(chief) == []


def planning_list(terminal) -> list[str]:
    return [one["id"] for one in terminal.http.get("/api/plannings").json]


def test_reading_now_puts_a_job_on_the_queue(brigade, mine):
    source_id = add_planning(mine)["id"]
    wanted = write(mine, "POST", f"/api/plannings/{source_id}/poll")
    assert (wanted.status_code, wanted.json) == (202, {"tried_at": None})
    with brigade.database.transaction() as session:
        jobs = session.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'poll_planning'")).scalars()
        assert list(jobs) == [{"source_id": source_id, "claimed_at": NOW.isoformat()}]
    assert planning_of(mine, source_id)["state"] == "waiting"
    with brigade.database.transaction() as session:
        session.get_one(PlanningSource, UUID(source_id)).tried_at = NOW
    assert write(mine, "POST", f"/api/plannings/{source_id}/poll").json == {"tried_at": NOW.isoformat()}
