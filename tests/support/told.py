"""A citizen's Chromium that can be told: everything is real but the push service, which is its maker's."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.support.processes import wait_until
from tests.support.push_service import Browser

# Chromium subscribes at its maker's service only, which tests do not call. What it would be given lies in the local
# storage here, each time with another address; the worker asks the browser itself, and hears that there is nothing.
SUBSCRIBE = """(() => {
  const GIVEN = %s, PLACE = 'tests-push-service';
  const made = ({ endpoint, key }) => ({
    endpoint,
    options: { applicationServerKey: Uint8Array.from(key).buffer },
    toJSON: () => ({ endpoint, expirationTime: null, keys: GIVEN.keys }),
    unsubscribe: async () => { localStorage.removeItem(PLACE); return true; },
  });
  PushManager.prototype.getSubscription = async () => {
    const held = localStorage.getItem(PLACE);
    return held && made(JSON.parse(held));
  };
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    if (Notification.permission !== 'granted') throw new DOMException('no', 'NotAllowedError');
    const times = Number(localStorage.getItem(`${PLACE}-times`) ?? 0) + 1;
    localStorage.setItem(`${PLACE}-times`, times);
    const held = { endpoint: `${GIVEN.endpoint}-${times}`, key: [...new Uint8Array(applicationServerKey)] };
    localStorage.setItem(PLACE, JSON.stringify(held));
    return made(held);
  };
})()"""
SHOWN = """() => navigator.serviceWorker.getRegistration('/suivi/')
  .then((registration) => registration.getNotifications())
  .then((all) => all.map(({ title, body, tag, lang, data, actions }) => ({ title, body, tag, lang, data, actions })))"""
# The click of a person, which no protocol of the browser offers: the worker's own listener runs. Only such a click may
# open a window or bring one to the front, hence what it would open is told instead.
TAP = """async ([tag, action]) => {
  const opened = [];
  self.clients.openWindow = async (url) => void opened.push(url);
  const [notification] = await self.registration.getNotifications({ tag });
  const event = new NotificationEvent('notificationclick', { notification, action });
  const work = [];
  Object.defineProperty(event, 'waitUntil', { value: (promise) => work.push(promise) });
  self.dispatchEvent(event);
  await Promise.all(work);
  return opened;
}"""


def can_be_told(context: BrowserContext, endpoint: str = "https://fcm.googleapis.com/fcm/send/abc") -> None:
    """Give the browser a push service, from its next page on."""
    given = Browser().subscribe(endpoint, "")
    keys = {"p256dh": given.p256dh, "auth": given.auth}
    context.add_init_script(SUBSCRIBE % json.dumps({"endpoint": endpoint, "keys": keys}))


class FollowWorker:
    """The worker of the follow pages, driven over the debugging protocol from a page that is none of its own."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self._context = context
        self._origin = url
        self.page: Page = context.new_page()
        self.page.goto(f"{url}/")
        self._cdp = context.new_cdp_session(self.page)
        self._registration = ""
        self._cdp.on("ServiceWorker.workerRegistrationUpdated", self._registered)
        self._cdp.send("ServiceWorker.enable")
        wait_until(lambda: bool(self._known()), "the worker's registration is known")

    def _registered(self, event: dict[str, Any]) -> None:
        for one in event["registrations"]:
            if one["scopeURL"].endswith("/suivi/") and not one["isDeleted"]:
                self._registration = one["registrationId"]

    def _known(self) -> str:
        self.page.evaluate("0")
        return self._registration

    def push(self, payload: str) -> list[dict[str, Any]]:
        """Let it receive a message, again while nothing comes of it, as a push service does: the tool loses some.

        Returns:
            The notifications that it shows then.
        """
        message = {"origin": self._origin, "registrationId": self._registration, "data": payload}
        for _ in range(3):
            self._cdp.send("ServiceWorker.deliverPushMessage", message)
            with suppress(TimeoutError):
                wait_until(lambda: bool(self.shown()), "it is shown", seconds=15)
                break
        return self.shown()

    def shown(self) -> list[dict[str, Any]]:
        """The notifications that it shows."""
        found: list[dict[str, Any]] = self.page.evaluate(SHOWN)
        return found

    def tap(self, tag: str, action: str = "") -> list[str]:
        """Tap on a notification, or on its button `action`; the addresses that this opens."""
        wait_until(self._running, "the worker runs")
        opened: list[str] = self._context.service_workers[-1].evaluate(TAP, [tag, action])
        return opened

    def _running(self) -> bool:
        self.page.evaluate("0")
        return bool(self._context.service_workers)
