"""`/healthz`: the truth about the database and the queue, soon, whatever state the database is in."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from models.database import Database
from models.record import defer
from server import embedded_postgres
from server.health import AWAY, PATIENCE_S, HealthProbe
from tests.support.processes import Deployment, OwnPostgres
from tests.support.terminals import application

LONG_AGO = timedelta(minutes=10)


def test_a_queue_with_nothing_to_do_has_no_lag(database: Database) -> None:
    answer = application(database).test_client().get("/healthz")

    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": "ok", "worker_lag_s": 0.0}
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_lag_is_the_age_of_the_oldest_job_that_should_run(database: Database) -> None:
    probe = HealthProbe(database.url)
    with database.transaction() as session:
        # For later, and hence no lag however old the entry is.
        defer(session, "later", queue="upkeep")
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'"))
        session.execute(text("UPDATE procrastinate_events SET at = now() - interval '1 day'"))
    assert probe.check().worker_lag_s == 0.0

    with database.transaction() as session:
        defer(session, "due", queue="delivery")
        defer(session, "due", queue="delivery")
        session.execute(
            text("UPDATE procrastinate_events SET at = now() - :age WHERE job_id = (SELECT max(id) - 1 FROM"
                 " procrastinate_jobs)"), {"age": LONG_AGO},
        )  # fmt: skip
    lag = probe.check().worker_lag_s
    assert lag is not None
    assert lag >= LONG_AGO.total_seconds()

    with database.transaction() as session:
        # A retry that is overdue counts from when it was due.
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() - interval '30 minutes'"))
    lag = probe.check().worker_lag_s
    assert lag is not None
    assert lag >= 1800


def test_a_database_that_is_away_is_told_with_503(own_postgres: OwnPostgres) -> None:
    database = Database(own_postgres.url)
    client = application(database).test_client()
    assert client.get("/healthz").status_code == 200

    own_postgres.kill()

    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "database": "away", "worker_lag_s": None}
    database.dispose()


def test_a_write_while_the_database_is_away_is_asked_to_come_back(own_postgres: OwnPostgres) -> None:
    database = Database(own_postgres.url)
    client = application(database).test_client()
    own_postgres.kill()

    answer = client.get("/api/reasons")

    assert (answer.status_code, answer.json["code"]) == (503, "database_away")
    assert int(answer.headers["Retry-After"]) > 0
    database.dispose()


def test_the_answer_comes_before_a_load_balancer_gives_up() -> None:
    assert PATIENCE_S < 2


def test_a_database_that_hangs_holds_one_probe_and_no_caller() -> None:
    with _mute_server() as (url, connections):
        probe = HealthProbe(url)
        answers: list[object] = []
        callers = [threading.Thread(target=lambda: answers.append(probe.check())) for _ in range(8)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()

        assert answers == [AWAY] * 8
        assert len(connections) == 1


@pytest.mark.parametrize("async_mode", ["eventlet", "gevent"])
def test_a_real_process_tells_that_its_database_hangs(
    own_postgres: OwnPostgres, tmp_path: Path, async_mode: str
) -> None:
    deployment = Deployment(own_postgres.url, tmp_path, {"ASYNC_MODE": async_mode})
    try:
        web = deployment.web()
        with _stopped(own_postgres):
            for _ in range(3):
                with pytest.raises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(f"{web.url}/healthz", timeout=10)
                assert refused.value.code == 503
                assert json.load(refused.value) == {"status": "unavailable", "database": "away", "worker_lag_s": None}
                refused.value.close()
        web.ready()
    finally:
        deployment.close()


@contextmanager
def _stopped(server: OwnPostgres) -> Iterator[None]:
    """A PostgreSQL whose every process stands still, as on a machine that swaps itself to death."""
    pid = embedded_postgres.postmaster_pid(server.var)
    assert pid is not None
    main = psutil.Process(pid)
    stopped = [main, *main.children(recursive=True)]
    _tell(stopped, psutil.Process.suspend)
    try:
        yield
    finally:
        _tell(stopped, psutil.Process.resume)


def _tell(processes: list[psutil.Process], what: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        # PostgreSQL's own helpers come and go, also between the list and the signal.
        with suppress(psutil.NoSuchProcess):
            what(process)


@contextmanager
def _mute_server() -> Iterator[tuple[str, list[socket.socket]]]:
    """A server that takes connections and never says a word, as a stopped PostgreSQL does."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            try:
                while True:
                    connections.append(listener.accept()[0])
            except OSError:
                pass  # The test is over.

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"postgresql://nobody@127.0.0.1:{listener.getsockname()[1]}/none", connections
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in connections:
        connection.close()
