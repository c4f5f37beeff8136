"""Text messages under several workers and impatient providers: nothing leaves twice, and the ceiling holds."""

from __future__ import annotations

import contextlib
import dataclasses
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models.rules.text_messages import TextState
from models.tables import IncomingText, TextMessage
from server.config import load_settings
from server.context import Context
from server.jobs import send_text as job
from server.jobs import wiring
from server.jobs.deliver import DeliverLater
from server.jobs.send_text import send_text
from server.services.receive_text import ReceiveText, TextAnswer, receive_text
from server.services.record_delivery_report import RecordDeliveryReport, record_delivery_report
from tests.concurrency.test_services_race import race
from tests.support.seed import NOW, SECRET_KEY, TOKENS
from tests.support.texts import PHONE, queue, state_of

RACERS = 8


@pytest.fixture
def worker(database, sms_provider, monkeypatch):
    """What the jobs of this process work with; four segments an hour."""
    environment = {"SECRET_KEY": SECRET_KEY.decode(), "SMS_SEGMENTS_PER_HOUR": "4", **sms_provider.environment}
    settings = load_settings({"DATABASE_URL": "postgresql://db/brigade", **environment})
    context = Context(dataclasses.replace(settings, database_url=database.url), database, TOKENS, lambda: NOW)
    monkeypatch.setattr(wiring, "_installed", [context])
    monkeypatch.setattr(job, "_standings", {})
    return sms_provider


def attempt(text_id):
    """What one worker does with one message; having to come back is no accident."""
    with contextlib.suppress(DeliverLater):
        send_text(str(text_id))


def test_many_workers_send_one_message_once(database, worker):
    sent = queue(database)
    race([lambda: attempt(sent)] * RACERS)
    assert len(worker.messages) == 1


def test_many_workers_stop_at_the_ceiling_together(database, worker):
    waiting = [queue(database) for _ in range(RACERS)]
    race([lambda one=one: attempt(one) for one in waiting])
    assert len(worker.messages) == 4
    with database.transaction() as session:
        states = dict(session.execute(select(TextMessage.state, func.count()).group_by(TextMessage.state)).all())
    assert states == {"sent": 4, "queued": 4}


def test_a_callback_that_comes_many_times_at_once_is_one_message(database):
    def receive(name, body):
        with database.transaction() as session:
            return receive_text(session, ReceiveText("kannel", name, PHONE, body), NOW, TOKENS)

    answers = race([lambda: receive("M1", "Allô ?")] * RACERS)
    assert sum(isinstance(answer, TextAnswer) for answer in answers) == 1
    assert answers.count(None) == RACERS - 1
    # Several questions at once are kept, and answered once all the same.
    race([lambda: receive(str(uuid4()), "Qui êtes-vous ?")] * RACERS)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(IncomingText)) == RACERS + 1
        assert session.scalar(select(func.count()).select_from(TextMessage)) == 1


def test_reports_that_race_leave_the_best_news(database):
    sent = queue(database)

    def report(state):
        command = RecordDeliveryReport(sent, "kannel", None, state, "undeliverable")
        with database.transaction() as session:
            return record_delivery_report(session, command, NOW)

    states = [TextState.SENT, TextState.FAILED, TextState.DELIVERED] * 3
    answers = race([lambda state=state: report(state) for state in states])
    assert 1 <= answers.count(True) <= 3
    assert state_of(database, sent) is TextState.DELIVERED
