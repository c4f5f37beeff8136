from __future__ import annotations

import json

import psycopg
import pytest
from sqlalchemy import select, text

from models import events
from models.database import Database, libpq_url
from models.events import RequestEvent, request_scope, unit_scope
from models.record import lock_scopes, record
from models.tables import Event, FeedEntry, Scope
from tests.support.seed import NOW, seed_territory, seed_unit, send_request


def build(event_class: type[RequestEvent], request_id, unit_id: int) -> RequestEvent:
    extra = {
        "request_transferred": {"from_unit_id": 2},
        "request_noted": {"text": "rappeler ce soir"},
        "request_closed": {"outcome": "handled"},
        "citizen_word_added": {"text": "je suis rentré"},
    }
    return event_class(at=NOW, unit_id=unit_id, request_id=request_id, **extra.get(event_class.name, {}))


@pytest.mark.parametrize("event_class", events.EVENTS.values(), ids=lambda event: event.name)
def test_every_event_reaches_the_units_terminals_and_the_follower(session, event_class):
    unit = seed_territory(session)
    seed_unit(session, 2, "Brigade de Culoz")
    created = send_request(session)
    session.commit()
    before = dict(session.execute(select(Scope.key, Scope.version)).all())
    event = build(event_class, created.request_id, unit.id)

    event_id = record(session, event)

    session.expire_all()
    after = dict(session.execute(select(Scope.key, Scope.version)).all())
    assert event.unit_scopes
    for scope in event.unit_scopes:
        assert after[scope] > before.get(scope, 0)
        entry = session.get_one(FeedEntry, (scope, f"request/{created.request_id}"))
        assert entry.version == after[scope]
    assert event.follower_scopes == (() if event.name == "request_noted" else (request_scope(created.request_id),))
    for scope in event.follower_scopes:
        assert after[scope] > before.get(scope, 0)
    row = session.get_one(Event, event_id)
    assert (row.name, row.at, row.data) == (event.name, NOW, event.data)
    jobs = session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE args = jsonb_build_object('event_id', CAST(:id AS int))"),
        {"id": event_id},
    )
    assert jobs == len(event.deferrals)


def test_a_version_is_taken_once_in_a_transaction(session):
    first = lock_scopes(session, ["unit:1", "request:x"])
    assert lock_scopes(session, ["unit:1"]) is first


def test_commit_makes_all_of_it_true_and_rollback_none(database: Database):
    with database.transaction() as session:
        unit = seed_territory(session)
    with psycopg.connect(libpq_url(database.url), autocommit=True) as listener:
        listener.execute("LISTEN poke")

        with pytest.raises(RuntimeError):
            _send_and_fail(database)
        with database.transaction() as session:
            assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
            assert session.scalar(text("SELECT count(*) FROM feed_entries")) == 0
            created = send_request(session)
            assert list(listener.notifies(timeout=0)) == []

        pokes = [json.loads(notice.payload) for notice in listener.notifies(timeout=10, stop_after=2)]
    assert pokes == [
        {"scope": unit_scope(unit.id), "version": 1},
        {"scope": request_scope(created.request_id), "version": 1},
    ]
    with database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1


def _send_and_fail(database: Database) -> None:
    with database.transaction() as session:
        send_request(session)
        raise RuntimeError("the process dies before the commit")
