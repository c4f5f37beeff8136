from __future__ import annotations

import base64
import json
import re
from dataclasses import replace

import pytest

from push.endpoint_guard import BROWSERS_OWN, EndpointRefused
from push.vapid import VapidKey
from push.web_push_values import (
    LONGEST_PAYLOAD,
    PayloadTooLong,
    PushNotice,
    PushSubscription,
    SubscriptionRefused,
    check_subscription,
    topic,
)

# The browser of RFC 8291, appendix A.
GOOD = PushSubscription(
    endpoint="https://fcm.googleapis.com/fcm/send/x",
    p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth="BTBZMqHH6r4Tts7J_aSIgg",
    vapid_key=VapidKey.make().public,
)
NOTICE = PushNotice(title="Une demande attend", body="Ouvrez.", navigate="/terminal/#/demandes/7", tag="request-7")


def test_a_subscription_of_a_browser_is_accepted():
    assert check_subscription(GOOD, BROWSERS_OWN).address.host == "fcm.googleapis.com"
    padded = replace(GOOD, p256dh=GOOD.p256dh + "=", auth=GOOD.auth + "==")
    assert check_subscription(padded, BROWSERS_OWN)


@pytest.mark.parametrize("field", ["p256dh", "vapid_key"])
@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        GOOD.p256dh[:-1],
        GOOD.p256dh + "AAAA",
        # A point at no curve, one in another form, and one that is none.
        base64.urlsafe_b64encode(b"\4" + bytes(64)).decode(),
        base64.urlsafe_b64encode(b"\2" + bytes(64)).decode(),
        base64.urlsafe_b64encode(bytes(65)).decode(),
        "é" * 87,
        GOOD.p256dh.replace("_", "/").replace("-", "+"),
        GOOD.p256dh + "\n",
    ],
)
def test_what_is_no_point_on_the_curve_is_refused(field, key):
    with pytest.raises(SubscriptionRefused):
        check_subscription(replace(GOOD, **{field: key}), BROWSERS_OWN)


@pytest.mark.parametrize("auth", ["", "A" * 21, "A" * 23, "A" * 5, "!" * 22, "BTBZMqHH6r4Tts7J_aSIgg==\n"])
def test_a_secret_of_another_length_is_refused(auth):
    with pytest.raises(SubscriptionRefused):
        check_subscription(replace(GOOD, auth=auth), BROWSERS_OWN)


def test_an_address_inside_is_refused_when_it_is_saved():
    with pytest.raises(EndpointRefused):
        check_subscription(replace(GOOD, endpoint="https://169.254.169.254/x.google.com/"), BROWSERS_OWN)


def test_a_subscription_shows_in_no_log():
    assert "googleapis" not in repr(GOOD)
    assert GOOD.auth not in repr(GOOD)
    assert GOOD.p256dh not in repr(GOOD)


def test_a_notice_with_buttons_has_the_shape_that_the_worker_reads():
    notice = replace(
        NOTICE, lang="en", require_interaction=True, actions=[("accept", "Accept")], data={"request_id": "7"}
    )
    assert json.loads(notice.payload()) == {
        "web_push": 8030,
        "notification": {
            "title": "Une demande attend",
            "body": "Ouvrez.",
            "navigate": "/terminal/#/demandes/7",
            "tag": "request-7",
            "lang": "en",
            "silent": False,
            "requireInteraction": True,
            "actions": [{"action": "accept", "title": "Accept"}],
            "data": {"request_id": "7"},
        },
    }


def test_a_notice_is_silent_or_rings_again_and_says_how_to_acknowledge_it():
    silent = json.loads(replace(NOTICE, silent=True, receipt="test.1.x").payload())["notification"]
    assert (silent["silent"], silent["data"]) == (True, {"receipt": "test.1.x"})
    again = replace(NOTICE, renotify=True, data={"request_id": "7"}, receipt="call.1.x")
    shown = json.loads(again.payload())["notification"]
    assert (shown["renotify"], shown["data"]) == (True, {"request_id": "7", "receipt": "call.1.x"})
    assert "call.1.x" not in repr(again)


def test_a_notice_is_as_long_as_it_may_be_and_no_longer():
    room = LONGEST_PAYLOAD - len(replace(NOTICE, body="").payload())
    assert len(replace(NOTICE, body="x" * room).payload()) == LONGEST_PAYLOAD
    with pytest.raises(PayloadTooLong):
        replace(NOTICE, body="x" * (room + 1)).payload()
    with pytest.raises(PayloadTooLong):
        # Octets count, not letters.
        replace(NOTICE, body="é" * (room // 2 + 1)).payload()


def test_a_topic_is_the_same_for_one_tag_and_tells_nothing_of_it():
    one = topic(GOOD, "request-7")
    # RFC 8030, section 5.4.
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", one)
    assert topic(GOOD, "request-7") == one
    assert topic(GOOD, "request-8") != one
    # Two subscribers who hear of the same request cannot be told to do so.
    assert topic(replace(GOOD, auth="A" * 22), "request-7") != one
