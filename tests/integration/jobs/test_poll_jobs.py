"""How readings of plannings are put on the queue and run: one waits, one is under way, accidents are told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from procrastinate import JobContext
from procrastinate.jobs import Job
from sqlalchemy import text

from models.queries.plannings import find_plannings
from models.rules.plannings import Kind
from models.tables import PlanningSource
from server.api.planning_schemas import present_planning
from server.jobs.app import queue
from server.jobs.plannings import ATTEMPTS, poll_planning, poll_plannings, run_poll
from server.services.add_planning_source import AddPlanningSource, add_planning_source
from server.services.change_planning_source import ChangePlanningSource, change_planning_source
from server.services.claim_due_plannings import ClaimDuePlannings, claim_due_plannings
from server.services.want_reading import WantReading, want_reading
from tests.support.plannings import absences_of, source_of
from tests.support.polled import DAILY
from tests.support.polled import add as add
from tests.support.polled import context as context
from tests.support.polled import gendarme as gendarme
from tests.support.polled import site as site
from tests.support.processes import wait_until
from tests.support.push_service import Say
from tests.support.seed import NOW, actor_of, seed_agent, seed_unit

BLOCKED = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def somebody_waits(database) -> bool:
    """Whether anybody waits for a lock; within one transaction the answer would stay the same."""
    with database.transaction() as session:
        return session.scalar(BLOCKED) > 0


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
    for _ in range(2):
        add()
    poll_plannings(0)
    first, second = jobs(database)
    clock.forward(minutes=1)
    for _ in range(2):
        with database.transaction() as session:
            want_reading(session, WantReading(UUID(second)), actor_of(gendarme), clock.now)
    assert jobs(database) == [first, second]
    assert [fetched(database), fetched(database)] == [second, first]


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


@pytest.mark.parametrize(
    ("step", "when"), [("begin_reading", "before it was asked"), ("apply_reading", "while it was applied")]
)
def test_an_accident_of_ours_is_told_once_no_attempt_is_left(add, database, clock, caplog, monkeypatch, step, when):
    source_id = add()
    poll_planning(str(source_id))
    before = absences_of(database, source_id)

    def fail(*args: object) -> None:
        raise ZeroDivisionError("Un secret")

    monkeypatch.setattr(f"server.jobs.plannings.{step}", fail)
    for attempts in range(ATTEMPTS - 1):
        with pytest.raises(ZeroDivisionError):
            run_poll(attempt(attempts), str(source_id), clock.now.isoformat())
        assert source_of(database, source_id).failure_code is None
    run_poll(attempt(ATTEMPTS - 1), str(source_id), clock.now.isoformat())
    row = source_of(database, source_id)
    assert (row.failure_code, row.failures_in_a_row) == ("unexpected", 1)
    assert absences_of(database, source_id) == before
    # Where it was raised stands in the log; what it says does not.
    assert f"ZeroDivisionError {when}, at test_poll_jobs.py:" in caplog.text
    assert "Un secret" not in caplog.text


def attempt(number: int) -> JobContext:
    """What the queue tells of a run after so many others."""
    job = Job(id=1, queue="calendars", lock=None, queueing_lock=None, task_name="poll_planning", attempts=number)
    return JobContext(app=queue, start_timestamp=0, abort_reason=lambda: None, job=job)


def test_whoever_holds_a_source_for_a_moment_takes_no_reading_away(add, database, site):
    source_id = add()
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as holder:
            holder.get_one(PlanningSource, source_id, with_for_update=True)
            reading = pool.submit(poll_planning, str(source_id))
            wait_until(lambda: reading.done() or somebody_waits(database), "the reading has come to the source")
        reading.result()
    assert len(absences_of(database, source_id)) == 2


@pytest.mark.parametrize("written", ['{"url": "https://agenda.example/a.ics", "token": "x"}', "[]", "x"])
def test_an_address_that_another_release_has_written_is_told_and_can_be_written_anew(
    add, context, database, site, clock, gendarme, written
):
    source_id = add()
    with database.transaction() as session:
        session.get_one(PlanningSource, source_id).address_sealed = context.sealer.seal(written, source_id)
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code == "unsealable"
    assert site.received == []
    with database.transaction() as session:
        change = ChangePlanningSource(source_id, url=f"{site.origin}/chef.ics")
        change_planning_source(session, change, actor_of(gendarme), NOW, context.sealer)
    clock.forward(minutes=1)
    poll_planning(str(source_id))
    assert source_of(database, source_id).failure_code is None


@pytest.mark.parametrize(
    "stored",
    [{"columns": {"nigend": "NIGEND"}, "words": {}}, {"columns": [], "words": {}}, {"columns": None, "words": 1}],
)
def test_columns_that_mean_nothing_any_more_are_told_and_can_be_written_anew(
    add, context, database, clock, site, gendarme, stored
):
    source_id = add(Kind.POSITIONS_DAILY, "/feuille.csv")
    with database.transaction() as session:
        session.get_one(PlanningSource, source_id).columns = stored
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
