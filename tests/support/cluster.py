"""The PostgreSQL of a test run: one server, one migrated template, and as many copies of it as tests ask for.

Nothing starts until a test wants a database, so a run of pure rules costs nothing. The folder is named after the
process that leads the run: whoever leads a later run clears away what a killed one left.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import make_url

from models.migrations import upgrade
from server import embedded_postgres

TEMPLATE = "brigade_template"
_RUN_FOLDER = "BRIGADE_TEST_RUN"
_TEMPLATE_LOCK = 0x74656D70


def lead_run() -> None:
    """Called once by the process that leads the run, before any worker exists."""
    base = Path(tempfile.gettempdir()) / f"brigade-tests-{os.geteuid()}"
    base.mkdir(mode=0o711, exist_ok=True)
    for folder in base.iterdir():
        if folder.name.isdigit() and not psutil.pid_exists(int(folder.name)):
            _remove(folder)
    folder = base / str(os.getpid())
    _remove(folder)
    folder.mkdir(mode=0o711)
    os.environ[_RUN_FOLDER] = str(folder)


def end_run() -> None:
    """Called once by the process that leads the run, when all workers are gone."""
    _remove(run_folder())


def run_folder() -> Path:
    """The folder of this run, shared by its workers; it goes when the run ends."""
    return Path(os.environ[_RUN_FOLDER])


def binaries() -> Path | None:
    """PostgreSQL's programs: those of `TEST_POSTGRES_BIN` (say, Debian's version 15), else None for the wheel's."""
    folder = os.environ.get("TEST_POSTGRES_BIN")
    return Path(folder) if folder else None


def server_url() -> str:
    """The SQLAlchemy address of the run's maintenance database, on a server that runs.

    `TEST_DATABASE_URL` names a server of the caller's own, whose account may create databases.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    return embedded_postgres.start(run_folder(), settings=embedded_postgres.THROWAWAY, binaries=binaries())


@contextmanager
def database_copy(server: str) -> Iterator[str]:
    """Yield the address of a new, migrated, empty database; it is dropped afterwards."""
    _prepare_template(server)
    name = f"brigade_test_{uuid.uuid4().hex[:12]}"
    with maintenance(server) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(_template_name()))
        )
    try:
        yield _address(server, name)
    finally:
        with maintenance(server) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def maintenance(url: str) -> Iterator[psycopg.Connection]:
    """Yield an autocommit connection, for what no transaction may hold."""
    with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:", 1), autocommit=True) as connection:
        yield connection


def _prepare_template(server: str) -> None:
    """Migrate the template once per run, whichever worker comes first."""
    marker = run_folder() / "template-is-ready"
    if marker.exists():
        return
    name = _template_name()
    with maintenance(server) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_TEMPLATE_LOCK,))
        if marker.exists():
            return
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        upgrade(_address(server, name))
        marker.touch()


def _template_name() -> str:
    # Two runs may share one server of the caller's own.
    return f"{TEMPLATE}_{run_folder().name}"


def _address(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


def _remove(folder: Path) -> None:
    if not folder.is_dir():
        return
    given = os.environ.get("TEST_DATABASE_URL")
    if given and (folder / "template-is-ready").exists():
        with maintenance(server_url()) as connection:
            name = sql.Identifier(f"{TEMPLATE}_{folder.name}")
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    for var in (folder, *folder.glob("cluster-*")):
        embedded_postgres.stop(var, binaries=binaries())
    shutil.rmtree(folder, ignore_errors=True)
