"""The whole way of a text message: real web process and worker, real Kannel, and a phone that answers."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from models.rules.text_messages import Purpose
from models.tables import IncomingText, TextMessage, TextStop
from server.context import utc_now
from server.services.queue_text import QueueText, queue_text
from server.tokens import Tokens
from tests.support.kannel import CALLBACK_SECRET
from tests.support.processes import wait_until

PHONE = "+33639980012"
# The web process sends nothing; it only has to know who may call.
DOORS = {
    "SMS_KANNEL_URL": "http://brigade:essai@127.0.0.1:9/cgi-bin/sendsms",
    "SMS_KANNEL_FROM": "36112",
    "SMS_KANNEL_SECRET": CALLBACK_SECRET,
}


@pytest.fixture
def kannel(deployment, relay, start_kannel):
    web = deployment.web(DOORS)
    kannel = start_kannel(web.url)
    deployment.worker({**relay.environment, **kannel.environment, "PUBLIC_URL": web.url})
    return kannel


@pytest.fixture
def send(database, deployment):
    tokens = Tokens(deployment.environment["SECRET_KEY"].encode())

    def send() -> UUID:
        text_id = uuid4()
        now = utc_now()
        command = QueueText(text_id, Purpose.VERIFICATION_CODE, PHONE, "fr", now + timedelta(minutes=15))
        with database.transaction() as session:
            queue_text(session, command, now, tokens)
        return text_id

    return send


def row(database, text_id) -> tuple[str, str | None, str | None]:
    with database.transaction() as session:
        found = session.get_one(TextMessage, text_id)
        return found.state, found.provider, found.cause


def count(database, table) -> int:
    with database.transaction() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_text_is_delivered_and_its_answers_are_understood(database, kannel, send, deployment):
    sent = send()
    (carried,) = kannel.wait_for(1)
    assert (carried.sender, carried.receiver) == ("36112", PHONE)
    code = Tokens(deployment.environment["SECRET_KEY"].encode()).verification_code(sent)
    assert carried.data.decode().startswith(f"Votre code : {code}.")
    wait_until(lambda: row(database, sent) == ("delivered", "kannel", None), f"the report. {kannel.printed()}")

    kannel.answer(PHONE, "36112", "Arrêt")
    wait_until(lambda: count(database, TextStop) == 1, f"STOP is remembered. {kannel.printed()}")
    assert row(database, send()) == ("failed", None, "stopped")

    kannel.answer(PHONE, "36112", "START")
    wait_until(lambda: count(database, TextStop) == 0, "START lets texts through again")
    for body in ("Où êtes-vous ?", "Allô ?"):
        kannel.answer(PHONE, "36112", body)
    wait_until(lambda: count(database, IncomingText) == 4, "both questions are kept")
    last = send()
    wait_until(lambda: row(database, last)[0] == "delivered", "the last text arrives")
    bodies = [one.data.decode() for one in kannel.wait_for(3)]
    # Answered once, and Kannel itself said nothing to anybody.
    assert sum("STOP" in body for body in bodies) == 1
    assert len(bodies) == 3
    printed = "".join(process.printed() for process in deployment.processes)
    for secret in (PHONE, "639980012", code, "êtes-vous", CALLBACK_SECRET):
        assert secret not in printed
