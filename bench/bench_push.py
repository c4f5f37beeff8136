"""How many notices one worker pushes in a second, over TLS on this machine; beside it, pywebpush as it comes."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import requests
from pywebpush import webpush

from bench.push_service import NAME, PushServiceProcess, push_service
from bench.report import Row
from push.endpoint_guard import parse_allowed_hosts
from push.vapid import Vapid, VapidKey
from push.web_push import WebPushSender
from push.web_push_values import Outcome, PushMessage, PushNotice, PushSubscription
from tests.support.push_service import Browser

MESSAGES = int(os.environ.get("BENCH_PUSHES", "10000"))
PEERS_MESSAGES = 300
BROWSERS = 100
BAR_PER_SECOND = 800
BAR_RATIO = 5
SUBJECT = "mailto:brigade@example.gouv.fr"
NOTICE = PushNotice(
    title="Une demande attend", body="Ouvrez le terminal.", navigate="/terminal/#/demandes/7", tag="request-7"
)


def run() -> list[Row]:
    """Send to as many subscriptions as there are messages, at one service in another process."""
    key = VapidKey.make()
    with tempfile.TemporaryDirectory() as folder, push_service(Path(folder)) as service:
        plain = _plain(service, key)
        with requests.Session() as session:
            with_session = _plain(service, key, session)
        rate, wrong = _ours(service, key)
    return [
        Row(
            f"{MESSAGES} messages, one worker",
            rate,
            "messages/s",
            f"≥ {BAR_PER_SECOND}",
            "webpush() with one session",
            with_session,
            rate >= BAR_PER_SECOND,
        ),
        Row("the same, in times of plain webpush()", rate / plain, "×", f"≥ {BAR_RATIO}", ok=rate / plain >= BAR_RATIO),
        Row("plain webpush(), one message after the other", plain, "messages/s"),
        Row("messages lost, or sent twice", wrong, "messages", "= 0", ok=wrong == 0),
    ]


def _ours(service: PushServiceProcess, key: VapidKey) -> tuple[float, int]:
    """The rate, and how many messages did not arrive exactly once with exactly one result."""
    messages = [
        PushMessage(id=number, subscription=one, notice=NOTICE, expires_at=datetime.now(UTC) + timedelta(hours=1))
        for number, one in enumerate(_subscriptions(service, key, MESSAGES))
    ]
    allowed = parse_allowed_hosts(f"{NAME}:{service.port}", inside=True)
    with WebPushSender(Vapid([key], SUBJECT), allowed, str(service.ca_file)) as sender:
        started = time.perf_counter()
        results = list(sender.send(messages))
        rate = MESSAGES / (time.perf_counter() - started)
    arrived = service.arrived()
    delivered = Counter(one.message.id for one in results if one.outcome is Outcome.DELIVERED)
    lost = MESSAGES - min(len(delivered), arrived.messages)
    twice = max(arrived.messages, delivered.total()) - MESSAGES if arrived.most_for_one == 1 else MESSAGES
    return rate, lost + max(0, twice)


def _plain(service: PushServiceProcess, key: VapidKey, session: requests.Session | None = None) -> float:
    """The rate of pywebpush's own sending, called as its documentation does."""
    payload = NOTICE.payload().decode()
    subscriptions = _subscriptions(service, key, PEERS_MESSAGES)
    # It is told in this way only whom to trust.
    with mock.patch.dict(os.environ, {"REQUESTS_CA_BUNDLE": str(service.ca_file)}):
        started = time.perf_counter()
        for one in subscriptions:
            webpush(
                {"endpoint": one.endpoint, "keys": {"p256dh": one.p256dh, "auth": one.auth}},
                payload,
                vapid_private_key=key.write(),
                vapid_claims={"sub": SUBJECT},
                ttl=3600,
                requests_session=session,
            )
        rate = PEERS_MESSAGES / (time.perf_counter() - started)
    if service.arrived().messages != PEERS_MESSAGES:
        raise RuntimeError("the peer's messages have not arrived")
    return rate


def _subscriptions(service: PushServiceProcess, key: VapidKey, count: int) -> list[PushSubscription]:
    browsers = [Browser() for _ in range(BROWSERS)]
    return [
        browsers[number % BROWSERS].subscribe(f"{service.origin}/wpush/v2/{number}", key.public)
        for number in range(count)
    ]
