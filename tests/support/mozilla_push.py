"""A push service as Mozilla runs one: RFC 8030 over HTTPS for whoever sends, a websocket for Firefox.

What arrives for a subscription waits until its browser has acknowledged it, also over a restart of the browser. The
protocol with Firefox: https://mozilla-push-service.readthedocs.io/en/latest/design/#simplepush-protocol
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import re
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from tests.support.certificates import Authority
from tests.support.push_service import Answer, PushService, Say

_VAPID_KEY = re.compile(r"vapid t=[^,]+, k=([A-Za-z0-9_-]+)")
ACKNOWLEDGED = 100


@dataclass
class Channel:
    """One subscription: whose it is, the key of ours it hears, and what its browser has not acknowledged yet."""

    browser: str
    id: str
    vapid_key: str
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)


class MozillaPushService(PushService):
    """The service; `url` is what Firefox takes as `dom.push.serverURL`.

    `acknowledged` has the code with which a browser answered each message: 100 when its service worker has had it.
    """

    def __init__(self, authority: Authority, name: str = "localhost") -> None:
        self.channels: dict[str, Channel] = {}
        self.acknowledged: list[int] = []
        self._browsers: dict[str, web.WebSocketResponse] = {}
        self._versions = itertools.count(1)
        super().__init__(authority, name)
        self.url = f"ws://localhost:{self._websocket_port}/ws"

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which our processes send to it, without the keys."""
        return {"PUSH_HOSTS": f"{self.name}:{self.port}", "PUSH_HOSTS_INSIDE": "1"}

    def forget(self, path: str) -> None:
        """Drop a subscription without telling its browser: whoever sends to it hears 410 from now on."""
        del self.channels[path]

    async def _listen(self) -> tuple[asyncio.Server, asyncio.Event]:
        app = web.Application()
        app.router.add_get("/ws", self._talk)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._websocket_port: int = self._runner.addresses[0][1]
        return await super()._listen()

    async def _end(self) -> None:
        for websocket in list(self._browsers.values()):
            await websocket.close()
        await self._runner.cleanup()
        await super()._end()

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse(protocols=("push-notification",))
        await websocket.prepare(request)
        browser = ""
        async for frame in websocket:
            assert frame.type is WSMsgType.TEXT
            message = json.loads(frame.data)
            match message.get("messageType"):
                case "hello":
                    browser = await self._welcome(websocket, message)
                case "register":
                    await self._register(websocket, browser, message)
                case "unregister":
                    self._unregister(browser, message["channelID"])
                    await websocket.send_json({**message, "status": 200})
                case "ack":
                    self._acknowledge(browser, message["updates"])
                case "nack":
                    self.acknowledged.append(message["code"])
                case None | "ping":
                    await websocket.send_str("{}")
        if self._browsers.get(browser) is websocket:
            del self._browsers[browser]
        return websocket

    async def _welcome(self, websocket: web.WebSocketResponse, message: dict[str, Any]) -> str:
        known = {one.browser for one in self.channels.values()}
        asked = message.get("uaid")
        # A browser that is not known any more gets a new name, and throws its subscriptions away.
        browser: str = asked if asked in known else uuid.uuid4().hex
        self._browsers[browser] = websocket
        await websocket.send_json(
            {"messageType": "hello", "status": 200, "uaid": browser, "use_webpush": True, "broadcasts": {}}
        )
        for channel in self.channels.values():
            if channel.browser == browser:
                for waiting in list(channel.waiting.values()):
                    await websocket.send_json(waiting)
        return browser

    async def _register(self, websocket: web.WebSocketResponse, browser: str, message: dict[str, Any]) -> None:
        path = f"/wpush/v2/{secrets.token_urlsafe(24)}"
        self.channels[path] = Channel(browser, message["channelID"], message["key"].rstrip("="))
        answer = {"messageType": "register", "channelID": message["channelID"], "status": 200}
        await websocket.send_json({**answer, "pushEndpoint": self.origin + path})

    def _unregister(self, browser: str, channel_id: str) -> None:
        for path, channel in list(self.channels.items()):
            if (channel.browser, channel.id) == (browser, channel_id):
                del self.channels[path]

    def _acknowledge(self, browser: str, updates: list[dict[str, Any]]) -> None:
        for update in updates:
            self.acknowledged.append(update["code"])
            for channel in self.channels.values():
                if (channel.browser, channel.id) == (browser, update["channelID"]):
                    channel.waiting.pop(update["version"], None)

    def _next(self, path: str) -> Answer:
        answer = super()._next(path)
        if not isinstance(answer, Say) or answer.status != 201:
            return answer
        channel = self.channels.get(path)
        if channel is None:
            return Say(410)
        received = next(one for one in reversed(self.received) if one.path == path)
        signed_with = _VAPID_KEY.fullmatch(received.headers["authorization"])
        # A subscription hears from the key that it was made with and from no other (RFC 8292, section 4.2).
        if signed_with is None or signed_with[1] != channel.vapid_key:
            return Say(403)
        version = str(next(self._versions))
        channel.waiting[version] = {
            "messageType": "notification",
            "channelID": channel.id,
            "version": version,
            "data": base64.urlsafe_b64encode(received.body).rstrip(b"=").decode(),
            "headers": {"encoding": received.headers["content-encoding"]},
        }
        websocket = self._browsers.get(channel.browser)
        if websocket is not None:
            self._hand_over(websocket, channel.waiting[version])
        return answer

    def _hand_over(self, websocket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        async def send() -> None:
            # It may have gone meanwhile; then the message waits.
            with contextlib.suppress(ConnectionError):
                await websocket.send_json(message)

        task = self._loop.create_task(send())
        self._connected.add(task)
        task.add_done_callback(self._connected.discard)


@pytest.fixture
def mozilla_push(authority: Authority) -> Iterator[MozillaPushService]:
    """Mozilla's push service, on this machine."""
    service = MozillaPushService(authority)
    yield service
    service.close()
