"""The worker with one task more, `hold`, which keeps the hand that takes it for as long as a test likes."""

from __future__ import annotations

from sqlalchemy import text

from server.jobs import wiring
from server.jobs.app import queue
from server.worker import main

TASK = "hold"
# Whoever has this advisory lock keeps every hand that holds; the database tells how many there are.
LOCK = 15


@queue.task(name=TASK)
def hold() -> None:
    """Wait until nobody has the lock any more."""
    with wiring.current().database.transaction() as session:
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": LOCK})


if __name__ == "__main__":
    main()
