"""The application as real processes, for the journeys, the kill tests and the benchmarks."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from models.migrations import upgrade
from server import embedded_postgres
from tests.support import cluster

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    """Return once `condition()` holds.

    Raises:
        TimeoutError: it still does not after `seconds`; `what` names it.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"still waiting after {seconds:g} s: {what}")
        time.sleep(0.02)


class AppProcess:
    """One of the application's programs (`server.wsgi`, `server.worker`) that can be killed and started again.

    Args:
        module: the Python module to run, as the Procfile names it.
        environment: settings on top of the caller's own environment.
        log: the file that collects what it prints, over all its lives.
    """

    def __init__(self, module: str, environment: Mapping[str, str], log: Path) -> None:
        self.module = module
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the present life."""
        if self._process is None:
            raise RuntimeError(f"{self.module} has not been started")
        return self._process.pid

    def start(self) -> None:
        """Start it and return at once; `ready()` waits."""
        if self.alive():
            raise RuntimeError(f"{self.module} runs already")
        with self.log.open("ab") as log:
            # A group of its own, so that a signal for the tests does not reach it before the test has cleaned up.
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def alive(self) -> bool:
        """True while the present life lasts."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL: no goodbye, as when the machine takes memory back."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> int:
        """SIGTERM, as a deployment does; returns the exit code.

        Raises:
            TimeoutError: it does not end by itself; it is killed then.
        """
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TimeoutError(f"{self.module} ignored SIGTERM. It printed:\n{self.printed()}") from None

    def printed(self) -> str:
        """All it has printed so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_for(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
        """`wait_until`, but fails at once, with its log, when the process dies meanwhile."""

        def holds() -> bool:
            if not self.alive():
                raise RuntimeError(f"{self.module} died. It printed:\n{self.printed()}")
            return condition()

        try:
            wait_until(holds, what, seconds)
        except TimeoutError as error:
            raise TimeoutError(f"{error}. {self.module} printed:\n{self.printed()}") from None


class WebProcess(AppProcess):
    """`python -m server.wsgi` on a port of its own, which it keeps over restarts."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__("server.wsgi", {**environment, "PORT": str(self.port)}, log)

    def ready(self) -> None:
        """Wait until `/healthz` answers 200."""
        self.wait_for(self.healthy, f"{self.url}/healthz answers 200")

    def healthy(self) -> bool:
        """True when `/healthz` answers 200 now."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


class Deployment:
    """Any number of web processes and workers on one database; `close()` ends what still runs."""

    def __init__(self, database_url: str, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.environment = {"DATABASE_URL": database_url, "SECRET_KEY": secrets.token_hex(32), **(environment or {})}
        self.processes: list[AppProcess] = []

    def web(self, environment: Mapping[str, str] | None = None) -> WebProcess:
        """Start one more web process and wait until it is healthy."""
        log = self.folder / f"web-{len(self.processes)}.log"
        web = WebProcess({**self.environment, **(environment or {})}, log)
        self.processes.append(web)
        web.start()
        web.ready()
        return web

    def worker(self, environment: Mapping[str, str] | None = None) -> AppProcess:
        """Start one more worker; jobs are its only sign of readiness."""
        log = self.folder / f"worker-{len(self.processes)}.log"
        worker = AppProcess("server.worker", {**self.environment, **(environment or {})}, log)
        self.processes.append(worker)
        worker.start()
        return worker

    def close(self) -> None:
        """Kill what still runs: whether SIGTERM suffices is a test's own question."""
        for process in self.processes:
            process.kill()


class OwnPostgres:
    """A PostgreSQL server of the test's own, which it may kill and start again."""

    # fsync stays off, which only matters when the machine itself dies; a commit must outlive the server, though.
    SETTINGS = {**embedded_postgres.THROWAWAY, "synchronous_commit": "on", "full_page_writes": "on"}  # noqa: RUF012

    def __init__(self, var: Path) -> None:
        self.var = var
        self.url = ""

    def start(self) -> str:
        """Start it, or start it again; returns the address of its database, which stays the same."""
        self.url = embedded_postgres.start(self.var, settings=self.SETTINGS, binaries=cluster.binaries())
        return self.url

    def stop(self) -> None:
        """Stop it as an operator does."""
        embedded_postgres.stop(self.var, binaries=cluster.binaries())

    def kill(self) -> None:
        """SIGKILL its main process; the others end by themselves when they notice."""
        pid = embedded_postgres.postmaster_pid(self.var)
        if pid is None:
            raise RuntimeError("the server does not run")
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not embedded_postgres.is_running(self.var), "the killed PostgreSQL is gone")


@pytest.fixture
def deployment(database_url: str, tmp_path: Path) -> Iterator[Deployment]:
    """Real processes on a database of the test's own: `deployment.web()`, `deployment.worker()`."""
    deployment = Deployment(database_url, tmp_path)
    yield deployment
    deployment.close()


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    """A running, migrated PostgreSQL server that the test may kill."""
    server = OwnPostgres(cluster.run_folder() / f"cluster-{uuid.uuid4().hex[:8]}")
    upgrade(server.start())
    yield server
    server.stop()
