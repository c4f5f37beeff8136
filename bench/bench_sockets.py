"""What 5,000 signed-in terminals cost one web process, beside a bare Flask-SocketIO echo in the same run.

Both serve browsers as they are: with their headers, and with their offer of compression.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import insert, text

from bench.crowd import Crowd
from bench.report import Row
from models.database import Database
from models.events import RequestNoted, unit_scope
from models.migrations import upgrade
from models.record import lock_scopes, record
from models.tables import Agent, AgentSession, Unit
from server import embedded_postgres
from server.context import utc_now
from server.services.sign_in import SESSION_LENGTH
from server.tokens import Tokens
from tests.support import seed
from tests.support.processes import AppProcess, Deployment, free_port

TERMINALS = int(os.environ.get("BENCH_TERMINALS", "5000"))
MODES = os.environ.get("BENCH_MODES", "eventlet gevent").split()
UNITS = max(1, TERMINALS // 10)
FIRST_UNIT = 9_000_000
EVENTS = int(os.environ.get("BENCH_EVENTS", "400"))
EVENTS_PER_SECOND = 20
MEMORY_KB = 75
EVERYBODY_S = 0.5
P99_MS = 300
# What Chromium sends with a websocket.
BROWSER = (
    "User-Agent: Mozilla/5.0 (Linux; Android 13; SM-G525F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0"
    " Mobile Safari/537.36\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: fr-FR,fr;q=0.9,en;q=0.8\r\n"
    "Cache-Control: no-cache\r\nPragma: no-cache\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
)


class Measured:
    """The figures of one server in one mode."""

    kilobytes: float
    joined_per_second: float
    everybody_s: float
    p50_ms: float
    p99_ms: float


def run() -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="brigade-bench-") as folder:
        var = Path(folder)
        var.chmod(0o711)
        url = embedded_postgres.start(var, settings=embedded_postgres.THROWAWAY)
        try:
            upgrade(url)
            database = Database(url, application_name="bench")
            deployment = Deployment(url, var)
            request_ids, headers = _seed(database, Tokens(deployment.environment["SECRET_KEY"].encode()))
            for mode in MODES:
                ours = _measure_ours(deployment, mode, database, request_ids, headers)
                peer = _measure_peer(mode, var)
                rows += _rows(mode, ours, peer)
            database.dispose()
        finally:
            embedded_postgres.stop(var)
    return rows


def _rows(mode: str, ours: Measured, peer: Measured) -> list[Row]:
    name = f"bare Flask-SocketIO, {mode}"

    def row(what: str, figure: str, unit: str, bar: float | None = None) -> Row:
        mine, theirs = getattr(ours, figure), getattr(peer, figure)
        kept = None if bar is None else mine <= bar
        return Row(f"{mode}: {what}", mine, unit, "" if bar is None else f"≤ {bar:g}", name, theirs, kept)

    return [
        row(f"memory for each of {TERMINALS} terminals", "kilobytes", "kB", MEMORY_KB),
        row("terminals that join, each with its sign-in checked", "joined_per_second", "per s"),
        row("one change for everybody, until the last terminal has it", "everybody_s", "s", EVERYBODY_S),
        row(f"commit → terminal at {EVENTS_PER_SECOND} events/s, median", "p50_ms", "ms"),
        row(f"commit → terminal at {EVENTS_PER_SECOND} events/s, p99", "p99_ms", "ms", P99_MS),
    ]


def _measure_ours(
    deployment: Deployment, mode: str, database: Database, request_ids: dict[int, Any], headers: list[str]
) -> Measured:
    web = deployment.web({"ASYNC_MODE": mode, "LOG_LEVEL": "WARNING", "MAX_SOCKETS": str(TERMINALS + 1000)})
    with _crowd(web.port, "/terminal") as crowd:
        measured = _hold(crowd, web.pid, headers)
        scopes = [unit_scope(FIRST_UNIT + number) for number in range(UNITS)]

        def change_everybody() -> float:
            with database.transaction() as session:
                versions = lock_scopes(session, scopes)
                payloads = [json.dumps({"scope": scope, "version": versions[scope]}) for scope in scopes]
                session.execute(
                    text("SELECT pg_notify('poke', p) FROM unnest(CAST(:payloads AS text[])) AS p"),
                    {"payloads": payloads},
                )
            return time.monotonic()

        def note(number: int) -> tuple[float, int]:
            unit_id = FIRST_UNIT + number * 7 % UNITS
            with database.transaction() as session:
                lock_scopes(session, {unit_scope(unit_id)})
                record(
                    session,
                    RequestNoted(at=utc_now(), unit_id=unit_id, request_id=request_ids[unit_id], text="bench"),
                )
            return time.monotonic(), unit_id

        measured.everybody_s = _tell_everybody(crowd, change_everybody)
        committed: dict[str, list[float]] = {}
        for number in _ticks():
            at, unit_id = note(number)
            committed.setdefault(unit_scope(unit_id), []).append(at)
        crowd.await_messages(EVENTS * (TERMINALS // UNITS))
        _latencies(measured, _ours_latencies(crowd.report(), committed))
    web.stop()
    return measured


def _ours_latencies(arrivals: dict[str, list[float]], committed: dict[str, list[float]]) -> list[float]:
    found: list[float] = []
    versions: dict[str, list[tuple[int, list[float]]]] = {}
    for message, instants in arrivals.items():
        poke = json.loads(message.partition(",")[2])[1]
        versions.setdefault(poke["scope"], []).append((poke["version"], instants))
    for scope, instants in committed.items():
        for at, (_, seen) in zip(instants, sorted(versions[scope]), strict=True):
            found += [one - at for one in seen]
    return found


def _measure_peer(mode: str, folder: Path) -> Measured:
    port = free_port()
    peer = AppProcess("bench.bare_echo", {"ASYNC_MODE": mode, "PORT": str(port)}, folder / f"bare-{mode}.log")
    peer.start()
    try:
        peer.wait_for(lambda: _listens(port), "the bare echo listens")
        with _crowd(port, "/") as crowd:
            measured = _hold(crowd, peer.pid, [BROWSER] * TERMINALS)
            measured.everybody_s = _tell_everybody(crowd, lambda: crowd.ask("send", '42["everybody","x"]')["at"])
            sent: dict[str, float] = {}
            for number in _ticks():
                sent[f'42["poke","{number}"]'] = crowd.ask("send", f'42["echo","{number}"]')["at"]
            crowd.await_messages(EVENTS)
            _latencies(measured, [seen[0] - sent[message] for message, seen in crowd.report().items()])
    finally:
        peer.kill()
    return measured


def _hold(crowd: Crowd, pid: int, headers: list[str]) -> Measured:
    measured = Measured()
    process = psutil.Process(pid)
    # The first few also load code and open database connections, which is not theirs to pay.
    few = len(headers) // 50
    crowd.connect(headers[:few])
    before = process.memory_info().rss
    seconds = crowd.connect(headers[few:])
    measured.joined_per_second = (len(headers) - few) / seconds
    measured.kilobytes = (process.memory_info().rss - before) / (len(headers) - few) / 1000
    return measured


def _tell_everybody(crowd: Crowd, tell: Any) -> float:
    """The median of five, each until the last terminal has it."""
    taken: list[float] = []
    for _ in range(5):
        at = tell()
        crowd.await_messages(TERMINALS)
        taken.append(max(max(seen) for seen in crowd.report().values()) - at)
    return statistics.median(taken)


def _ticks() -> Iterator[int]:
    started = time.monotonic()
    for number in range(EVENTS):
        time.sleep(max(0.0, started + number / EVENTS_PER_SECOND - time.monotonic()))
        yield number


def _latencies(measured: Measured, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    measured.p50_ms = 1000 * ordered[len(ordered) // 2]
    measured.p99_ms = 1000 * ordered[int(len(ordered) * 0.99)]


@contextmanager
def _crowd(port: int, namespace: str) -> Iterator[Crowd]:
    crowd = Crowd(port, namespace)
    try:
        yield crowd
    finally:
        crowd.close()


def _listens(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def _seed(database: Database, tokens: Tokens) -> tuple[dict[int, Any], list[str]]:
    """Ten terminals and one request for each unit; sign-ins are written directly, without 5,000 passwords."""
    now = utc_now()
    request_ids: dict[int, Any] = {}
    headers: list[str] = []
    with database.transaction() as session:
        unit = seed.seed_territory(session)
        first = {column.name: getattr(unit, column.key) for column in Unit.__table__.columns}
        session.execute(insert(Unit), [{**first, "id": FIRST_UNIT + n} for n in range(UNITS)])
        created = seed.send_request(session, now=now, tokens=tokens)
        for number in range(UNITS):
            # Events only refer to a request; which one does not matter to a poke, except for its followers' scope.
            request_ids[FIRST_UNIT + number] = created.request_id
        agents = [
            {
                "id": 1_000_000 + number,
                "login": f"bench{number}",
                "name": f"Bench {number}",
                "unit_id": FIRST_UNIT + number % UNITS,
                "roles": ["gendarme"],
                "password_hash": "!",
                "active": True,
                "created_at": now,
            }
            for number in range(TERMINALS)
        ]
        session.execute(insert(Agent), agents)
        signed_in = [
            {
                "token_hash": tokens.stored_hash("agent-session", f"bench-token-{number:032d}"),
                "agent_id": 1_000_000 + number,
                "created_at": now,
                "last_seen_at": now,
                "expires_at": now + SESSION_LENGTH,
            }
            for number in range(TERMINALS)
        ]
        session.execute(insert(AgentSession), signed_in)
        headers = [f"{BROWSER}Cookie: agent=bench-token-{number:032d}\r\n" for number in range(TERMINALS)]
    return request_ids, headers
