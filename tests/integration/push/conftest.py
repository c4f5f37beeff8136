from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from push.endpoint_guard import AllowedHost, parse_allowed_hosts
from push.vapid import Vapid, VapidKey
from push.web_push import Limits, WebPushSender
from push.web_push_values import PushMessage, PushNotice, PushResult
from tests.support.certificates import Authority
from tests.support.push_service import Browser, PushService, StartPushService, loopback

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
# A machine that is busy makes everybody wait: only tests about waiting wait less.
PATIENT = Limits(connect_s=60, read_s=60, total_s=60)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class PushWorld:
    """A sender and what it needs to reach push services on this machine."""

    def __init__(self, authority: Authority, stack: contextlib.ExitStack) -> None:
        self.key = VapidKey.make()
        self.clock = Clock()
        self.browser = Browser()
        self._authority = authority
        self._stack = stack
        self._numbers = itertools.count()

    def allow(self, *services: PushService, inside: bool = True) -> tuple[AllowedHost, ...]:
        """Name these services as an operator does."""
        return parse_allowed_hosts(",".join(f"{one.name}:{one.port}" for one in services), inside=inside)

    def sender(self, *services: PushService, **options: Any) -> WebPushSender:
        """Open a sender that may send to `services`; it is closed after the test."""
        return self._stack.enter_context(self.new_sender(*services, **options))

    def new_sender(self, *services: PushService, **options: Any) -> WebPushSender:
        """Make a sender and leave it to the test to open and close it."""
        keys = options.pop("keys", [self.key])
        options = {
            "allowed_hosts": self.allow(*services),
            "ca_file": str(self._authority.ca_file),
            "limits": PATIENT,
            "clock": self.clock,
            "lookup": loopback,
            **options,
        }
        return WebPushSender(Vapid(keys, "mailto:brigade@example.gouv.fr"), **options)

    def message(self, service: PushService, path: str | None = None, **changes: Any) -> PushMessage:
        """A message for a subscription at `service`, one of its own unless `path` names it."""
        return self.message_to(service.origin + (path or f"/wpush/{next(self._numbers)}"), **changes)

    def message_to(self, endpoint: str, **changes: Any) -> PushMessage:
        """A message for the subscription `endpoint`; `tag`, `body`, `vapid_key` and any field may be given."""
        notice = PushNotice(
            title="Une demande attend",
            body=changes.pop("body", "Ouvrez le terminal."),
            navigate="/terminal/#/demandes/7",
            tag=changes.pop("tag", "request-7"),
        )
        fields: dict[str, Any] = {
            "id": next(self._numbers),
            "subscription": self.browser.subscribe(endpoint, changes.pop("vapid_key", self.key.public)),
            "notice": notice,
            "expires_at": NOW + timedelta(hours=1),
        }
        return PushMessage(**{**fields, **changes})

    def messages(self, service: PushService, count: int, **changes: Any) -> list[PushMessage]:
        """`count` messages for as many subscriptions."""
        return [self.message(service, **changes) for _ in range(count)]

    def send_one(self, sender: WebPushSender, message: PushMessage) -> PushResult:
        """Send one message and return its result."""
        [result] = sender.send([message])
        assert result.message is message
        return result


@pytest.fixture
def world(authority: Authority) -> Iterator[PushWorld]:
    with contextlib.ExitStack() as stack:
        yield PushWorld(authority, stack)


@pytest.fixture
def service(start_push_service: StartPushService) -> PushService:
    """One push service."""
    return start_push_service("push-a.test")


@pytest.fixture
def other(start_push_service: StartPushService) -> PushService:
    """Another push service, under another name."""
    return start_push_service("push-b.test")
