"""The terminal's service worker in a real Chromium, driven over the debugging protocol."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import BrowserContext

from tests.support.processes import wait_until

SHOWN = """() => navigator.serviceWorker.getRegistration('/terminal/')
  .then((registration) => registration.getNotifications())
  .then((all) => all.map(({ title, body, tag, data, actions }) => ({ title, body, tag, data, actions })))"""
# The click of a person, which no protocol of the browser offers: the worker's own listener runs.
TAP = """async ([tag, action]) => {
  const [notification] = await self.registration.getNotifications({ tag });
  const event = new NotificationEvent('notificationclick', { notification, action });
  const work = [];
  Object.defineProperty(event, 'waitUntil', { value: (promise) => work.push(promise) });
  self.dispatchEvent(event);
  await Promise.all(work);
}"""


class Worker:
    """The terminal's service worker, driven over the debugging protocol from a page that is none of the terminal's."""

    def __init__(self, url: str, context: BrowserContext) -> None:
        self.origin = url
        self.context = context
        # A citizen's page: the same origin, and outside the worker's scope.
        self.page = context.new_page()
        self.page.goto(f"{url}/")
        self._cdp = context.new_cdp_session(self.page)
        self._registration = ""
        self._cdp.on("ServiceWorker.workerRegistrationUpdated", self._registered)
        self._cdp.send("ServiceWorker.enable")
        wait_until(self._known, "the worker's registration is known")

    def _registered(self, event: Any) -> None:
        for one in event["registrations"]:
            if one["scopeURL"].endswith("/terminal/") and not one["isDeleted"]:
                self._registration = one["registrationId"]

    def _known(self) -> str:
        self.page.evaluate("0")
        return self._registration

    def sync(self) -> None:
        """What the system does when a network is back."""
        self._cdp.send(
            "ServiceWorker.dispatchSyncEvent",
            {
                "origin": self.origin,
                "registrationId": self._registration,
                "tag": "outbox",
                "lastChance": False,
            },
        )

    def push(self, payload: str) -> None:
        """What a push service hands over; the tool loses some."""
        self._cdp.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.origin, "registrationId": self._registration, "data": payload},
        )

    def push_until(self, payload: str, bodies: list[str]) -> None:
        """Push until `bodies` are shown, as a push service repeats what was not received."""
        until_it_works(
            lambda: self.push(payload), lambda: sorted(one["body"] for one in self.shown()) == bodies, "it is shown"
        )

    def shown(self) -> list[dict[str, Any]]:
        """The notifications there are."""
        return self.page.evaluate(SHOWN)

    def tap(self, tag: str, action: str) -> None:
        """A person's tap on a notification, or on one of its buttons."""
        wait_until(self._running, "the worker runs")
        self.context.service_workers[-1].evaluate(TAP, [tag, action])

    def _running(self) -> bool:
        self.page.evaluate("0")
        return bool(self.context.service_workers)


def until_it_works(act: Callable[[], object], condition: Callable[[], object], what: str) -> None:
    """Do `act` until `condition` holds, a few times."""
    for _ in range(3):
        act()
        with suppress(TimeoutError):
            return wait_until(condition, what, seconds=15)
    act()
    return wait_until(condition, what)
