"""What a killed worker and a restarted database cost: nothing, a repeat under the same name at most."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text

from models.database import Database
from models.tables import Notice
from server.context import utc_now
from server.services.create_contact_request import CreateContactRequest, create_contact_request
from server.tokens import Tokens
from tests.support.processes import Deployment, wait_until
from tests.support.seed import details, seed_territory


def request(database: Database, tokens: Tokens, key: str) -> str:
    with database.transaction() as session:
        command = CreateContactRequest(details(email=f"{key}@example.org"), "fr", key)
        return create_contact_request(session, command, utc_now(), tokens).reference


def recipients(relay) -> list[str]:
    return [envelope.rcpt_tos[0] for envelope in relay.envelopes]


@pytest.fixture
def own_deployment(own_postgres, tmp_path):
    deployment = Deployment(own_postgres.url, tmp_path)
    yield deployment
    deployment.close()


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_the_worker_finds_a_restarted_database_by_itself(own_postgres, own_deployment, relay, how):
    tokens = Tokens(own_deployment.environment["SECRET_KEY"].encode())
    database = Database(own_postgres.url)
    with database.transaction() as session:
        seed_territory(session)
    worker = own_deployment.worker(relay.environment)
    request(database, tokens, "before")
    worker.wait_for(lambda: recipients(relay) == ["before@example.org"], "the mail before")
    pid = worker.pid

    getattr(own_postgres, how)()
    # The worker notices and is in its own loop of trying again, not merely unaware.
    worker.wait_for(lambda: "lost the database" in worker.printed(), "the worker notices")
    own_postgres.start()
    request(database, tokens, "after")
    worker.wait_for(lambda: "after@example.org" in recipients(relay), "the mail after")
    assert worker.pid == pid
    assert worker.stop() == 0
    database.dispose()


def test_a_short_outage_while_a_mail_leaves_loses_nothing(own_postgres, own_deployment, relay):
    tokens = Tokens(own_deployment.environment["SECRET_KEY"].encode())
    database = Database(own_postgres.url)
    with database.transaction() as session:
        seed_territory(session)
    arrived, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        go_on.wait(60)

    relay.when_data_arrives(hold)
    worker = own_deployment.worker(relay.environment)
    request(database, tokens, "held")
    worker.wait_for(arrived.is_set, "the mail is at the relay")
    own_postgres.stop()
    go_on.set()
    wait_until(lambda: len(relay.envelopes) == 1, "the relay has taken it")
    own_postgres.start()
    request(database, tokens, "next")
    worker.wait_for(lambda: "next@example.org" in recipients(relay), "the next mail")
    database.dispose()


def test_a_killed_workers_mail_is_sent_by_another(database, deployment, relay):
    tokens = Tokens(deployment.environment["SECRET_KEY"].encode())
    with database.transaction() as session:
        seed_territory(session)
    arrived, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        go_on.wait(60)

    relay.when_data_arrives(hold)
    first = deployment.worker(relay.environment)
    request(database, tokens, "held")
    first.wait_for(arrived.is_set, "the mail is at the relay")
    first.kill()
    relay.when_data_arrives(lambda: None)
    go_on.set()
    # What takes minutes on the clock is put back in the tables: the claim and the dead worker's last heartbeat.
    with database.transaction() as session:
        assert session.scalars(select(Notice.state)).all() == ["queued"]
        session.execute(text("UPDATE notices SET claimed_until = claimed_until - interval '5 minutes'"))
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'"))
    second = deployment.worker(relay.environment)
    second.wait_for(lambda: len(relay.envelopes) >= 2, "the mail again", seconds=90)

    def settled() -> bool:
        with database.transaction() as session:
            return session.scalars(select(Notice.state)).all() == ["sent"]

    second.wait_for(settled, "the notice is marked")
    assert len({mail["Message-ID"] for mail in relay.messages}) == 1
