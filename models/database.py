"""The only place that opens and commits a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker


class Database:
    """A pool of connections to one PostgreSQL database, made once by each process.

    Args:
        url: `postgresql://…` or `postgresql+psycopg://…`; psycopg 3 is the only driver.
        pool_size: connections kept; as many again may be opened under load.
        application_name: shown in `pg_stat_activity`, so that an operator sees who holds what.
    """

    def __init__(self, url: str, *, pool_size: int = 10, application_name: str = "brigade") -> None:
        self.url = driver_url(url)
        self.engine: Engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=pool_size,
            # A connection that died with a restarted server is replaced instead of failing one request each.
            pool_pre_ping=True,
            # What an error message quotes ends in a log, and parameters are names, numbers and words of citizens.
            hide_parameters=True,
            connect_args={"application_name": application_name, "connect_timeout": 5},
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session; commit when the block ends, roll back when it raises."""
        with self._sessions() as session, session.begin():
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Yield a read-only session whose queries all see one instant (REPEATABLE READ)."""
        with self._sessions() as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
            yield session

    def dispose(self) -> None:
        """Close the pool; the process is about to end or to fork."""
        self.engine.dispose()


def driver_url(url: str) -> str:
    """Return `url` with the psycopg 3 driver named, whichever of the usual spellings it came in."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def libpq_url(url: str) -> str:
    """Return `url` as libpq and psycopg read it, without SQLAlchemy's driver suffix."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
