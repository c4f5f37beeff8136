"""The gateways against a real Kannel and against a provider over HTTP that holds us to its documentation."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from push.failures import PermanentFailure, TemporaryFailure
from push.sms.gateway import MayHaveLeft, OutgoingText
from push.sms.kannel import KannelGateway
from push.sms.segments import weigh
from push.sms.twilio import TwilioGateway
from tests.support.kannel import PASSWORD, USER
from tests.support.mail import RudeRelay
from tests.support.processes import free_port
from tests.support.sms_provider import ACCOUNT, TOKEN, Answer

TEXT_ID = UUID("6a0c6a38-0000-4000-8000-000000000008")
PHONE = "+33639980012"


def outgoing(body="Votre code : 123456.", phone=PHONE, **changes):
    report_url = f"http://127.0.0.1:9/api/sms/reports?text={TEXT_ID}"
    return OutgoingText(TEXT_ID, phone, body, report_url, **{"good_for": timedelta(minutes=15), **changes})


def kannel_at(environment, password=PASSWORD, **changes):
    parts = urlsplit(environment["SMS_KANNEL_URL"])
    url = f"http://127.0.0.1:{parts.port}{parts.path}"
    return KannelGateway(url, USER, password, "36112", 1, Decimal("0.04"), **changes)


def twilio_at(url, token=TOKEN, **changes):
    return TwilioGateway(url, ACCOUNT, token, "+33644600000", 1, Decimal("0.07"), **changes)


@pytest.fixture
def kannel(start_kannel):
    # Nobody listens there: this file is about what goes out.
    return start_kannel(f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize(
    "body",
    [
        "Votre code : 123456. Gardé à la mairie, 3 € ~ {1}",
        "Gardé à l’hôtel de ville, ça va être fait 🚓",
        "a" * 161,
        "a" * 152 + "€" + "b" * 10,
        "€" * 153,
        "ê" * 71,
        "à" * 307,
    ],
)
def test_kannel_cuts_where_we_count(kannel, body):
    assert kannel_at(kannel.environment).send(outgoing(body)) == str(TEXT_ID)
    weighed = weigh(body)
    carried = kannel.wait_for(len(weighed.segments))
    encoding = "utf-16-be" if weighed.alphabet == "ucs2" else "utf-8"
    assert [one.data.decode(encoding) for one in carried] == list(weighed.segments)
    assert {(one.sender, one.receiver) for one in carried} == {("36112", PHONE)}
    assert all(bool(one.udh) == (len(weighed.segments) > 1) for one in carried)


@pytest.mark.parametrize(
    ("changes", "phone", "kind", "cause"),
    [
        ({"password": "wrong"}, PHONE, TemporaryFailure, "kannel_403"),
        ({}, "", PermanentFailure, "kannel_400"),
    ],
)
def test_what_kannel_refuses_has_a_cause(kannel, changes, phone, kind, cause):
    with pytest.raises(kind) as refused:
        kannel_at(kannel.environment, **changes).send(outgoing(phone=phone))
    assert refused.value.cause == cause


def test_twilio_takes_a_message_and_says_its_name(sms_provider):
    sid = twilio_at(sms_provider.url).send(outgoing("Gardé à l’hôtel 🚓", good_for=timedelta(days=3)))
    assert sid == "SM00000000000000000000000000000001"
    assert sms_provider.messages == [
        {
            "To": PHONE,
            "From": "+33644600000",
            "Body": "Gardé à l’hôtel 🚓",
            "StatusCallback": outgoing().report_url,
            "ValidityPeriod": "36000",
        }
    ]


@pytest.mark.parametrize(
    ("answer", "kind", "cause"),
    [
        (Answer(400, '{"code": 21610}'), PermanentFailure, "stopped"),
        (Answer(400, '{"code": 21614}'), PermanentFailure, "no_mobile"),
        (Answer(400, '{"code": 21606}'), TemporaryFailure, "twilio_21606"),
        (Answer(429, '{"code": 20429}'), TemporaryFailure, "twilio_20429"),
        (Answer(503, "<html>busy</html>"), TemporaryFailure, "twilio_http_503"),
        (Answer(307), TemporaryFailure, "twilio_http_307"),
        (Answer(201, "not JSON"), MayHaveLeft, "broken_answer"),
        (Answer(201, json.dumps(["SM1"])), MayHaveLeft, "broken_answer"),
        (Answer(201, '{"sid": ""}'), MayHaveLeft, "broken_answer"),
        (Answer(0, silent=True), MayHaveLeft, "disconnected"),
    ],
)
def test_each_answer_of_twilio_has_a_kind_and_a_cause(sms_provider, answer, kind, cause):
    sms_provider.answer(answer)
    with pytest.raises(TemporaryFailure if kind is MayHaveLeft else kind) as refused:
        twilio_at(sms_provider.url).send(outgoing())
    assert (type(refused.value), refused.value.cause) == (kind, cause)
    assert PHONE not in str(refused.value)


def test_a_wrong_token_is_our_own_fault_and_may_be_mended(sms_provider):
    with pytest.raises(TemporaryFailure) as refused:
        twilio_at(sms_provider.url, token="wrong").send(outgoing())
    assert refused.value.cause == "twilio_20003"


def test_nobody_listens_and_nothing_left():
    with pytest.raises(TemporaryFailure) as refused:
        twilio_at(f"http://127.0.0.1:{free_port()}").send(outgoing())
    assert (type(refused.value), refused.value.cause) == (TemporaryFailure, "connection_refused")


def test_a_provider_that_falls_silent_may_have_taken_it():
    silent = RudeRelay(pause=None)
    try:
        with pytest.raises(MayHaveLeft) as refused:
            twilio_at(f"http://127.0.0.1:{silent.port}", answer_within_s=0.2).send(outgoing())
    finally:
        silent.close()
    assert refused.value.cause == "timeout"


def test_secrets_do_not_show():
    gateways = (twilio_at("http://127.0.0.1:9"), kannel_at({"SMS_KANNEL_URL": "http://127.0.0.1:9/"}))
    for printed in map(repr, (*gateways, outgoing())):
        assert not any(secret in printed for secret in (TOKEN, PASSWORD, PHONE, "123456", "api/sms"))
