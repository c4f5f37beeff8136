"""From a citizen's commit to the push services of whoever is available, through a real worker process.

Beside it, in the same run and at the same rate, the least that anything could do: a NOTIFY that somebody hears, and one
plain POST over a connection that is open.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import requests
from sqlalchemy import text

from bench.push_service import NAME, PushServiceProcess, push_service
from bench.report import Row
from models.database import Database, libpq_url
from models.migrations import upgrade
from models.rules.duty import Status
from models.tables import DutyStatus
from push.vapid import VapidKey
from server import embedded_postgres
from tests.support import seed
from tests.support.mail import MailRelay
from tests.support.processes import AppProcess, Deployment
from tests.support.push_service import Browser
from tests.support.push_subscribers import seed_subscriber

# For so long; the second step, after two minutes, would send again.
SECONDS = int(os.environ.get("BENCH_SECONDS", "30"))
# The whole country on a busy day, and what one worker is meant to carry on two cores of its own.
CALM, BUSY = 2, 10
UNITS = 30
AVAILABLE = 3
BAR_S = 1.0
PATIENCE_S = 10.0
SUBJECT = "mailto:brigade@example.gouv.fr"


def run() -> list[Row]:
    """Send requests to many units at a steady rate, and see when each push arrives."""
    with tempfile.TemporaryDirectory(prefix="brigade-bench-") as folder, push_service(Path(folder)) as service:
        var = Path(folder)
        var.chmod(0o711)
        with _brigades(var, service) as (database, worker, paths):
            worker.wait_for(lambda: _warm(database, service), "the worker sends", seconds=30)
            rows: list[Row] = []
            for rate in (CALM, BUSY):
                bare = _bare(database, service, rate)
                rows += _rows(rate, bare, *_ours(database, service, paths, rate))
    return rows


def _rows(rate: int, bare: list[float], ours: list[float], wrong: int) -> list[Row]:
    what = f"commit → push service at {rate} requests/s, {AVAILABLE} terminals each"
    peer = "NOTIFY and a POST"
    return [
        Row(f"{what}: p95", _p95(ours), "s", f"≤ {BAR_S:g}", peer, _p95(bare), _p95(ours) <= BAR_S),
        Row("the same: median", statistics.median(ours), "s", "", peer, statistics.median(bare)),
        Row("the same: the last one of all", max(ours), "s", "", peer, max(bare)),
        Row("the same: lost, or sent twice", wrong, "pushes", "= 0", ok=wrong == 0),
    ]


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


@contextmanager
def _brigades(var: Path, service: PushServiceProcess) -> Iterator[tuple[Database, AppProcess, dict[str, list[str]]]]:
    """A database with units, a worker, and the paths of each commune's terminals."""
    key = VapidKey.make()
    relay = MailRelay()
    relay.start()
    url = embedded_postgres.start(var, settings=embedded_postgres.THROWAWAY)
    try:
        upgrade(url)
        database = Database(url, application_name="bench")
        deployment = Deployment(
            url,
            var,
            {
                **relay.environment,
                "LOG_LEVEL": "WARNING",
                "VAPID_KEYS": key.write(),
                "VAPID_SUBJECT": SUBJECT,
                "PUSH_HOSTS": f"{NAME}:{service.port}",
                "PUSH_HOSTS_INSIDE": "1",
                "PUSH_CA_FILE": str(service.ca_file),
                # What the requests' links are signed with.
                "SECRET_KEY": seed.SECRET_KEY.decode(),
            },
        )
        paths = _seed(database, service, key)
        try:
            yield database, deployment.worker(), paths
        finally:
            deployment.close()
            database.dispose()
    finally:
        embedded_postgres.stop(var)
        relay.stop()


def _seed(database: Database, service: PushServiceProcess, key: VapidKey) -> dict[str, list[str]]:
    """One unit for each commune, and terminals of agents who are available; gives the terminals' paths by commune."""
    since = datetime.now(UTC) - timedelta(days=1)
    paths: dict[str, list[str]] = {}
    with database.transaction() as session:
        for number in range(UNITS):
            commune = seed.seed_commune(session, f"01{number:03}", f"Commune {number}", "01300")
            unit = seed.seed_unit(session, 9_000_000 + number, f"Brigade {number}")
            seed.seed_jurisdiction(session, commune, unit)
            paths[commune.insee] = [f"/wpush/{commune.insee}-{one}" for one in range(AVAILABLE)]
            for path in paths[commune.insee]:
                agent = seed.seed_agent(session, unit)
                position = {"agent_id": agent.id, "status": Status.AVAILABLE, "since": since, "until": None}
                session.add(DutyStatus(**position, source="planning", set_by_id=None))
                seed_subscriber(session, agent, Browser().subscribe(service.origin + path, key.public), now=since)
    return paths


def _request(database: Database, insee: str) -> float:
    """A citizen sends a request; gives the instant after its commit."""
    with database.transaction() as session:
        seed.send_request(session, now=datetime.now(UTC), commune_insee=insee)
    return time.monotonic()


def _warm(database: Database, service: PushServiceProcess) -> bool:
    """The worker has answered to a first request, which also loads its code."""
    _request(database, "01000")
    return sum(map(len, _collect(service, AVAILABLE).values())) == AVAILABLE


def _ours(
    database: Database, service: PushServiceProcess, paths: dict[str, list[str]], rate: int
) -> tuple[list[float], int]:
    """How long each push took, and how many did not arrive exactly once."""
    committed: dict[str, list[float]] = {insee: [] for insee in paths}
    communes = list(paths)
    for number in _ticks(SECONDS * rate, rate):
        insee = communes[number % UNITS]
        committed[insee].append(_request(database, insee))
    instants = _collect(service, SECONDS * rate * AVAILABLE)
    taken: list[float] = []
    wrong = 0
    for insee, sent in committed.items():
        for path in paths[insee]:
            seen = sorted(instants.get(path, []))
            wrong += abs(len(seen) - len(sent))
            taken += [arrived - at for at, arrived in zip(sent, seen, strict=False)]
    return taken, wrong


def _collect(service: PushServiceProcess, expected: int) -> dict[str, list[float]]:
    """What arrives until it is all there, or nothing more comes; gives the instants for each path."""
    found: dict[str, list[float]] = {}
    latest = time.monotonic()
    while sum(map(len, found.values())) < expected and time.monotonic() < latest + PATIENCE_S:
        time.sleep(0.1)
        for path, instants in service.arrived().instants.items():
            found.setdefault(path, []).extend(instants)
            latest = time.monotonic()
    return found


def _bare(database: Database, service: PushServiceProcess, rate: int) -> list[float]:
    """The same way with nothing on it: somebody hears a NOTIFY and posts."""

    def listen(connection: psycopg.Connection[Any], session: requests.Session) -> None:
        for notify in connection.notifies(stop_after=count):
            session.post(f"{service.origin}/bare/{notify.payload}", data=b"x" * 400, timeout=10, verify=ca_file)

    sent: list[float] = []
    count = SECONDS // 3 * rate
    # Given to each request: the session's own would give way to the environment's.
    ca_file = str(service.ca_file)
    with psycopg.connect(libpq_url(database.url), autocommit=True) as connection, requests.Session() as session:
        connection.execute("LISTEN bench")
        listener = threading.Thread(target=listen, args=(connection, session))
        listener.start()
        for number in _ticks(count, rate):
            with database.transaction() as one:
                one.execute(text("SELECT pg_notify('bench', :number)"), {"number": str(number)})
            sent.append(time.monotonic())
        listener.join()
    instants = service.arrived().instants
    return [instants[f"/bare/{number}"][0] - at for number, at in enumerate(sent)]


def _ticks(count: int, rate: int) -> Iterator[int]:
    started = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, started + number / rate - time.monotonic()))
        yield number
