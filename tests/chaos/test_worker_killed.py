"""A worker that is killed in the middle of a mail leaves its job behind; another one sends the mail."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import text

from models.record import defer
from tests.support.processes import free_port, wait_until


class Relay:
    """An SMTP relay that can keep a mail waiting for its answer."""

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.taken: list[str] = []
        self.open = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.tried.extend(envelope.rcpt_tos)
        if not self.open.is_set():
            # Never answered: the worker is killed while it waits.
            return await _never()
        self.taken.extend(envelope.rcpt_tos)
        return "250 OK"


async def _never() -> str:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


@pytest.fixture
def relay():
    relay = Relay()
    controller = Controller(relay, hostname="127.0.0.1", port=free_port())
    controller.start()
    relay.url = f"smtp://127.0.0.1:{controller.port}"
    yield relay
    controller.stop()


def test_the_mail_of_a_killed_worker_goes_out(site, relay):
    environment = {"SMTP_URL": relay.url}
    worker = site.deployment.worker(environment)
    _request_id, _ = site.request()
    worker.wait_for(lambda: bool(relay.tried), "the worker is in the middle of sending")
    worker.kill()
    relay.open.set()
    assert relay.taken == []
    assert _job_states(site) == {"doing"}, "the job still belongs to the dead worker"

    # Only time is made up: the heartbeat and the claim of the dead are old, and the minute has struck.
    with site.database.transaction() as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'"))
        session.execute(text("UPDATE notices SET claimed_until = now() - interval '1 second'"))
        defer(session, "retry_stalled", queue="upkeep", timestamp=0)
    site.deployment.worker(environment)
    wait_until(lambda: bool(relay.taken), "the mail goes out")
    wait_until(lambda: _job_states(site) == set(), "its job is done")
    assert len(relay.taken) == 1


def test_a_worker_outlives_its_database(site_on_own_postgres, own_postgres, relay):
    site = site_on_own_postgres
    relay.open.set()
    worker = site.deployment.worker({"SMTP_URL": relay.url})
    site.request()
    worker.wait_for(lambda: len(relay.taken) == 1, "the first mail goes out")
    own_postgres.kill()
    own_postgres.start()
    site.request()
    worker.wait_for(lambda: len(relay.taken) == 2, "the second mail goes out by the same worker")


def _job_states(site) -> set[str]:
    with site.database.transaction() as session:
        return set(
            session.scalars(text("SELECT DISTINCT status::text FROM procrastinate_jobs WHERE task_name = 'deliver'"))
        )
