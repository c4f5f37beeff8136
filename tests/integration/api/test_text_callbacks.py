"""The doors of the providers of text messages: who may call them, and what they write down."""

from __future__ import annotations

import base64
import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.rules.actor import Role
from models.rules.text_messages import Purpose, TextState
from models.tables import IncomingText, TextMessage
from server.context import current, install
from tests.integration.services.test_reminder_answers import remind
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, at, book, change_reason, row
from tests.support.kannel import CALLBACK_SECRET
from tests.support.partners import clocked
from tests.support.seed import NOW, TOKENS, seed_agent, seed_territory
from tests.support.sms_provider import ACCOUNT, TOKEN, sign
from tests.support.texts import PHONE, queue, state_of, text_of, with_sms

SETTINGS = {
    "SMS_KANNEL_URL": "http://brigade:essai@127.0.0.1:13013/cgi-bin/sendsms",
    "SMS_KANNEL_FROM": "36112",
    "SMS_KANNEL_SECRET": CALLBACK_SECRET,
    "SMS_TWILIO_URL": f"http://{ACCOUNT}:{TOKEN}@127.0.0.1:9",
    "SMS_TWILIO_FROM": "+33644600000",
}


@pytest.fixture
def app(database):
    app, _clock = clocked(database)
    with app.app_context():
        install(app, with_sms(current(), **SETTINGS))
    return app


@pytest.fixture
def client(app):
    return app.test_client()


def kannel_report(client, text_id, state, signature=None):
    signature = TOKENS.report_signature(text_id) if signature is None else signature
    return client.get(f"/api/sms/kannel/reports?message={text_id}&signature={signature}&state={state}")


def kannel_message(client, body, name="1", secret=CALLBACK_SECRET, phone=PHONE, charset="utf-8"):
    credentials = base64.b64encode(f"kannel:{secret}".encode()).decode()
    return client.post(
        f"/api/sms/kannel/messages?id={name}",
        data=body.encode(charset),
        headers={
            "Authorization": f"Basic {credentials}",
            "X-Kannel-From": phone,
            "Content-Type": f'text/plain; charset="{charset}"',
        },
    )


def twilio(client, path, form, public_url, token=TOKEN):
    signature = sign(public_url + path, form, token)
    return client.post(path, data=form, headers={"X-Twilio-Signature": signature})


@pytest.fixture
def public_url(app):
    with app.app_context():
        return current().settings.public_url


def report_path(text_id):
    return f"/api/sms/twilio/reports?message={text_id}&signature={TOKENS.report_signature(text_id)}"


def answers(database):
    with database.transaction() as session:
        return [(one.meaning, one.body) for one in session.scalars(select(IncomingText))]


def test_kannel_reports_in_any_order(client, database):
    sent = queue(database)
    for state, becomes in (
        ("8", "sent"),
        ("1", "delivered"),
        ("8", "delivered"),
        ("2", "delivered"),
        ("77", "delivered"),
    ):
        answer = kannel_report(client, sent, state)
        assert (answer.status_code, answer.data) == (200, b"")
        assert state_of(database, sent) == becomes


def test_a_rejection_has_a_cause(client, database):
    sent = queue(database)
    kannel_report(client, sent, "16")
    assert (text_of(database, sent).state, text_of(database, sent).cause) == ("failed", "rejected")


def test_what_kannel_received_is_one_message_however_often_it_says_so(client, database):
    for _ in range(2):
        assert kannel_message(client, "Arrêt").status_code == 200
    assert answers(database) == [("stop", None)]
    stopped = queue(database)
    assert text_of(database, stopped).cause == "stopped"


@pytest.mark.parametrize("phone", ["33639980012", "0639980012", "+33639980012", "+33 6 39 98 00 12"])
def test_a_sender_is_the_same_however_the_operator_writes_it(client, database, phone):
    kannel_message(client, "STOP", phone=phone)
    assert text_of(database, queue(database)).cause == "stopped"


def test_an_answer_in_another_alphabet_is_read(client, database):
    kannel_message(client, "Ça va\0 être fait 🚓", charset="utf-16be")
    assert answers(database) == [("unread", "Ça va être fait 🚓")]


def test_an_unknown_charset_is_no_accident(client, database):
    credentials = base64.b64encode(f"kannel:{CALLBACK_SECRET}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "X-Kannel-From": "+abc"}
    headers["Content-Type"] = "text/plain; charset=hex"
    assert client.post("/api/sms/kannel/messages?id=1", data=b"\xff?", headers=headers).status_code == 200
    assert answers(database) == [("unread", "\N{REPLACEMENT CHARACTER}?")]
    # Nobody can be answered there.
    with database.transaction() as session:
        assert session.scalars(select(TextMessage)).all() == []


def test_twilio_reports_and_messages(client, database, public_url):
    sent = queue(database)
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": PHONE}
    answer = twilio(client, report_path(sent), form, public_url)
    assert (answer.status_code, answer.data) == (204, b"")
    assert (text_of(database, sent).state, text_of(database, sent).provider_id) == ("delivered", "SM1")
    for _ in range(2):
        message = {"MessageSid": "SM2", "From": PHONE, "Body": "Où êtes-vous ?", "NumMedia": "0"}
        assert twilio(client, "/api/sms/twilio/messages", message, public_url).status_code == 204
    assert answers(database) == [("unread", "Où êtes-vous ?")]
    with database.transaction() as session:
        (reply,) = session.scalars(select(TextMessage).filter_by(purpose=Purpose.NOT_UNDERSTOOD)).all()
        assert reply.good_until == NOW + timedelta(hours=1)


def test_whoever_is_not_the_provider_changes_nothing(client, database, public_url):
    sent, other = queue(database), queue(database)
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    message = {"MessageSid": "SM2", "From": PHONE, "Body": "STOP"}
    refused = [
        kannel_report(client, sent, "1", signature=""),
        kannel_report(client, sent, "1", signature=TOKENS.report_signature(other)),
        kannel_report(client, sent, "1", signature="é"),
        twilio(client, report_path(sent), form, public_url, token="wrong"),
        twilio(client, report_path(sent), form, "https://elsewhere.example.org"),
        twilio(client, f"/api/sms/twilio/reports?message={sent}&signature=x", form, public_url),
        client.post(report_path(sent), data=form),
        twilio(client, "/api/sms/twilio/messages", message, public_url, token="wrong"),
        client.post("/api/sms/twilio/messages", data=message),
    ]
    assert {(answer.status_code, answer.json["code"]) for answer in refused} == {(403, "not_the_provider")}
    unknown = [
        kannel_message(client, "STOP", secret="wrong"),
        kannel_message(client, "STOP", secret="é"),
        kannel_message(client, "STOP", secret=""),
        client.post("/api/sms/kannel/messages?id=1", data="STOP"),
        client.post("/api/sms/kannel/messages?id=1", data="STOP", headers={"Authorization": "Bearer x"}),
    ]
    assert {(answer.status_code, answer.headers["WWW-Authenticate"]) for answer in unknown} == {
        (401, 'Basic realm="sms"')
    }
    assert state_of(database, sent) is TextState.QUEUED
    assert answers(database) == []


def test_what_makes_no_sense_is_refused_or_forgotten(client, database, public_url):
    assert client.get("/api/sms/kannel/reports?message=1&signature=x&state=1").status_code == 422
    assert twilio(client, "/api/sms/twilio/messages", {"From": PHONE}, public_url).status_code == 422
    assert kannel_report(client, uuid4(), "1").status_code == 200
    assert kannel_report(client, queue(database), "what").status_code == 200


def test_a_provider_that_is_not_configured_has_no_door(app, client, database, public_url):
    sent = queue(database)
    only_kannel = {name: value for name, value in SETTINGS.items() if "KANNEL" in name}
    with app.app_context():
        install(app, with_sms(current(), **only_kannel))
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    assert twilio(client, report_path(sent), form, public_url).status_code == 403
    assert kannel_report(client, sent, "8").status_code == 200


def test_neither_numbers_nor_words_nor_signatures_are_logged(client, database, public_url, caplog):
    caplog.set_level(logging.DEBUG)
    sent = queue(database)
    kannel_report(client, sent, "1")
    kannel_message(client, "Au 3 rue du Lavoir")
    twilio(client, "/api/sms/twilio/messages", {"MessageSid": "SM2", "From": PHONE, "Body": "Lavoir"}, public_url)
    assert "/api/sms/kannel/messages" in caplog.text
    for secret in (PHONE, "639980012", "Lavoir", TOKENS.report_signature(sent), CALLBACK_SECRET):
        assert secret not in caplog.text


def test_an_answer_to_a_reminder_is_acted_on_in_the_same_transaction(client, database):
    with database.transaction() as session:
        unit = seed_territory(session)
        change_reason(session, "neighbours", notice_minutes=0)
        seed_windows(session, seed_agent(session, unit, Role.GENDARME, Role.CHIEF), NINE, at(4))
        booked = book(session, unit.id, phone=PHONE)
        remind(session, booked, NOW)
    assert kannel_message(client, "2").status_code == 200
    with database.transaction() as session:
        assert row(session, booked.appointment_id).state == "cancelled"
        assert session.scalars(select(IncomingText.meaning)).all() == ["two"]
