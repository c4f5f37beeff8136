from __future__ import annotations

import pytest

from models.rules.text_messages import TextState
from push.sms.gateway import Report
from push.sms.twilio import is_signed, read_status

# The vector of Twilio's own client libraries.
TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_the_published_vector_is_signed():
    assert is_signed(TOKEN, URL, FORM, SIGNATURE)


@pytest.mark.parametrize(
    ("token", "url", "form", "signature"),
    [
        ("12346", URL, FORM, SIGNATURE),
        (TOKEN, URL.replace("foo=1", "foo=2"), FORM, SIGNATURE),
        (TOKEN, URL.replace("https", "http"), FORM, SIGNATURE),
        (TOKEN, URL, {**FORM, "Digits": "1235"}, SIGNATURE),
        (TOKEN, URL, {**FORM, "More": ""}, SIGNATURE),
        (TOKEN, URL, FORM, ""),
        (TOKEN, URL, FORM, "é" * 28),
    ],
)
def test_whatever_was_changed_is_refused(token, url, form, signature):
    assert not is_signed(token, url, form, signature)


@pytest.mark.parametrize(
    ("form", "report"),
    [
        ({"MessageStatus": "queued"}, Report("SM1", TextState.SENT)),
        ({"MessageStatus": "sent"}, Report("SM1", TextState.SENT)),
        ({"MessageStatus": "delivered"}, Report("SM1", TextState.DELIVERED)),
        ({"MessageStatus": "undelivered", "ErrorCode": "30003"}, Report("SM1", TextState.FAILED, "unreachable")),
        ({"MessageStatus": "failed", "ErrorCode": "30008"}, Report("SM1", TextState.FAILED, "twilio_30008")),
        ({"MessageStatus": "failed", "ErrorCode": "son numéro"}, Report("SM1", TextState.FAILED, "undeliverable")),
        ({"MessageStatus": "failed"}, Report("SM1", TextState.FAILED, "undeliverable")),
        ({"MessageStatus": "thought about"}, None),
        ({"MessageStatus": "delivered", "MessageSid": ""}, None),
        ({}, None),
    ],
)
def test_each_state_has_one_of_ours(form, report):
    assert read_status({"MessageSid": "SM1", **form}) == report
