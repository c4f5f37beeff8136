"""A worker that is killed once the provider has a text message, and before it could write that down."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
import requests
from sqlalchemy import text

from models.record import defer
from models.rules.text_messages import Purpose, TextState
from server.context import utc_now
from server.services.queue_text import QueueText, queue_text
from tests.support.processes import wait_until
from tests.support.sms_provider import sign
from tests.support.texts import PHONE, state_of


@pytest.fixture
def environment(relay, sms_provider):
    return {**relay.environment, **sms_provider.environment}


def send(site) -> UUID:
    now = utc_now()
    command = QueueText(uuid4(), Purpose.VERIFICATION_CODE, PHONE, "fr", now + timedelta(minutes=15))
    with site.database.transaction() as session:
        queue_text(session, command, now, site.tokens)
    return command.text_id


def kill_a_worker_that_sends(site, sms_provider, environment) -> UUID:
    worker = site.deployment.worker(environment)
    sms_provider.when_taken(worker.kill)
    sent = send(site)
    wait_until(lambda: bool(sms_provider.messages) and not worker.alive(), "the worker is killed while it sends")
    sms_provider.when_taken(lambda: None)
    assert state_of(site.database, sent) is TextState.QUEUED
    return sent


def time_passes(site) -> None:
    """Only time is made up: the heartbeat and the claim of the dead are old, and the minute has struck."""
    with site.database.transaction() as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'"))
        session.execute(
            text("UPDATE text_messages SET claimed_until = now() - interval '1 second' WHERE state = 'queued'")
        )
        defer(session, "retry_stalled", queue="upkeep", timestamp=0)


def no_job_is_left(site) -> bool:
    with site.database.transaction() as session:
        return not session.scalars(text("SELECT id FROM procrastinate_jobs WHERE task_name = 'send_text'")).all()


def test_the_message_goes_out_again_under_the_same_id(site, sms_provider, environment):
    sent = kill_a_worker_that_sends(site, sms_provider, environment)
    time_passes(site)
    site.deployment.worker(environment)
    wait_until(lambda: state_of(site.database, sent) is TextState.SENT, "another worker sends it")
    assert [str(sent) in form["StatusCallback"] for form in sms_provider.messages] == [True, True]


def test_a_report_in_time_spares_the_repeat(site, sms_provider, environment):
    web = site.deployment.web(sms_provider.environment)
    sent = kill_a_worker_that_sends(site, sms_provider, {**environment, "PUBLIC_URL": web.url})
    address = sms_provider.messages[0]["StatusCallback"]
    assert parse_qs(urlsplit(address).query)["message"] == [str(sent)]
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    # What the web process takes for its own address is what Twilio signs.
    signed = address.replace(web.url, f"http://localhost:{web.port}")
    answer = requests.post(address, form, headers={"X-Twilio-Signature": sign(signed, form)}, timeout=10)
    assert answer.status_code == 204
    time_passes(site)
    site.deployment.worker(environment)
    wait_until(lambda: no_job_is_left(site), "the job is done")
    assert state_of(site.database, sent) is TextState.DELIVERED
    assert len(sms_provider.messages) == 1
