"""Over what a citizen is told: one way after the other, until one of them has not failed for good."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.rules.actor import CitizenActor
from models.rules.text_messages import Purpose, TextState
from models.tables import Notice, TextMessage, TextStop
from server.jobs import send_text as text_job
from server.jobs import wiring
from server.jobs.deliver import DeliverLater, deliver
from server.jobs.send_text import send_text
from server.services._texts import phone_hash
from server.services.receive_text import ReceiveText, receive_text
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.notices import deferred, event_id, queued, report, send, tell, told, version
from tests.support.seed import NOW, TOKENS
from tests.support.sms_provider import Answer
from tests.support.texts import PHONE, with_sms
from tests.support.texts import queue as queue_text_for


@pytest.fixture(autouse=True)
def provider(sms_provider, context, monkeypatch):
    monkeypatch.setattr(text_job, "_standings", {})
    monkeypatch.setattr(wiring, "_installed", [with_sms(context, **sms_provider.environment)])
    return sms_provider


def test_a_phone_is_texted_and_its_reports_raise_the_notice(database, provider, relay):
    created = send(database)
    before = version(database, created)
    deliver(event_id=event_id(database))
    assert told(database) == {"sms": ("queued", None)}
    tell(database)
    assert told(database) == {"sms": ("sent", None)}
    (form,) = provider.messages
    assert form["To"] == PHONE
    assert form["Body"] == (
        f"Votre demande {created.reference} est bien reçue. Pour la suivre :"
        f" https://rdv.example.org/suivi/{created.follow_token}"
    ).replace("ç", "c")
    after_sending = version(database, created)
    report(database, TextState.DELIVERED, at=NOW + timedelta(minutes=1))
    assert told(database) == {"sms": ("delivered", None)}
    # The unit's terminals read each state; nobody else has to come and look.
    assert before < after_sending < version(database, created)
    with database.transaction() as session:
        notice = session.scalars(select(Notice)).one()
    assert (notice.sent_at, notice.delivered_at) == (NOW, NOW + timedelta(minutes=1))
    # Whatever is said later, and however often the job runs.
    report(database, TextState.FAILED, "undeliverable")
    tell(database)
    assert told(database) == {"sms": ("delivered", None)}
    assert len(provider.messages) == 1
    assert relay.messages == []


def test_a_provider_that_refuses_for_good_makes_room_for_mail(database, provider, relay):
    send(database)
    provider.answer(Answer(400, '{"code": 21610, "status": 400, "message": "unsubscribed"}'))
    tell(database)
    state, cause = told(database)["sms"]
    assert state == "failed"
    assert cause
    assert relay.messages == []
    assert [event for event, _ in deferred(database)] == [event_id(database)] * 2
    tell(database)
    assert told(database) == {"sms": ("failed", cause), "email": ("sent", None)}
    tell(database)
    assert len(relay.messages) == 1


def test_a_report_that_it_never_arrived_makes_room_for_mail(database, relay):
    send(database)
    tell(database)
    report(database, TextState.FAILED, "undeliverable")
    tell(database)
    assert told(database) == {"sms": ("failed", "undeliverable"), "email": ("sent", None)}
    assert len(relay.messages) == 1
    # It arrived after all: that is what the unit reads, and nothing is sent because of it.
    report(database, TextState.DELIVERED)
    tell(database)
    assert told(database) == {"sms": ("delivered", None), "email": ("sent", None)}
    assert len(relay.messages) == 1


def test_nothing_is_said_a_second_time_of_what_is_over_meanwhile(database, relay):
    created = send(database)
    tell(database)
    with database.transaction() as session:
        withdraw_request(session, WithdrawRequest(created.request_id), CitizenActor(created.request_id), NOW)
    report(database, TextState.FAILED, "undeliverable")
    tell(database)
    assert told(database) == {"sms": ("failed", "undeliverable")}
    assert relay.messages == []


@pytest.mark.parametrize("when", ["before", "queued"])
def test_a_phone_that_said_stop_is_left_alone(database, provider, relay, when):
    send(database)
    if when == "queued":
        deliver(event_id=event_id(database))
    with database.transaction() as session:
        session.add(TextStop(phone_hash=phone_hash(TOKENS, PHONE), at=NOW))
    tell(database)
    tell(database)
    expected = {"sms": ("failed", "stopped")} if when == "queued" else {}
    assert told(database) == {**expected, "email": ("sent", None)}
    assert provider.messages == []
    assert len(relay.messages) == 1


def test_a_text_that_comes_too_late_makes_room_for_mail(database, provider, relay, clock):
    send(database)
    provider.answer(*[Answer(503)] * 4)
    with pytest.raises(DeliverLater):
        tell(database)
    assert told(database) == {"sms": ("queued", None)}
    clock.forward(hours=4)
    tell(database)
    assert told(database)["sms"][0] == "failed"
    tell(database)
    assert told(database)["email"] == ("sent", None)
    assert len(relay.messages) == 1


@pytest.mark.parametrize("what", ["no_provider", "ceiling"])
def test_what_keeps_a_text_from_leaving_keeps_no_mail(database, context, relay, clock, sms_provider, monkeypatch, what):
    send(database)
    deliver(event_id=event_id(database))
    environment = {} if what == "no_provider" else {**sms_provider.environment, "SMS_SEGMENTS_PER_HOUR": "1"}
    monkeypatch.setattr(wiring, "_installed", [with_sms(context, **environment)])
    (text_id,) = queued(database)
    if what == "ceiling":
        # Somebody else's has used up the hour; it goes on counting when this one is looked at again.
        other = queue_text_for(database, phone="+33639980013")
        send_text(str(other))
    with pytest.raises(DeliverLater):
        send_text(str(text_id))
    assert told(database) == {"sms": ("queued", None)}
    clock.forward(hours=4)
    if what == "ceiling":
        until = clock.now + timedelta(hours=1)
        other = queue_text_for(database, phone="+33639980014", good_until=until)
        send_text(str(other))
    send_text(str(text_id))
    assert told(database) == {"sms": ("failed", "too_late")}
    deliver(event_id=event_id(database))
    assert told(database)["email"] == ("sent", None)
    assert len(relay.messages) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"email": ""}, {"sms"}),
        ({"phone": "+33465710012"}, {"email"}),
        # Texts may not go to this country.
        ({"phone": "+15550100123"}, {"email"}),
        ({"told_by": "email"}, {"email"}),
        ({"told_by": "push"}, {"sms"}),
        ({"told_by": "nothing"}, set()),
        ({"may_leave_message": False}, {"email"}),
        ({"may_leave_message": False, "told_by": "sms"}, {"sms"}),
    ],
)
def test_who_is_told_over_what(database, changes, expected):
    send(database, **changes)
    tell(database)
    assert told(database).keys() == expected


def test_what_was_chosen_first_and_fails_makes_room_for_the_rest(database, provider, relay):
    send(database, told_by="email")
    relay.answer("RCPT", "550 5.1.1 unknown")
    tell(database)
    assert told(database) == {"email": ("failed", "smtp_550_5.1.1"), "sms": ("sent", None)}
    assert len(provider.messages) == 1


def test_a_relay_that_is_away_is_not_waited_for_all_day(database, relay, clock):
    send(database, told_by="email")
    relay.stop()
    with pytest.raises(DeliverLater):
        tell(database)
    clock.forward(hours=1)
    tell(database)
    assert told(database) == {"email": ("failed", "connection_refused"), "sms": ("sent", None)}


def test_a_discreet_text_says_nothing(database, provider):
    send(database, reason_code="domestic_violence", email="")
    tell(database)
    assert [form["Body"] for form in provider.messages] == ["Vous avez un message."]


def test_a_stop_of_somebody_else_s_phone_changes_nothing(database, provider):
    with database.transaction() as session:
        receive_text(session, ReceiveText("twilio", str(uuid4()), "+33639980013", "STOP"), NOW, TOKENS)
    send(database)
    tell(database)
    assert len(provider.messages) == 1
    with database.transaction() as session:
        assert session.scalars(select(TextMessage.purpose)).all() == [Purpose.NOTICE]
