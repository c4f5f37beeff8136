"""Fixtures for every test: databases, browsers, the real data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests.support import cluster

if TYPE_CHECKING:
    from models.database import Database

# The project's own programs, also when pytest is started without `make`.
_PROJECT = Path(__file__).resolve().parents[1]
os.environ["PATH"] = os.pathsep.join(
    [str(_PROJECT / ".venv/bin"), str(_PROJECT / "node_modules/.bin"), os.environ.get("PATH", "")]
)

pytest_plugins = [
    "tests.support.browsers",
    "tests.support.processes",
    "tests.support.mail",
    "tests.support.push_service",
    "tests.support.mozilla_push",
    "tests.support.firefox",
    "tests.support.kannel",
    "tests.support.sms_provider",
    "tests.support.radicale",
    "tests.support.caldav_sources",
    "tests.support.calendar_trials",
    "tests.support.brigade",
    "tests.support.reachable",
    "tests.support.told_terminal",
    "tests.support.evening",
    "tests.support.valley",
    "tests.support.accessibility",
    "tests.support.roster",
    "tests.support.diary",
    "tests.support.week",
    "tests.support.calendar_desk",
]

# A machine that is busy with other work must not turn a slow example into a failure: figures live in bench/.
# CI draws the same examples for the same code, as Hypothesis itself does there: what fails there fails at home. Every
# other run explores, and what it finds is kept as a test of its own.
hypothesis.settings.register_profile("default", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.register_profile(
    "long",
    deadline=None,
    max_examples=2_000,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        cluster.lead_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        cluster.end_run()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The SQLAlchemy address of the run's server, at a database that only serves to make others."""
    return cluster.server_url()


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """A migrated, empty database of the test's own: for tests that commit, race or start processes."""
    with cluster.database_copy(postgres_url) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """`database_url` behind the application's own `Database`."""
    from models.database import Database

    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def _shared_engine(postgres_url: str) -> Iterator[Engine]:
    with cluster.database_copy(postgres_url) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def session(_shared_engine: Engine) -> Iterator[Session]:
    """A session on a migrated database; whatever the test does, commits included, is undone afterwards."""
    with _shared_engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real data, from `REAL_DATA`; without it the test is skipped, under CI it fails."""
    given = os.environ.get("REAL_DATA")
    if given:
        folder = Path(given)
        if not folder.is_dir():
            pytest.fail(f"REAL_DATA={given} is not a folder.")
        return folder
    if os.environ.get("CI"):
        pytest.fail("REAL_DATA is not set: this run must read the real data.")
    pytest.skip("set REAL_DATA to the folder of the real data to run this test")
