"""What a failure and a silence change: what is told of a source, and nothing that it said."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from models.tables import Event
from server.planning.fetch import Unchanged
from server.services.begin_reading import BeginReading, begin_reading
from server.services.fail_reading import FailReading, fail_reading
from server.services.watch_silence import WatchSilence, watch_silence
from tests.support.plannings import (
    absences_of,
    add_planning,
    entry,
    hour,
    planning_of,
    read,
    said,
    write,
)
from tests.support.seed import NOW

A = entry("a", hour(3))
ADDRESS = "https://agenda.example.fr/service/"


def times(*entries) -> set:
    return {tuple(one.times) for one in entries}


def fail(database, source_id, now, context, code="timeout"):
    with database.transaction() as session:
        begun = begin_reading(session, BeginReading(UUID(source_id)), now, context.sealer)
    with database.transaction() as session:
        assert fail_reading(session, FailReading(UUID(source_id), begun.tried_at, code, 7), now)


def test_a_failure_changes_nothing_but_health(brigade, mine, chief, context):
    source_id = add_planning(mine)["id"]
    read(brigade.database, source_id, said(A), NOW, context)
    fail(brigade.database, source_id, NOW, context)
    found = planning_of(mine, source_id)
    assert found["failure"] == {"code": "timeout", "line": 7, "at": NOW.isoformat(), "in_a_row": 1}
    assert (found["state"], found["next_at"]) == ("fresh", (NOW + timedelta(minutes=30)).isoformat())
    fail(brigade.database, source_id, NOW, context, "not_found")
    found = planning_of(mine, source_id)
    assert (found["state"], found["next_at"]) == ("failing", (NOW + timedelta(hours=1)).isoformat())
    chief.pull()
    body = chief.docs[f"planning/{source_id}"]
    assert (body["state"], body["since"], body["failure"]) == ("failing", NOW.isoformat(), "not_found")
    for _ in range(20):
        fail(brigade.database, source_id, NOW, context, "not_found")
    assert chief.pull()["docs"] == []
    assert planning_of(mine, source_id)["next_at"] == (NOW + timedelta(hours=6)).isoformat()
    assert absences_of(brigade.database, source_id) == times(A)
    read(brigade.database, source_id, said(A), NOW, context)
    chief.pull()
    assert (chief.docs[f"planning/{source_id}"]["state"], planning_of(mine, source_id)["failure"]) == ("fresh", None)


def test_a_source_falls_silent_once_and_is_heard_again(brigade, mine, chief, context):
    source_id = add_planning(mine, silent_after_minutes=60)["id"]
    read(brigade.database, source_id, said(A), NOW, context)

    def watch(now):
        with brigade.database.transaction() as session:
            return watch_silence(session, WatchSilence(), now)

    silent_from = NOW + timedelta(minutes=60)
    assert watch(silent_from) == 0
    assert watch(silent_from + timedelta(minutes=1)) == 1
    assert watch(silent_from + timedelta(minutes=2)) == 0
    chief.pull()
    body = chief.docs[f"planning/{source_id}"]
    assert (body["state"], body["since"], body["silent_since"]) == ("silent", *[silent_from.isoformat()] * 2)
    read(brigade.database, source_id, Unchanged(), silent_from + timedelta(minutes=5), context)
    chief.pull()
    assert chief.docs[f"planning/{source_id}"]["state"] == "fresh"
    with brigade.database.transaction() as session:
        names = session.scalars(select(Event.name).order_by(Event.id)).all()
    assert names[-2:] == ["planning_silent", "planning_heard"]


def test_a_paused_one_falls_silent_too_and_a_longer_limit_ends_a_silence(brigade, mine):
    source_id = add_planning(mine, silent_after_minutes=60)["id"]
    path = f"/api/plannings/{source_id}"
    write(mine, "PATCH", path, json={"paused": True})
    brigade.clock.now = NOW + timedelta(minutes=61)
    with brigade.database.transaction() as session:
        assert watch_silence(session, WatchSilence(), brigade.clock.now) == 1
    assert planning_of(mine, source_id)["silent_since"] == (NOW + timedelta(minutes=60)).isoformat()
    assert planning_of(mine, source_id)["state"] == "paused"
    mine.pull()
    body = mine.docs[f"planning/{source_id}"]
    assert (body["state"], body["since"]) == ("paused", NOW.isoformat())
    assert body["silent_since"] == (NOW + timedelta(minutes=60)).isoformat()
    write(mine, "PATCH", path, json={"paused": False})
    assert planning_of(mine, source_id)["state"] == "silent"
    assert write(mine, "PATCH", path, json={"silent_after_minutes": 120}).json["state"] == "waiting"


@pytest.mark.parametrize(
    ("kind", "url", "poll", "minutes"),
    [
        ("caldav", ADDRESS, 15, 1440),
        ("ical", ADDRESS, 1440, 2880),
        ("positions_daily", ADDRESS, 721, 1442),
        ("positions_forecast", ADDRESS, 240, 1440),
        ("positions_daily", "", 15, 1440),
        ("positions_daily", "", 1440, 2880),
        ("positions_forecast", "", 15, 40320),
    ],
)
def test_how_long_a_source_may_be_silent_follows_how_it_is_read(chief, kind, url, poll, minutes):
    known = {"kind": kind, "url": url, "poll_minutes": poll}
    assert add_planning(chief, **known)["silent_after_minutes"] == minutes
    assert add_planning(chief, **known, silent_after_minutes=3000)["silent_after_minutes"] == 3000
