"""What a calendar says becomes absences, no more and no less, and terminals hear of what is near."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text

from models.tables import Absence, Event, FeedEntry, PlanningSource
from server.planning.fetch import Unchanged, Validators
from server.services.apply_reading import ApplyReading, apply_reading
from server.services.begin_reading import BeginReading, begin_reading
from server.services.close_agent import CloseAgent, close_agent
from server.services.purge_expired import PurgeExpired, purge_expired
from tests.support.brigade_world import absence
from tests.support.plannings import (
    DAY,
    absences_of,
    add_planning,
    entry,
    hour,
    planning_of,
    read,
    said,
    source_of,
    with_keys,
    write,
)
from tests.support.seed import NOW, SECRET_KEY, seed_sign_in

A, B, C = entry("a", hour(3)), entry("b", hour(5)), entry("c", hour(7))


def times(*entries) -> set:
    return {tuple(one.times) for one in entries}


def test_a_reading_becomes_absences_without_a_word_of_what_they_are(brigade, mine, chief, context):
    source_id = add_planning(mine)["id"]
    assert read(brigade.database, source_id, said(A, B, validators=Validators('"1"', "x")), NOW, context)
    assert absences_of(brigade.database, source_id) == times(A, B)
    chief.pull()
    bodies = sorted(
        (body for key, body in chief.docs.items() if key.startswith("absence/")), key=lambda body: body["starts_at"]
    )
    assert {name: bodies[0][name] for name in bodies[0] if name != "id"} == {
        "agent": {"id": brigade.martin.id, "name": "Adj. Martin"},
        "starts_at": A.times.start.isoformat(),
        "ends_at": A.times.end.isoformat(),
        "word": None,
        "source": "planning",
        "planning": {"id": source_id, "name": "Agenda de service"},
        "intervention": False,
        "declared_at": NOW.isoformat(),
        "declared_by": None,
    }
    assert (len(bodies), chief.docs[f"planning/{source_id}"]["state"]) == (2, "fresh")
    found = planning_of(mine, source_id)
    assert (found["entries_read"], found["refused"], found["succeeded_at"]) == (2, [], NOW.isoformat())
    row = source_of(brigade.database, source_id)
    assert (row.etag, row.last_modified) == ('"1"', "x")
    assert chief.do("absence.cancel", absence_id=bodies[0]["id"])["code"] == "absence_imported"


def test_only_what_differs_is_written(brigade, mine, chief, context):
    source_id = add_planning(mine)["id"]
    read(brigade.database, source_id, said(A, B), NOW, context)
    with brigade.database.transaction() as session:
        before = dict(session.execute(select(Absence.planning_key, text("absences.xmin::text"))).all())
    read(brigade.database, source_id, said(B, C), NOW + timedelta(minutes=15), context)
    with brigade.database.transaction() as session:
        after = dict(session.execute(select(Absence.planning_key, text("absences.xmin::text"))).all())
        names = session.scalars(select(Event.name).order_by(Event.id)).all()
        counts = [one.data for one in session.scalars(select(Event).where(Event.name == "planning_read"))]
    assert after.keys() == {B.key, C.key}
    assert after[B.key] == before[B.key]
    assert names == ["planning_added", "planning_read", "planning_read"]
    assert [(one["came"], one["went"]) for one in counts] == [(2, 0), (1, 1)]


def test_a_poll_without_news_is_no_news(brigade, mine, context):
    source_id = add_planning(mine)["id"]
    read(brigade.database, source_id, said(A), NOW, context)
    mine.pull()
    for minutes, answer in ((15, Unchanged()), (30, said(A)), (45, Unchanged())):
        read(brigade.database, source_id, answer, NOW + timedelta(minutes=minutes), context)
    assert mine.pull()["docs"] == []
    found = planning_of(mine, source_id)
    assert (found["succeeded_at"], found["changed_at"]) == ((NOW + timedelta(minutes=45)).isoformat(), NOW.isoformat())
    assert absences_of(brigade.database, source_id) == times(A)


def test_what_was_refused_says_what_it_said_before(brigade, mine, context):
    source_id = add_planning(mine)["id"]
    read(brigade.database, source_id, said(A, B), NOW, context)
    read(brigade.database, source_id, said(C, refused=["a"]), NOW, context)
    assert absences_of(brigade.database, source_id) == times(A, C)
    found = planning_of(mine, source_id)
    assert (found["refused_count"], found["refused"]) == (1, [{"line": 10, "cause": "bad_time"}])
    read(brigade.database, source_id, said(C), NOW, context)
    assert absences_of(brigade.database, source_id) == times(C)


def test_of_many_refused_entries_the_first_are_named(brigade, mine, context):
    source_id = add_planning(mine)["id"]
    read(brigade.database, source_id, said(A, refused=[str(number) for number in range(120)]), NOW, context)
    found = planning_of(mine, source_id)
    assert (found["refused_count"], len(found["refused"])) == (120, 50)


def test_an_incremental_reading_leaves_what_it_does_not_name(brigade, mine, context):
    source_id = add_planning(mine)["id"]
    read(brigade.database, source_id, said(A, B, objects={b"a": "1", b"b": "1"}, sync_token="t1"), NOW, context)
    until = source_of(brigade.database, source_id).read_until
    moved = entry("b", hour(11))
    news = said(moved, changed=frozenset({B.key}), objects={b"a": "1", b"b": "2"}, sync_token="t2")
    read(brigade.database, source_id, news, NOW, context)
    assert absences_of(brigade.database, source_id) == times(A, moved)
    read(brigade.database, source_id, said(changed=frozenset({A.key})), NOW, context)
    assert absences_of(brigade.database, source_id) == times(moved)
    assert source_of(brigade.database, source_id).read_until == until


def test_only_what_is_near_reaches_terminals_and_the_rest_comes_with_its_day(brigade, mine, chief, context):
    source_id = add_planning(mine)["id"]
    far = [entry(f"far {days}", hour(24 * days)) for days in range(20, 30)]
    chief.pull()
    read(brigade.database, source_id, said(A, *far), NOW, context)

    def held(terminal):
        terminal.pull()
        return {body["starts_at"] for key, body in terminal.docs.items() if key.startswith("absence/")}

    assert held(chief) == {A.times.start.isoformat()}
    with brigade.database.transaction() as session:
        entries = session.scalars(select(FeedEntry.document).where(FeedEntry.document.like("absence/%"))).all()
    assert len(entries) == 1
    brigade.clock.now = NOW + 8 * DAY
    # Who turns the day and who starts over hold the same.
    late = brigade.terminal(brigade.petit)
    with brigade.database.transaction() as session:
        chief.token = seed_sign_in(session, brigade.roux, now=brigade.clock.now)
    chief.http.set_cookie("agent", chief.token)
    assert held(chief) == held(late) == {one.times.start.isoformat() for one in far[:3]}
    read(brigade.database, source_id, said(*far[1:]), brigade.clock.now, context)
    assert held(chief) == held(late) == {one.times.start.isoformat() for one in far[1:3]}


def test_under_another_name_the_absences_that_terminals_hold_have_it_too(brigade, mine, chief, context):
    source_id = add_planning(mine)["id"]
    far = entry("far", hour(24 * 20))
    read(brigade.database, source_id, said(A, far), NOW, context)
    chief.pull()
    assert write(mine, "PATCH", f"/api/plannings/{source_id}", json={"name": "Autre nom"}).status_code == 200
    came = chief.pull()["docs"]
    assert sorted(one["k"].split("/")[0] for one in came) == ["absence", "planning"]
    assert [body["planning"]["name"] for key, body in chief.docs.items() if key.startswith("absence/")] == ["Autre nom"]


def test_two_readings_at_once_end_with_the_later_one(brigade, mine, context):
    source_id = UUID(add_planning(mine)["id"])
    with brigade.database.transaction() as session:
        first = begin_reading(session, BeginReading(source_id), NOW, context.sealer)
    with brigade.database.transaction() as session:
        second = begin_reading(session, BeginReading(source_id), NOW, context.sealer)
    assert first.tried_at < second.tried_at

    def apply(begun, answer):
        with brigade.database.transaction() as session:
            return apply_reading(session, ApplyReading(source_id, begun.tried_at, answer, begun.window), NOW)

    assert apply(second, said(B))
    assert not apply(first, said(A))
    assert absences_of(brigade.database, source_id) == times(B)
    # A worker that was killed after its answer was applied, and whose job another one repeats.
    assert apply(second, said(B))
    assert absences_of(brigade.database, source_id) == times(B)


def test_a_reading_under_way_is_void_once_somebody_has_changed_the_source(brigade, mine, context):
    source_id = add_planning(mine)["id"]
    for body in ({"url": "https://agenda.example/autre.ics"}, {"tentative_counts": False}, {"paused": True}):
        with brigade.database.transaction() as session:
            begun = begin_reading(session, BeginReading(UUID(source_id)), NOW, context.sealer)
        assert write(mine, "PATCH", f"/api/plannings/{source_id}", json=body).status_code == 200
        with brigade.database.transaction() as session:
            command = ApplyReading(UUID(source_id), begun.tried_at, said(A), begun.window)
            assert not apply_reading(session, command, NOW), body
    assert absences_of(brigade.database, source_id) == set()
    with brigade.database.transaction() as session:
        assert begin_reading(session, BeginReading(UUID(source_id)), NOW, context.sealer) is None


def test_an_unchanged_calendar_is_read_whole_once_a_day(brigade, mine, context):
    source_id = add_planning(mine)["id"]
    read(brigade.database, source_id, said(A, validators=Validators('"1"')), NOW, context)

    def asked_with(now):
        with brigade.database.transaction() as session:
            begun = begin_reading(session, BeginReading(UUID(source_id)), now, context.sealer)
        return begun.ask.validators.etag, begun.window.end

    etag, until = asked_with(NOW + timedelta(hours=9))
    assert (etag, until) == ('"1"', source_of(brigade.database, source_id).read_until)
    assert asked_with(NOW + timedelta(hours=10)) == ("", until + DAY)


def test_what_was_sealed_with_an_old_key_is_sealed_anew(brigade, mine, context):
    source_id = add_planning(mine, password="secret")["id"]
    renewed = with_keys(context, b"a newer key than before, 32+ characters", SECRET_KEY)
    with brigade.database.transaction() as session:
        begun = begin_reading(session, BeginReading(UUID(source_id)), NOW, renewed.sealer)
    assert "secret" not in repr(begun)
    assert begun.ask.source.password == "secret"
    row = source_of(brigade.database, source_id)
    assert renewed.sealer.is_current(row.address_sealed)
    assert with_keys(context, b"a newer key than before, 32+ characters").sealer.open(row.address_sealed, row.id)
    lost = with_keys(context, b"a key that nobody has sealed with, 32+")
    with brigade.database.transaction() as session:
        assert begin_reading(session, BeginReading(UUID(source_id)), NOW, lost.sealer).ask is None


def test_whose_account_is_closed_takes_their_calendars_along(brigade, mine, chief, context):
    source_id = add_planning(mine, password="secret")["id"]
    table = add_planning(chief, kind="positions_daily", url="https://agenda.example/feuille.csv")["id"]
    read(brigade.database, source_id, said(A), NOW, context)
    with brigade.database.transaction() as session:
        close_agent(session, CloseAgent(brigade.martin.login), NOW)
    row = source_of(brigade.database, source_id)
    assert (row.revoked_at, row.address_sealed, absences_of(brigade.database, source_id)) == (NOW, None, set())
    assert source_of(brigade.database, table).revoked_at is None
    chief.pull()
    assert f"planning/{source_id}" not in chief.docs


def test_what_has_gone_with_its_event_leaves_no_trace_for_ever(brigade, mine, context):
    source_id = add_planning(mine)["id"]
    own = absence()
    mine.do("absence.declare", **own)
    read(brigade.database, source_id, said(A, B), NOW, context)
    read(brigade.database, source_id, said(B), NOW, context)

    def entries():
        with brigade.database.transaction() as session:
            return len(session.scalars(select(FeedEntry.document).where(FeedEntry.document.like("absence/%"))).all())

    def purge(now):
        with brigade.database.transaction() as session:
            return purge_expired(session, PurgeExpired(absences=timedelta(days=9999)), now)["imported_entries"]

    assert entries() == 3
    assert purge(A.times.end + timedelta(days=180)) == 0
    assert purge(A.times.end + timedelta(days=180, seconds=1)) == 1
    assert purge(A.times.end + timedelta(days=400)) == 0
    assert entries() == 2


def test_the_calendar_of_somebody_who_has_left_is_not_asked(brigade, mine, context):
    source_id = UUID(add_planning(mine)["id"])
    with brigade.database.transaction() as session:
        session.merge(brigade.martin)
        session.execute(text("UPDATE agents SET active = false WHERE id = :id"), {"id": brigade.martin.id})
    with brigade.database.transaction() as session:
        assert begin_reading(session, BeginReading(source_id), NOW, context.sealer) is None
        assert session.get_one(PlanningSource, source_id).tried_at is None
