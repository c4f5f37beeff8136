"""Plannings asked by the real job from a real server over TLS, which answers as it is told."""

from __future__ import annotations

import dataclasses
import gzip
from datetime import timedelta
from uuid import UUID

import pytest
from procrastinate import JobContext
from procrastinate.jobs import Job
from sqlalchemy import select, text

from models.queries.plannings import find_plannings
from models.rules.actor import Role
from models.rules.plannings import Kind
from models.tables import Absence, DutyStatus, PlanningSource, Unit
from push.endpoint_guard import AllowedHost
from server.api.planning_schemas import present_planning
from server.calendar_settings import CalendarSettings
from server.jobs import wiring
from server.jobs.app import queue
from server.jobs.plannings import ADAPTERS, ATTEMPTS, poll_planning, poll_plannings, run_poll, watch
from server.planning.fetch import FetchLimits
from server.services.add_planning_source import AddPlanningSource, add_planning_source
from server.services.change_planning_source import ChangePlanningSource, change_planning_source
from server.services.claim_due_plannings import ClaimDuePlannings, claim_due_plannings
from server.services.want_reading import WantReading, want_reading
from tests.support.plannings import absences_of, calendar, hour, source_of, with_keys
from tests.support.push_service import DRIP, HANG, RESET, RUBBISH, Say
from tests.support.seed import NOW, SECRET_KEY, actor_of, seed_agent, seed_unit

HOST = "localhost"
QUICK = FetchLimits(octets=200_000, connect_s=5.0, read_s=0.3, total_s=0.6)
SECRETS = ("secret-de-l-adresse", "Un secret", "Ailleurs")
EVENTS = [("a", *hour(3)), ("b", *hour(30))]
DAILY = "NIGEND;Date;Position\n123456;24/11/2026;{position}\n".format


@pytest.fixture
def site(start_push_service):
    site = start_push_service(HOST)
    site.usual = Say(200, {"ETag": '"1"'}, calendar(*EVENTS))
    return site


@pytest.fixture
def context(context, site, authority, monkeypatch):
    """The worker's context; an operator has named the site."""
    named = (AllowedHost(HOST, site.port, own=True, inside=True),)
    calendars = CalendarSettings((SECRET_KEY,), named, str(authority.ca_file))
    settings = dataclasses.replace(context.settings, calendars=calendars)
    context = dataclasses.replace(context, settings=settings)
    monkeypatch.setattr(wiring, "_installed", [context])
    # The time that a slow answer may take is another test's.
    monkeypatch.setattr(FetchLimits.__init__, "__defaults__", dataclasses.astuple(QUICK))
    return context


@pytest.fixture
def gendarme(context, database):
    with database.transaction() as session:
        agent = seed_agent(session, session.scalars(select(Unit)).one(), Role.CHIEF)
        agent.service_number = "123456"
        return agent


@pytest.fixture
def add(context, database, gendarme, site):
    def add(kind=Kind.ICAL, path="/chef.ics?jeton=secret-de-l-adresse", **more) -> UUID:
        command = AddPlanningSource(kind, "Agenda", url=site.origin + path, **more)
        with database.transaction() as session:
            return add_planning_source(session, command, actor_of(gendarme), NOW, context.sealer)

    return add


def test_a_calendar_is_fetched_and_stored_and_an_unchanged_one_costs_one_request(add, database, site, clock):
    source_id = add(user="bn", password="très secret")
    poll_planning(str(source_id))
    assert absences_of(database, source_id) == {tuple(hour(3)), tuple(hour(30))}
    [request] = site.received
    assert request.headers["authorization"].startswith("Basic ")
    row = source_of(database, source_id)
    assert (row.etag, row.entries_read, row.failures_in_a_row) == ('"1"', 2, 0)
    assert timedelta(minutes=15) <= row.poll_at - NOW <= timedelta(minutes=16.5)
    clock.forward(minutes=15)
    site.answer(Say(304))
    poll_planning(str(source_id))
    assert len(site.received) == 2
    assert site.received[1].headers["if-none-match"] == '"1"'
    assert source_of(database, source_id).succeeded_at == clock.now
    assert source_of(database, source_id).changed_at == NOW


def test_a_refused_event_without_a_name_keeps_no_others_that_have_none(add, database, site):
    source_id = add()
    nameless = calendar(("", *hour(3)), ("a", *hour(30)))
    site.usual = Say(200, body=nameless)
    poll_planning(str(source_id))
    assert absences_of(database, source_id) == {tuple(hour(3)), tuple(hour(30))}
    broken = b"BEGIN:VEVENT\r\nDTSTART:hier\r\nEND:VEVENT\r\nEND:VCALENDAR"
    site.usual = Say(200, body=calendar(("a", *hour(30))).replace(b"END:VCALENDAR", broken))
    poll_planning(str(source_id))
    assert absences_of(database, source_id) == {tuple(hour(30))}


def test_the_window_rolls_although_nothing_changes(add, database, site, clock):
    body = calendar().replace(
        b"END:VCALENDAR",
        b"BEGIN:VEVENT\r\nUID:w\r\nDTSTART:20261130T080000Z\r\nDTEND:20261130T090000Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT"
        b"\r\nEND:VCALENDAR",
    )
    site.usual = Say(200, {"ETag": '"1"'}, body)
    source_id = add()
    poll_planning(str(source_id))
    before = absences_of(database, source_id)
    clock.forward(days=7)
    poll_planning(str(source_id))
    assert "if-none-match" not in site.received[1].headers
    after = absences_of(database, source_id)
    # As many days have come into reach as have passed, and what is over is history.
    assert max(after)[0] - max(before)[0] == timedelta(days=7)
    assert before < after


HOSTILE = [
    (Say(301, {"Location": "https://169.254.169.254/latest"}), "redirected", 0),
    (Say(401), "sign_in_needed", 0),
    (Say(403), "forbidden", 0),
    (Say(404), "not_found", 0),
    (Say(500), "http_status", 0),
    (Say(200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 1_000_000)), "encoded", 0),
    (Say(200, {"Content-Length": "1000000000"}), "too_big", 0),
    (Say(200, body=b"x" * 300_000), "too_big", 0),
    (Say(200, {"Content-Length": "1000", "Connection": "close"}, b"BEGIN:VCALENDAR"), "disconnected", 0),
    (HANG, "timeout", 0),
    (DRIP, "timeout", 0),
    (RUBBISH, "not_http", 0),
    (Say(200, body=b"<html>Connexion</html>"), "not_a_calendar", 1),
    (Say(200, body=b""), "not_a_calendar", 0),
    (Say(200, body=calendar(*EVENTS).removesuffix(b"END:VCALENDAR\r\n")), "truncated", None),
    (Say(200, body=b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'), "not_a_calendar", 1),
    (Say(200, body=b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 2_000), "too_deep", None),
    (
        Say(200, body=calendar(extra=["BEGIN:VEVENT", "UID:x", "DTSTART:tomorrow", "END:VEVENT"])),
        "bad_time",
        None,
    ),
]


@pytest.mark.parametrize(("answer", "code", "line"), HOSTILE, ids=lambda one: one if isinstance(one, str) else None)
def test_whatever_a_site_answers_the_previous_state_stands(add, database, site, clock, caplog, answer, code, line):
    source_id = add()
    poll_planning(str(source_id))
    with database.transaction() as session:
        before = session.execute(select(Absence.id, text("absences.xmin::text")).order_by(Absence.id)).all()
    assert len(before) == 2
    clock.forward(days=1)
    # The client asks once more by itself when it is cut off.
    site.answer(answer, answer)
    poll_planning(str(source_id))
    with database.transaction() as session:
        assert session.execute(select(Absence.id, text("absences.xmin::text")).order_by(Absence.id)).all() == before
    row = source_of(database, source_id)
    assert (row.failure_code, row.failures_in_a_row, row.failed_at) == (code, 1, clock.now)
    if line is not None:
        assert row.failure_line == line
    assert (row.succeeded_at, row.etag) == (NOW, '"1"')
    assert not [one for one in SECRETS if one in caplog.text]
    site.release()


def test_a_site_that_is_not_there_and_one_that_comes_back(add, database, site, clock):
    source_id = add()
    site.answer(RESET, RESET)
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code == "disconnected"
    clock.forward(hours=1)
    poll_planning(str(source_id))
    assert (source_of(database, source_id).failure_code, len(absences_of(database, source_id))) == (None, 2)


def test_a_host_inside_that_no_operator_has_named(add, context, database, monkeypatch, site):
    settings = dataclasses.replace(context.settings, calendars=CalendarSettings((SECRET_KEY,)))
    monkeypatch.setattr(wiring, "_installed", [dataclasses.replace(context, settings=settings)])
    source_id = add()
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code == "address_not_public"
    assert site.connections == 0


def test_what_our_own_reader_stumbles_over_is_no_secret_in_the_log(add, database, caplog, monkeypatch):
    def stumble(ask):
        raise RuntimeError(f"Un secret: {ask.source.url}")

    monkeypatch.setattr("server.jobs.plannings.ADAPTERS", {Kind.ICAL: stumble})
    source_id = add()
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code == "unexpected"
    assert "RuntimeError" in caplog.text
    assert not [one for one in SECRETS if one in caplog.text]


def test_what_can_no_longer_be_opened_says_so(add, context, database, monkeypatch, site):
    source_id = add()
    lost = with_keys(context, b"a key that nobody has sealed with, 32+")
    monkeypatch.setattr(wiring, "_installed", [lost])
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code == "unsealable"
    assert site.received == []


def test_every_kind_of_source_has_its_adapter():
    assert ADAPTERS.keys() == set(Kind)


def test_a_table_is_asked_and_a_table_of_strangers_changes_nothing(add, database, site, clock, gendarme):
    site.usual = Say(200, {}, DAILY(position="Non employable").encode())
    source_id = add(Kind.POSITIONS_DAILY, "/feuille.csv")
    poll_planning(str(source_id))
    assert len(absences_of(database, source_id)) == 1
    site.usual = Say(200, {}, DAILY(position="PAM").replace("123456", "999999").encode())
    clock.forward(minutes=15)
    poll_planning(str(source_id))
    row = source_of(database, source_id)
    assert (row.failure_code, row.failure_line) == ("unknown_agent", 2)
    assert len(absences_of(database, source_id)) == 1
    site.usual = Say(200, {}, DAILY(position="PAM").encode())
    clock.forward(minutes=15)
    poll_planning(str(source_id))
    assert absences_of(database, source_id) == set()
    with database.transaction() as session:
        assert session.scalars(select(DutyStatus.status)).all() == ["first_to_go"]


def jobs(database) -> list[str]:
    with database.transaction() as session:
        query = "SELECT args ->> 'source_id' FROM procrastinate_jobs WHERE task_name = 'poll_planning' ORDER BY id"
        return list(session.scalars(text(query)))


def fetched(database) -> str | None:
    """The source of the job that a hand of the calendars takes now, and keeps."""
    with database.transaction() as session:
        worker_id = session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        fetch = text("SELECT args ->> 'source_id' FROM procrastinate_fetch_job_v2(ARRAY['calendars'], :worker_id)")
        return session.scalar(fetch, {"worker_id": worker_id})


def test_each_minute_what_is_due_is_put_on_the_queue_once(add, context, database, clock, gendarme):
    first, second, paused = add(), add(), add()
    with database.transaction() as session:
        change = ChangePlanningSource(paused, paused=True)
        change_planning_source(session, change, actor_of(gendarme), NOW, context.sealer)
        session.get_one(PlanningSource, second).poll_at = NOW + timedelta(minutes=5)
    poll_plannings(0)
    assert jobs(database) == [str(first)]
    clock.forward(minutes=6)
    poll_plannings(0)
    assert jobs(database) == [str(first), str(second)]
    clock.forward(minutes=9)
    poll_plannings(0)
    assert jobs(database) == [str(first), str(second)], "one that waits already is not put there again"
    assert fetched(database) == str(first)
    clock.forward(minutes=20)
    poll_plannings(0)
    assert jobs(database) == [str(first), str(second), str(first)]
    assert [fetched(database), fetched(database)] == [str(second), None], "no two ask one source at once"


def test_who_asks_for_a_reading_has_the_one_that_waits_hastened(add, context, database, clock, gendarme):
    sources = [add(), add()]
    poll_plannings(0)
    clock.forward(minutes=1)
    for _ in range(2):
        with database.transaction() as session:
            want_reading(session, WantReading(sources[1]), actor_of(gendarme), clock.now)
    assert jobs(database) == [str(one) for one in sources]
    assert [fetched(database), fetched(database)] == [str(sources[1]), str(sources[0])]


def test_what_has_answered_since_is_not_asked_again_but_a_try_that_nobody_finished_is(add, database, site, clock):
    source_id = add()
    claimed_at = clock.now
    clock.forward(minutes=1)
    poll_planning(str(source_id), claimed_at)
    poll_planning(str(source_id), claimed_at)
    assert len(site.received) == 1
    with database.transaction() as session:
        # As a worker leaves it that is killed while it asks.
        session.get_one(PlanningSource, source_id).tried_at = clock.now + timedelta(seconds=1)
    poll_planning(str(source_id), claimed_at)
    poll_planning(str(source_id), clock.now + timedelta(minutes=1))
    assert len(site.received) == 3


def test_an_accident_of_ours_is_told_once_no_attempt_is_left(add, database, clock, caplog, monkeypatch):
    source_id = add()
    poll_planning(str(source_id))
    before = absences_of(database, source_id)

    def fail(*args: object) -> None:
        raise ZeroDivisionError("Un secret")

    monkeypatch.setattr("server.jobs.plannings.apply_reading", fail)
    for attempts in range(ATTEMPTS - 1):
        with pytest.raises(ZeroDivisionError):
            run_poll(attempt(attempts), str(source_id), clock.now.isoformat())
        assert source_of(database, source_id).failure_code is None
    run_poll(attempt(ATTEMPTS - 1), str(source_id), clock.now.isoformat())
    row = source_of(database, source_id)
    assert (row.failure_code, row.failures_in_a_row) == ("unexpected", 1)
    assert absences_of(database, source_id) == before
    # Where it was raised stands in the log; what it says does not.
    assert "ZeroDivisionError while it was applied, at test_plannings.py:" in caplog.text
    assert "Un secret" not in caplog.text


def attempt(number: int) -> JobContext:
    """What the queue tells of a run after so many others."""
    job = Job(id=1, queue="calendars", lock=None, queueing_lock=None, task_name="poll_planning", attempts=number)
    return JobContext(app=queue, start_timestamp=0, abort_reason=lambda: None, job=job)


def test_columns_that_mean_nothing_any_more_are_told_and_can_be_written_anew(
    add, context, database, clock, site, gendarme
):
    source_id = add(Kind.POSITIONS_DAILY, "/feuille.csv")
    with database.transaction() as session:
        session.get_one(PlanningSource, source_id).columns = {"columns": {"nigend": "NIGEND"}, "words": {}}
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code == "bad_layout"
    assert site.received == []
    with database.transaction() as session:
        (found,) = find_plannings(session, actor_of(gendarme), source_id)
        assert present_planning(found)["columns"]["agent"] == "NIGEND"
        change = ChangePlanningSource(source_id, columns={"agent": "Matricule"})
        change_planning_source(session, change, actor_of(gendarme), NOW, context.sealer)
    site.usual = Say(200, {}, DAILY(position="PAM").replace("NIGEND", "Matricule").encode())
    clock.forward(minutes=1)
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code is None


def test_a_unit_with_many_sources_keeps_nobody_waiting(context, database, gendarme, add):
    many = [add() for _ in range(4)]
    with database.transaction() as session:
        other = seed_agent(session, seed_unit(session, 2, "Brigade de Culoz"))
        command = AddPlanningSource(Kind.ICAL, "Agenda", url="https://agenda.example/a.ics")
        later = NOW + timedelta(seconds=30)
        theirs = add_planning_source(session, command, actor_of(other), later, context.sealer)
    with database.transaction() as session:
        assert claim_due_plannings(session, ClaimDuePlannings(limit=2), later) == 2
    assert str(theirs) in jobs(database)
    with database.transaction() as one, database.transaction() as two:
        # Two workers at once: none is claimed twice.
        claimed = claim_due_plannings(one, ClaimDuePlannings(limit=2), later)
        claimed += claim_due_plannings(two, ClaimDuePlannings(limit=9), later)
    assert claimed == 3
    assert sorted(jobs(database)) == sorted(str(one) for one in (*many, theirs))


def test_silence_is_told_by_the_minute(add, database, clock):
    source_id = add()
    clock.forward(days=1, minutes=1)
    watch(0)
    assert source_of(database, source_id).silent_since == NOW + timedelta(days=1)
