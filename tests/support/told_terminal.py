"""A terminal in Chromium that is told over web push: everything is real but the browser's own push service.

Chromium only subscribes at its vendor's. Here its `PushManager` hands out subscriptions to a push service of the tests'
own, and the test takes what arrives there to the browser's service worker, which the browser then runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from models.database import Database
from models.tables import PushSubscription
from push.vapid import VapidKey
from tests.support.brigade import Brigade
from tests.support.certificates import Authority
from tests.support.mail import MailRelay
from tests.support.processes import Deployment
from tests.support.push_service import Browser, PushService, StartPushService
from tests.support.service_worker import Worker, until_it_works

# What a browser does: one subscription at a time, kept across its lives; another key needs another subscription.
PUSH_MANAGER = """([origin, keys]) => {
  const NAME = 'subscription of the tests';
  const bytes = (key) => Uint8Array.from(atob(key), (one) => one.charCodeAt(0));
  const read = () => {
    const kept = JSON.parse(localStorage.getItem(NAME));
    return kept && {
      endpoint: kept.endpoint,
      options: { applicationServerKey: bytes(kept.key).buffer },
      toJSON: () => ({ endpoint: kept.endpoint, expirationTime: null, keys }),
      unsubscribe: async () => { localStorage.removeItem(NAME); return true; },
    };
  };
  PushManager.prototype.getSubscription = async () => read();
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    if (localStorage.getItem('push service away')) throw new DOMException('away', 'AbortError');
    const key = btoa(String.fromCharCode(...applicationServerKey));
    const kept = JSON.parse(localStorage.getItem(NAME));
    if (kept && kept.key !== key) throw new DOMException('another key', 'InvalidStateError');
    const endpoint = kept?.endpoint ?? `${origin}/${crypto.randomUUID()}`;
    localStorage.setItem(NAME, JSON.stringify({ endpoint, key }));
    return read();
  };
}"""


class TellingBrigade(Brigade):
    """The brigade, its worker process, and the push service at which its browsers subscribe."""

    def __init__(
        self,
        deployment: Deployment,
        database: Database,
        browser: Chromium,
        service: PushService,
        authority: Authority,
        relay: MailRelay,
    ) -> None:
        self.service = service
        self.key = VapidKey.make()
        self._reader = Browser()
        deployment.environment |= {
            **relay.environment,
            "PUSH_HOSTS": f"{service.name}:{service.port}",
            "PUSH_HOSTS_INSIDE": "1",
            "PUSH_CA_FILE": str(authority.ca_file),
            "VAPID_KEYS": self.key.write(),
            "VAPID_SUBJECT": "mailto:brigade@example.gouv.fr",
        }
        super().__init__(deployment, database, browser)
        self.worker = deployment.worker()

    def told_context(self, *, allowed: bool = True, **options: Any) -> BrowserContext:
        """A browser that subscribes at `service`; `allowed`: a person has said yes to notifications."""
        context = self.browser_context(**options)
        keys = self._reader.subscribe("", "")
        given = [self.service.origin, {"p256dh": keys.p256dh, "auth": keys.auth}]
        context.add_init_script(f"({PUSH_MANAGER})({json.dumps(given)})")
        # What is not granted is refused from then on.
        context.grant_permissions(["notifications"] if allowed else [], origin=self.url)
        return context

    def read(self, body: bytes) -> str:
        """What the browser decrypts."""
        return self._reader.read(body).decode()

    def hand_over(self, worker: Worker, tag: str) -> dict[str, Any]:
        """Take the last message to the browser until its worker shows it; gives the message."""
        payload = self.read(self.service.received[-1].body)
        until_it_works(
            lambda: worker.push(payload), lambda: tag in {one["tag"] for one in worker.shown()}, f"{tag} is shown"
        )
        message: dict[str, Any] = json.loads(payload)
        return message

    def subscriptions(self) -> list[PushSubscription]:
        """How browsers are reached, as the server has it."""
        with self.database.transaction() as session:
            return list(session.scalars(select(PushSubscription)))


def no_push_service(page: Page, *, away: bool) -> None:
    """Whether the browser reaches its push service."""
    page.evaluate(f"localStorage.{'setItem' if away else 'removeItem'}('push service away', '1')")


@pytest.fixture
def telling(
    deployment: Deployment,
    database: Database,
    browser: Chromium,
    start_push_service: StartPushService,
    authority: Authority,
    relay: MailRelay,
) -> Iterator[TellingBrigade]:
    """A brigade whose terminals are told over web push."""
    telling = TellingBrigade(deployment, database, browser, start_push_service("localhost"), authority, relay)
    yield telling
    telling.close()
    assert telling.complaints == []
