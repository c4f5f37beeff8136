"""Whatever keeps the hands of one queue keeps those of no other, on a machine of two processors too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from models.database import Database
from models.record import defer
from server.context import utc_now
from server.jobs.app import CALENDARS_QUEUE, DELIVERY_QUEUE, EXPORTS_QUEUE, TRIALS_QUEUE
from server.services.create_contact_request import CreateContactRequest, create_contact_request
from server.tokens import Tokens
from server.worker import CALENDARS_CONCURRENCY, CONCURRENCY, EXPORTS_CONCURRENCY, TRIALS_CONCURRENCY
from tests.support.holding_worker import LOCK, TASK
from tests.support.processes import AppProcess
from tests.support.seed import details, seed_territory

HELD = {
    CALENDARS_QUEUE: CALENDARS_CONCURRENCY,
    TRIALS_QUEUE: TRIALS_CONCURRENCY,
    EXPORTS_QUEUE: EXPORTS_CONCURRENCY,
    # One is left.
    DELIVERY_QUEUE: CONCURRENCY - 1,
}


def holding(database: Database) -> int:
    """How many hands are held just now."""
    with database.transaction() as session:
        waiting = text(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND objid = :lock AND NOT granted"
        )
        return session.execute(waiting, {"lock": LOCK}).scalar_one()


@pytest.fixture
def held(database: Database) -> Iterator[None]:
    """Every `hold` waits while this lasts."""
    with database.transaction() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield


@pytest.mark.usefixtures("held")
def test_a_mail_leaves_while_every_hand_for_calendars_is_busy(database, deployment, relay, tmp_path):
    environment = {**deployment.environment, **relay.environment, "PUBLIC_URL": "https://rdv.example.org"}
    worker = AppProcess("tests.support.holding_worker", environment, tmp_path / "holding-worker.log")
    deployment.processes.append(worker)
    with database.transaction() as session:
        seed_territory(session)
        for name, hands in HELD.items():
            for _ in range(hands):
                defer(session, TASK, queue=name)
    worker.start()
    worker.wait_for(lambda: holding(database) == sum(HELD.values()), "every hand but one is held")
    with database.transaction() as session:
        tokens = Tokens(deployment.environment["SECRET_KEY"].encode())
        create_contact_request(session, CreateContactRequest(details(), "fr", "key"), utc_now(), tokens)
    worker.wait_for(lambda: len(relay.envelopes) == 1, "the mail at the relay")
    assert holding(database) == sum(HELD.values()), "no hand has come free meanwhile"
