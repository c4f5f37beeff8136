"""The worker as it is deployed: a process of its own, against a real relay."""

from __future__ import annotations

import functools
import json
import threading

import psycopg
import pytest
from sqlalchemy import select, text

from models.database import Database, libpq_url
from models.record import defer
from models.tables import Notice
from push.vapid import VapidKey
from server.context import utc_now
from server.jobs.app import UPKEEP_QUEUE
from server.services.create_contact_request import CreateContactRequest, create_contact_request
from server.tokens import Tokens
from server.worker import CONCURRENCY
from tests.support.certificates import Authority
from tests.support.processes import wait_until
from tests.support.push_service import Browser, PushService
from tests.support.push_subscribers import seed_subscriber
from tests.support.seed import details, seed_agent, seed_territory


@pytest.fixture
def tokens(deployment) -> Tokens:
    deployment.environment["PUBLIC_URL"] = "https://rdv.example.org"
    deployment.environment["MAIL_FROM"] = "Brigade numérique <ne-pas-repondre@example.org>"
    return Tokens(deployment.environment["SECRET_KEY"].encode())


def request(database: Database, tokens: Tokens, language: str = "fr", **changes: object):
    with database.transaction() as session:
        command = CreateContactRequest(details(**changes), language, f"key-{language}-{len(changes)}")
        return create_contact_request(session, command, utc_now(), tokens)


def notices(database: Database) -> list[tuple[str, int]]:
    with database.transaction() as session:
        return [(one.state, one.attempts) for one in session.scalars(select(Notice))]


def unfinished(database: Database, task: str = "deliver") -> int:
    with database.transaction() as session:
        count = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task")
        return session.execute(count, {"task": task}).scalar_one()


def mails_in_hand(database: Database) -> set[tuple[int, int]]:
    """The jobs that are at a mail just now, and their attempts so far."""
    with database.transaction() as session:
        rows = session.execute(
            text("SELECT id, attempts FROM procrastinate_jobs WHERE task_name = 'deliver' AND status = 'doing'")
        )
        return {(job_id, attempts) for job_id, attempts in rows}


def web_push(service: PushService, key: VapidKey, authority: Authority) -> dict[str, str]:
    """The settings of a deployment that sends to `service`."""
    return {
        "VAPID_KEYS": key.write(),
        "VAPID_SUBJECT": "mailto:brigade@example.gouv.fr",
        "PUSH_HOSTS": f"{service.name}:{service.port}",
        "PUSH_HOSTS_INSIDE": "1",
        "PUSH_CA_FILE": str(authority.ca_file),
    }


def test_a_committed_request_becomes_a_mail_in_each_language(database, deployment, relay, tokens):
    worker = deployment.worker(relay.environment)
    with database.transaction() as session:
        seed_territory(session)
    french = request(database, tokens)
    english = request(database, tokens, "en")
    worker.wait_for(lambda: len(relay.envelopes) == 2, "two mails at the relay")
    by_language = {mail["Content-Language"]: mail for mail in relay.messages}
    for language, created, path, words in (
        ("fr", french, "suivi", "La brigade de gendarmerie de Belley"),
        ("en", english, "en/follow", "will call you back"),
    ):
        mail = by_language[language]
        assert created.reference in mail["Subject"]
        for kind in ("plain", "html"):
            body = mail.get_body((kind,)).get_content()
            assert words in body
            assert created.call_back_word in body
            assert f"https://rdv.example.org/{path}/{created.follow_token}" in body
    wait_until(lambda: unfinished(database) == 0, "the jobs are done")
    assert notices(database) == [("sent", 1), ("sent", 1)]
    printed = worker.printed()
    for secret in ("camille", "Camille", french.follow_token, french.call_back_word, "639980012"):
        assert secret not in printed


def test_a_committed_request_rings_on_a_terminal(database, deployment, relay, tokens, authority, start_push_service):
    service, browser = start_push_service("localhost"), Browser()
    key = VapidKey.make()
    with database.transaction() as session:
        given = browser.subscribe(f"{service.origin}/wpush/1", key.public)
        seed_subscriber(session, seed_agent(session, seed_territory(session)), given, now=utc_now())
    worker = deployment.worker({**relay.environment, **web_push(service, key, authority)})
    created = request(database, tokens)
    worker.wait_for(lambda: service.received, "a push")
    shown = json.loads(browser.read(service.received[0].body))["notification"]
    assert shown["data"]["request_id"] == str(created.request_id)
    assert worker.stop() == 0
    assert service.origin not in worker.printed()
    assert "/wpush/" not in worker.printed()


def test_a_relay_that_hangs_keeps_no_terminal_from_ringing_and_no_clock_from_striking(
    database, deployment, relay, tokens, authority, start_push_service
):
    service = start_push_service("localhost")
    key = VapidKey.make()
    with database.transaction() as session:
        given = Browser().subscribe(f"{service.origin}/wpush/1", key.public)
        seed_subscriber(session, seed_agent(session, seed_territory(session)), given, now=utc_now())
    go_on = threading.Event()
    relay.when_data_arrives(lambda: go_on.wait(60))
    worker = deployment.worker({**relay.environment, **web_push(service, key, authority)})
    send = functools.partial(request, database, tokens)
    try:
        for number in range(CONCURRENCY):
            send(**dict.fromkeys(["caller_name", "place", "facts", "safe_time"][: number + 1], "Essai"))
        worker.wait_for(lambda: len(mails_in_hand(database)) == CONCURRENCY, "every hand holds a mail")
        worker.wait_for(lambda: len(service.received) == CONCURRENCY, "their pushes")
        holding = mails_in_hand(database)
        send("en")
        worker.wait_for(lambda: len(service.received) > CONCURRENCY, "one more push")
        assert mails_in_hand(database) == holding, "no hand has come free meanwhile"
        with database.transaction() as session:
            defer(session, "extend_openings", queue=UPKEEP_QUEUE, timestamp=0)
        worker.wait_for(lambda: unfinished(database, "extend_openings") == 0, "what the clock wants is done")
        assert mails_in_hand(database) == holding, "no hand has come free meanwhile"
    finally:
        go_on.set()


def test_a_rolled_back_request_is_never_mailed(database, deployment, relay, tokens):
    with database.transaction() as session:
        seed_territory(session)

    def fail() -> None:
        with database.transaction() as session:
            create_contact_request(session, CreateContactRequest(details(), "fr", "lost"), utc_now(), tokens)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    worker = deployment.worker(relay.environment)
    request(database, tokens, email="kept@example.org")
    worker.wait_for(lambda: len(relay.envelopes) == 1, "one mail at the relay")
    assert relay.envelopes[0].rcpt_tos == ["kept@example.org"]


def test_sigterm_finishes_the_mail_in_hand(database, deployment, relay, tokens):
    with database.transaction() as session:
        seed_territory(session)
    arrived, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        go_on.wait(60)

    relay.when_data_arrives(hold)
    worker = deployment.worker(relay.environment)
    request(database, tokens)
    worker.wait_for(arrived.is_set, "the mail is at the relay")
    threading.Timer(0.5, go_on.set).start()
    assert worker.stop() == 0
    assert len(relay.messages) == 1
    assert notices(database) == [("sent", 1)]
    assert unfinished(database) == 0


def test_without_a_relay_the_worker_says_what_to_do(deployment):
    worker = deployment.worker({"SMTP_URL": ""})
    wait_until(lambda: not worker.alive(), "the worker refuses to start")
    assert "SMTP_URL is missing" in worker.printed()
    assert "Traceback" not in worker.printed()


def test_a_sender_that_is_none_is_refused(deployment, relay):
    worker = deployment.worker({**relay.environment, "MAIL_FROM": "nobody"})
    wait_until(lambda: not worker.alive(), "the worker refuses to start")
    assert "MAIL_FROM" in worker.printed()
    assert "Traceback" not in worker.printed()


def test_a_relay_that_was_away_gets_the_mail_when_it_is_back(database, deployment, relay, tokens):
    with database.transaction() as session:
        seed_territory(session)
    relay.stop()
    worker = deployment.worker(relay.environment)
    request(database, tokens)
    worker.wait_for(lambda: "connection_refused" in worker.printed(), "the first attempt has failed")
    assert notices(database) == [("queued", 1)]
    relay.start()
    worker.wait_for(lambda: len(relay.envelopes) == 1, "the mail at the relay")
    worker.wait_for(lambda: notices(database) == [("sent", 2)], "the notice is marked")


def test_the_queue_is_polled_by_name_in_the_list_of_connections(database, deployment, relay, tokens):
    worker = deployment.worker(relay.environment)
    with psycopg.connect(libpq_url(database.url), autocommit=True) as connection:

        def seen() -> bool:
            names = connection.execute("SELECT application_name FROM pg_stat_activity").fetchall()
            return ("brigade queue",) in names

        worker.wait_for(seen, "the worker is connected under its name")
