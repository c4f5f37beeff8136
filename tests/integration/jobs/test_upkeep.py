from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select, text

from models.record import defer
from models.tables import (
    AgentSession,
    ContactRequest,
    FeedEntry,
    MutationResult,
    PushSubscription,
    PushTest,
    RateLimit,
    SyncClient,
)
from push.vapid import VapidKey
from server.jobs.app import queue
from server.jobs.upkeep import erase, expire, extend, purge, retry_stalled
from server.services.erase_old_requests import erase_old_requests
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.retry_stalled_jobs import RetryStalledJobs, retry_stalled_jobs
from tests.integration.jobs.ended import ACTOR, LATER, RETENTION, ended_request
from tests.support.push_service import Browser
from tests.support.push_subscribers import seed_subscriber
from tests.support.seed import (
    NOW,
    seed_agent,
    seed_sign_in,
    send_request,
)


def job(session, status, *, worker_id=None, lock=None, started=None, at=NOW):
    """A row of the queue as a worker leaves it."""
    job_id = session.execute(
        text(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, queueing_lock, args)"
            " VALUES ('delivery', 'deliver', CAST(:status AS procrastinate_job_status), :worker, :lock, '{}')"
            " RETURNING id"
        ),
        {"status": status, "worker": worker_id, "lock": lock},
    ).scalar_one()
    session.execute(text("DELETE FROM procrastinate_events WHERE job_id = :id"), {"id": job_id})
    session.execute(
        text("INSERT INTO procrastinate_events (job_id, type, at) VALUES (:id, 'started', :at)"),
        {"id": job_id, "at": started or at},
    )
    return job_id


def worker(session, heartbeat):
    return session.execute(
        text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (:at) RETURNING id"), {"at": heartbeat}
    ).scalar_one()


def states(session):
    return {row[0]: row[1] for row in session.execute(text("SELECT id, status::text FROM procrastinate_jobs"))}


def test_jobs_of_dead_workers_go_back_on_the_queue(session):
    alive, silent = worker(session, NOW - timedelta(seconds=10)), worker(session, NOW - timedelta(minutes=2))
    jobs = {
        "of one that lives": job(session, "doing", worker_id=alive),
        "of one that is silent": job(session, "doing", worker_id=silent),
        "of one that is gone": job(session, "doing"),
        "whose end was lost": job(session, "doing", worker_id=alive, started=NOW - timedelta(hours=1)),
        "by the clock": job(session, "doing", worker_id=silent, lock="purge"),
        "waiting by the clock": job(session, "todo", lock="purge"),
        "failed": job(session, "failed"),
    }
    assert retry_stalled_jobs(session, RetryStalledJobs(), NOW) == 4
    found = states(session)
    assert {name: found[job_id] for name, job_id in jobs.items()} == {
        "of one that lives": "doing",
        "of one that is silent": "todo",
        "of one that is gone": "todo",
        "whose end was lost": "todo",
        "by the clock": "aborted",
        "waiting by the clock": "todo",
        "failed": "failed",
    }
    assert retry_stalled_jobs(session, RetryStalledJobs(), NOW) == 0


def purged(session, now=NOW, **changes):
    found = purge_expired(session, PurgeExpired(**changes), now)
    session.expire_all()
    return {kind: count for kind, count in found.items() if count}


def test_sign_ins_go_when_they_are_over(session, unit):
    agent = seed_agent(session, unit)
    seed_sign_in(session, agent, now=NOW)
    seed_sign_in(session, agent, now=NOW - timedelta(days=3))
    seed_sign_in(session, agent, now=NOW)
    session.scalars(select(AgentSession).order_by(AgentSession.token_hash)).first().revoked_at = NOW - timedelta(days=2)
    session.flush()
    count = len(session.scalars(select(AgentSession)).all())
    gone = purged(session)["sign_ins"]
    assert len(session.scalars(select(AgentSession)).all()) == count - gone
    assert gone in (1, 2)
    assert purged(session) == {}


def result(session, client, seq, at):
    session.add(
        MutationResult(
            client_id=client.id, seq=seq, op="request.accept", args_hash=b"", version=seq, status="applied",
            code=None, detail={}, at=at,
        )
    )  # fmt: skip


def test_mutation_results_stay_thirty_days_after_the_last_contact(session, unit):
    agent = seed_agent(session, unit)
    ages = {"lost": 31, "away": 29, "here": 0}
    clients = {}
    for name, days in ages.items():
        seen = NOW - timedelta(days=days)
        clients[name] = SyncClient(
            id=uuid4(), agent_id=agent.id, last_mutation_id=9, created_at=seen, last_seen_at=seen
        )
        session.add(clients[name])
        session.flush()
        result(session, clients[name], 1, seen - timedelta(days=31))
        result(session, clients[name], 2, seen - timedelta(days=1))
    session.flush()
    assert purged(session) == {"mutation_results": 4}
    left = {(row.client_id, row.seq) for row in session.scalars(select(MutationResult))}
    assert left == {(clients["away"].id, 2), (clients["here"].id, 2)}


def test_rate_limits_go_when_their_window_is_long_past(session):
    for hours in (1, 47, 49, 500):
        session.add(RateLimit(bucket=b"who", window_start=NOW - timedelta(hours=hours), count=1))
    session.flush()
    assert purged(session) == {"rate_limits": 2}
    assert purged(session, limit=1) == {}


def test_a_browser_that_never_comes_back_is_forgotten(session, unit):
    agent = seed_agent(session, unit)
    for days in (1, 89, 91):
        given = Browser().subscribe(f"https://fcm.googleapis.com/{days}", VapidKey.make().public)
        row = seed_subscriber(session, agent, given, now=NOW - timedelta(days=days))
        at = NOW - timedelta(hours=days / 2)
        session.add(PushTest(id=uuid4(), terminal_id=row.terminal_id, state="sent", created_at=at, changed_at=at))
    session.flush()
    assert purged(session) == {"push_subscriptions": 1, "push_tests": 2}
    left = session.scalars(select(PushSubscription.endpoint)).all()
    assert sorted(one.rpartition("/")[2] for one in left) == ["1", "89"]


def test_a_batch_is_never_larger_than_its_limit(session):
    for hours in range(49, 54):
        session.add(RateLimit(bucket=b"who", window_start=NOW - timedelta(hours=hours), count=1))
    session.flush()
    assert [purged(session, limit=2) for _ in range(4)] == [
        {"rate_limits": 2}, {"rate_limits": 2}, {"rate_limits": 1}, {},
    ]  # fmt: skip


def test_feed_entries_of_erased_requests_go_once_every_terminal_has_had_the_time(session, unit):
    ended_request(session, unit)
    kept = send_request(session, now=LATER)
    erase_old_requests(session, RETENTION, ACTOR, LATER)
    session.flush()
    assert purged(session, LATER + timedelta(days=179)) == {}
    assert purged(session, LATER + timedelta(days=181)) == {"feed_entries": 1}
    assert session.scalars(select(FeedEntry.document)).all() == [f"request/{kept.request_id}"]


def test_finished_jobs_go_after_a_month(session):
    old, young = NOW - timedelta(days=31), NOW - timedelta(days=29)
    expected = {
        job(session, "failed", at=old): False,
        job(session, "aborted", at=old): False,
        job(session, "failed", at=young): True,
        job(session, "todo", at=old): True,
        job(session, "doing", at=old): True,
    }
    assert purged(session) == {"finished_jobs": 2}
    left = states(session)
    assert {job_id: job_id in left for job_id in expected} == expected


def test_the_tasks_work_in_batches_until_all_is_done(context, database, clock):
    with database.transaction() as session:
        for number in range(3):
            send_request(session, key=str(number))
    clock.forward(days=31)
    expire(timestamp=0)
    with database.transaction() as session:
        assert {one.state for one in session.scalars(select(ContactRequest))} == {"expired"}
    clock.forward(days=90)
    erase(timestamp=0)
    with database.transaction() as session:
        assert all(one.erased_at == clock.now for one in session.scalars(select(ContactRequest)))
        defer(session, "deliver", queue="delivery", event_id=1)
    purge(timestamp=0)
    retry_stalled(timestamp=0)
    # Again: everything is idempotent.
    for task in (expire, erase, extend, purge, retry_stalled):
        task(timestamp=0)


def test_every_task_by_the_clock_is_registered_once_and_never_piles_up():
    queue.perform_import_paths()
    by_the_clock = queue.periodic_registry.periodic_tasks.values()
    assert {one.task.name for one in by_the_clock} == {
        "retry_stalled",
        "expire",
        "erase",
        "purge",
        "look_at_agendas",
        "poll_plannings",
        "watch_silence",
        "expire_held",
        "end_begun_clashes",
        "erase_bookings",
        "extend_openings",
        "settle",
        "reoffer",
        "remind",
        "ask_opinions",
        "fail_unheard",
    }
    assert all(one.task.queueing_lock for one in by_the_clock)
