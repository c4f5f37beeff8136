"""The job that sends text messages, against a provider over HTTP that holds us to its documentation."""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from models.rules.text_messages import Purpose, TextState
from models.tables import TextMessage, TextStop
from server.jobs import send_text as job
from server.jobs import wiring
from server.jobs.app import queue as tasks
from server.jobs.deliver import DeliverLater
from server.jobs.send_text import send_text
from server.services._texts import phone_hash
from server.services.claim_notice import Claim
from server.services.claim_text import ClaimText, claim_text
from server.services.give_up_late_texts import GiveUpLateTexts, give_up_late_texts
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.record_delivery_report import RecordDeliveryReport, record_delivery_report
from tests.support.processes import free_port
from tests.support.seed import NOW, TOKENS
from tests.support.sms_provider import Answer
from tests.support.texts import PHONE, queue, state_of, text_of, with_sms

PRICE = Decimal("0.07")


@pytest.fixture(autouse=True)
def _fresh_standings(monkeypatch):
    monkeypatch.setattr(job, "_standings", {})


@pytest.fixture
def configure(context, monkeypatch):
    def configure(**environment: str) -> None:
        monkeypatch.setattr(wiring, "_installed", [with_sms(context, **environment)])

    return configure


@pytest.fixture
def provider(sms_provider, configure):
    configure(**sms_provider.environment, SMS_TWILIO_PRICE=str(PRICE))
    return sms_provider


def dead_kannel() -> dict[str, str]:
    """The settings of a Kannel that is not there."""
    return {
        "SMS_KANNEL_URL": f"http://brigade:essai@127.0.0.1:{free_port()}/cgi-bin/sendsms",
        "SMS_KANNEL_FROM": "36112",
        "SMS_KANNEL_SECRET": "essai-du-secret-des-appels",
    }


def test_a_code_leaves_once_and_nothing_of_it_stays(database, provider):
    sent = queue(database)
    with database.transaction() as session:
        (args,) = session.scalars(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'send_text'")).all()
    for _ in range(2):
        send_text(**args)
    (form,) = provider.messages
    assert form["To"] == PHONE
    assert TOKENS.verification_code(sent) in form["Body"]
    assert 0 < int(form["ValidityPeriod"]) <= 900
    assert str(sent) in form["StatusCallback"]
    stored = text_of(database, sent)
    assert (stored.state, stored.provider, stored.attempts) == ("sent", "twilio", 1)
    assert (stored.segments, stored.cost, stored.sent_at) == (1, PRICE, NOW)
    with database.transaction() as session:
        everything = str(session.execute(text("SELECT t.* FROM text_messages t")).all()) + str(args)
    assert not any(secret in everything for secret in ("639980012", TOKENS.verification_code(sent), "Votre"))


def test_the_same_thing_is_queued_once(database, provider):
    sent = queue(database, Purpose.NOTICE)
    assert queue(database, Purpose.NOTICE, text_id=sent, body="Autre chose.") == sent
    with database.transaction() as session:
        jobs = session.scalars(text("SELECT id FROM procrastinate_jobs WHERE task_name = 'send_text'")).all()
    assert len(jobs) == 1
    send_text(str(sent))
    assert provider.messages[0]["Body"] == "Gardé."


def test_a_worker_killed_after_the_answer_sends_again_under_the_same_id(database, provider, clock, monkeypatch):
    sent = queue(database)

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(job, "settle_text", die)
        with pytest.raises(SystemExit):
            send_text(str(sent))
    assert len(provider.messages) == 1
    # Its claim still stands: the message is neither lost nor sent twice at once.
    with pytest.raises(DeliverLater):
        send_text(str(sent))
    assert len(provider.messages) == 1
    clock.forward(minutes=2)
    send_text(str(sent))
    assert state_of(database, sent) is TextState.SENT
    assert len(provider.messages) == 2
    assert len({form["StatusCallback"] for form in provider.messages}) == 1


def test_a_report_spares_the_repeat(database, provider, clock):
    sent = queue(database)
    with database.transaction() as session:
        assert claim_text(session, ClaimText(sent, 1, PRICE), clock.now) is Claim.OURS
        assert record_delivery_report(
            session, RecordDeliveryReport(sent, "twilio", "SM1", TextState.DELIVERED), clock.now
        )
    clock.forward(minutes=3)
    send_text(str(sent))
    assert provider.messages == []
    assert state_of(database, sent) is TextState.DELIVERED


def test_a_provider_that_is_away_is_asked_again_and_then_passed_over(database, sms_provider, configure):
    configure(**sms_provider.environment, **dead_kannel(), SMS_TWILIO_WEIGHT="0")
    sent = [queue(database) for _ in range(3)]
    for one in sent:
        send_text(str(one))
    assert len(sms_provider.messages) == 3
    assert {text_of(database, one).provider for one in sent} == {"twilio"}
    assert job._standings["kannel"].failures == 3


def test_what_may_have_left_is_not_given_to_another_provider(database, sms_provider, configure):
    configure(**sms_provider.environment, **dead_kannel(), SMS_KANNEL_WEIGHT="0")
    sms_provider.answer(Answer(0, silent=True))
    sent = queue(database)
    with pytest.raises(DeliverLater):
        send_text(str(sent))
    waiting = text_of(database, sent)
    assert (waiting.state, waiting.cause, waiting.claimed_until) == ("queued", "disconnected", None)
    # It may have cost something.
    assert waiting.attempted_at == NOW
    assert "kannel" not in job._standings


def test_nobody_can_take_it_and_it_waits_until_nobody_needs_it(database, sms_provider, configure, clock):
    configure(**dead_kannel())
    sent = queue(database)
    with pytest.raises(DeliverLater):
        send_text(str(sent))
    waiting = text_of(database, sent)
    assert (waiting.state, waiting.cause, waiting.attempted_at) == ("queued", "connection_refused", None)
    clock.forward(minutes=15)
    send_text(str(sent))
    ended = text_of(database, sent)
    assert (ended.state, ended.cause, ended.phone) == ("failed", "too_late", None)


def test_a_number_that_cannot_get_texts_is_given_up(database, provider):
    provider.answer(Answer(400, '{"code": 21614}'))
    sent = queue(database)
    send_text(str(sent))
    ended = text_of(database, sent)
    assert (ended.state, ended.cause, ended.attempted_at) == ("failed", "no_mobile", None)


def test_stop_is_respected_at_the_queue_and_at_the_last_moment(database, provider):
    with database.transaction() as session:
        session.add(TextStop(phone_hash=phone_hash(TOKENS, PHONE), at=NOW))
    stopped = queue(database)
    with database.transaction() as session:
        assert session.scalars(text("SELECT id FROM procrastinate_jobs WHERE task_name = 'send_text'")).all() == []
    assert (text_of(database, stopped).state, text_of(database, stopped).cause) == ("failed", "stopped")
    late = queue(database, phone="+33639980013")
    with database.transaction() as session:
        session.add(TextStop(phone_hash=phone_hash(TOKENS, "+33639980013"), at=NOW))
    send_text(str(late))
    assert (text_of(database, late).state, text_of(database, late).cause) == ("failed", "stopped")
    assert provider.messages == []


def test_ceilings_hold_back_and_say_so_once(database, sms_provider, configure, clock, caplog):
    configure(**sms_provider.environment, SMS_TWILIO_PRICE="0.05", SMS_SEGMENTS_PER_HOUR="4", SMS_EUROS_PER_DAY="0.30")
    caplog.set_level(logging.ERROR, "server.jobs.send_text")
    long = queue(database, Purpose.NOTICE, body="a" * 400, good_until=NOW + timedelta(days=3))
    send_text(str(long))
    assert text_of(database, long).segments == 3
    more = [queue(database, good_until=NOW + timedelta(days=3)) for _ in range(4)]
    send_text(str(more[0]))
    for one in more[1:3]:
        with pytest.raises(DeliverLater):
            send_text(str(one))
    assert state_of(database, more[1]) is TextState.QUEUED
    assert [record.message for record in caplog.records] == [
        "text messages: the ceiling of 4 segments an hour is nearly reached",
        "text messages: the ceiling of 4 segments an hour is reached, messages wait",
        "text messages: the ceiling of 0.30 euros a day is nearly reached",
    ]
    clock.forward(hours=1)
    for one in more[1:3]:
        send_text(str(one))
    # Six segments of five cents are the budget of the day.
    with pytest.raises(DeliverLater):
        send_text(str(more[3]))
    assert "0.30 euros a day is reached" in caplog.text
    clock.forward(hours=23)
    send_text(str(more[3]))
    assert len(sms_provider.messages) == 5
    assert PHONE not in caplog.text


def test_what_citizens_are_told_uses_up_no_call(database, sms_provider, configure, caplog):
    configure(**sms_provider.environment, SMS_SEGMENTS_PER_HOUR="5")
    caplog.set_level(logging.ERROR, "server.jobs.send_text")
    for _ in range(5):
        send_text(str(queue(database, Purpose.NOTICE)))
    calls = [queue(database, Purpose.CALL, body="Une demande attend.") for _ in range(2)]
    for other in (Purpose.NOTICE, Purpose.VERIFICATION_CODE):
        with pytest.raises(DeliverLater):
            send_text(str(queue(database, other)))
    send_text(str(calls[0]))
    # A loop among the calls ends as well.
    with pytest.raises(DeliverLater):
        send_text(str(calls[1]))
    assert [state_of(database, call) for call in calls] == [TextState.SENT, TextState.QUEUED]
    assert caplog.messages[1:] == [
        "text messages: the ceiling of 5 segments an hour is reached, messages wait",
        "text messages: the ceiling of 6 segments an hour is reached, calls wait",
    ]


def test_a_deployment_that_lost_its_provider_keeps_nothing_for_ever(database, context, clock):
    sent = queue(database, Purpose.NOTICE)
    with pytest.raises(DeliverLater):
        send_text(str(sent))
    clock.forward(hours=2)
    with database.transaction() as session:
        assert give_up_late_texts(session, GiveUpLateTexts(), clock.now) == 1
    ended = text_of(database, sent)
    assert (ended.state, ended.cause, ended.phone, ended.body) == ("failed", "too_late", None, None)
    clock.forward(days=31)
    with database.transaction() as session:
        assert purge_expired(session, PurgeExpired(), clock.now)["texts"] == 1
        assert session.scalars(select(TextMessage)).all() == []


def test_a_message_that_is_gone_is_no_error(context):
    send_text(str(uuid4()))


def test_the_worker_knows_the_task():
    tasks.perform_import_paths()
    assert "send_text" in tasks.tasks
