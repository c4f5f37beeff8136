"""Asks the database how it is, without ever waiting longer than a load balancer would."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import psycopg

from models.database import libpq_url

PATIENCE_S = 1.5

# Unscheduled jobs are deferred in the order of their ids, so that the lowest is the oldest.
_LAG = """
SELECT extract(epoch FROM clock_timestamp() - least(
    (SELECT min(scheduled_at) FROM procrastinate_jobs
      WHERE status = 'todo' AND scheduled_at <= clock_timestamp()),
    (SELECT min(at) FROM procrastinate_events WHERE type = 'deferred' AND job_id = (
        SELECT min(id) FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NULL))
))::float8
"""


@dataclass(frozen=True)
class Health:
    """`worker_lag_s` is 0 when no job waits, None when the database cannot say."""

    status: str
    database: str
    worker_lag_s: float | None


AWAY = Health("unavailable", "away", None)


class HealthProbe:
    """One probe for each process: callers that come while one is under way share its answer.

    A database that hangs holds one connection and one thread, however often it is asked.
    """

    def __init__(self, database_url: str) -> None:
        self._url = libpq_url(database_url)
        self._lock = threading.Lock()
        self._running: _Probe | None = None

    def check(self) -> Health:
        """Return how the database is now; `AWAY` when it does not say so in time."""
        with self._lock:
            probe = self._running
            if probe is None or probe.done.is_set():
                probe = self._running = _Probe(self._url)
                threading.Thread(target=probe.run, name="health", daemon=True).start()
        return probe.answer if probe.done.wait(PATIENCE_S) else AWAY


class _Probe:
    def __init__(self, url: str) -> None:
        self._url = url
        self.done = threading.Event()
        self.answer = AWAY

    def run(self) -> None:
        try:
            # A connection of its own: the pool may be busy, which is no reason to restart this process.
            with psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=2,
                application_name="brigade health",
                options="-c statement_timeout=1000",
            ) as connection:
                row = connection.execute(_LAG).fetchone()
            lag = 0.0 if row is None or row[0] is None else max(0.0, float(row[0]))
            self.answer = Health("ok", "ok", round(lag, 1))
        except psycopg.Error:
            self.answer = AWAY
        finally:
            self.done.set()
