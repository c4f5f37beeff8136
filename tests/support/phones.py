"""Terminals that listen to a push service of the tests' own, for the tests of the jobs that send."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from sqlalchemy import select

from models.database import Database
from models.tables import Agent, PushSubscription
from push.vapid import VapidKey
from push.web_push import Limits
from server.services.keep_push_subscription import CitizenOwner, KeepPushSubscription, keep_push_subscription
from tests.support.push_service import Browser, PushService, Received
from tests.support.push_subscribers import seed_subscriber

KEY, OLD_KEY, FORGOTTEN_KEY = VapidKey.make(), VapidKey.make(), VapidKey.make()
# A machine that is busy makes everybody wait, and the tests' clock makes an hour pass within a second.
LIMITS = Limits(connect_s=60, read_s=60, total_s=60, same_tag_s=0)


@dataclass
class Phones:
    """The terminals of agents, by the path of their endpoint."""

    database: Database
    clock: Callable[[], datetime]
    service: PushService
    browsers: dict[str, Browser] = field(default_factory=dict)

    def give(
        self,
        agent: Agent,
        *,
        quiet: tuple[time, time] | None = None,
        key: VapidKey = KEY,
        service: PushService | None = None,
    ) -> str:
        """Give an agent one more terminal that is reached; returns its path."""
        path = f"/wpush/{len(self.browsers)}"
        browser = self.browsers[path] = Browser()
        given = browser.subscribe((service or self.service).origin + path, key.public)
        with self.database.transaction() as session:
            seed_subscriber(session, agent, given, quiet=quiet, now=self.clock())
        return path

    def follow(self, owner: CitizenOwner, *, language: str = "fr") -> str:
        """Let one more citizen's browser follow a request or a booking; returns its path."""
        path = f"/wpush/{len(self.browsers)}"
        browser = self.browsers[path] = Browser()
        given = browser.subscribe(self.service.origin + path, KEY.public)
        with self.database.transaction() as session:
            keep_push_subscription(session, KeepPushSubscription(owner, given, language), self.clock())
        return path

    def shown(self, path: str) -> list[dict[str, Any]]:
        """What a terminal has been told to show, the first first."""
        return [self.read(one) for one in self.service.received if one.path == path]

    def read(self, received: Received) -> dict[str, Any]:
        """A message as the browser reads it."""
        message = json.loads(self.browsers[received.path].read(received.body))
        assert message["web_push"] == 8030
        shown: dict[str, Any] = message["notification"]
        return shown

    def kept(self) -> set[str]:
        """The paths of the subscriptions that are still there."""
        with self.database.transaction() as session:
            return {f"/{one.split('/', 3)[3]}" for one in session.scalars(select(PushSubscription.endpoint))}
