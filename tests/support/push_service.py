"""A push service (RFC 8030) over TLS on this machine that answers as it is told, and the browsers that listen to it.

What arrives is decrypted with the browser's own key by a reading of RFC 8291 that shares nothing with the sender's.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import socket
import ssl
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from push.web_push_values import PushSubscription
from tests.support.certificates import Authority
from tests.support.processes import wait_until

HANG, RESET, DRIP, RUBBISH = "hang", "reset", "drip", "rubbish"


@dataclass(frozen=True)
class Say:
    """An HTTP answer; with `endless`, its body goes on for ever, one octet after the other."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    endless: bool = False


Answer = Say | str


@dataclass(frozen=True)
class Received:
    """What arrived, and when by the clock of all processes; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)


class PushService:
    """The service, in a thread of its own; it answers 201 until it is told otherwise.

    Args:
        name: the host name that its certificate is for.
    """

    def __init__(self, authority: Authority, name: str) -> None:
        self.name = name
        self.received: list[Received] = []
        self.connections = 0
        self.open_requests = 0
        self.most_open_requests = 0
        self.usual: Answer = Say(201)
        self._scripts: defaultdict[str | None, deque[Answer]] = defaultdict(deque)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(authority.certify(name))
        self._connected: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server, self._released = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.origin = f"https://{name}:{self.port}"

    def answer(self, *answers: Answer, path: str | None = None) -> None:
        """Give `answers` to the next requests, or to the next for `path`, then answer as usual again."""
        self._scripts[path].extend(answers)

    def release(self) -> None:
        """Let what hangs go on: it is answered with 201, and nothing hangs from now on."""
        self._loop.call_soon_threadsafe(self._released.set)

    def wait_for(self, count: int) -> list[Received]:
        """Wait until `count` requests have arrived."""
        wait_until(lambda: len(self.received) >= count, f"{count} pushes, {len(self.received)} are there")
        return self.received

    @property
    def paths(self) -> Counter[str]:
        """How often each subscription was sent to."""
        return Counter(one.path for one in list(self.received))

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> tuple[asyncio.Server, asyncio.Event]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls, backlog=1000)
        return server, asyncio.Event()

    async def _end(self) -> None:
        self._server.close()
        for task in self._connected:
            task.cancel()
        await asyncio.gather(*self._connected, return_exceptions=True)
        # Somebody who has hung up in the middle of the handshake was never served, and nobody else would close that.
        for transport in list(getattr(self._loop, "_transports", {}).values()):
            transport.abort()
        # A transport lets go of its socket one turn of the loop after it is aborted.
        for _ in range(3):
            await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connected.add(task)
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            # The client has hung up.
            pass
        except asyncio.CancelledError:
            # Only `close` does this; the library complains about a connection that ends cancelled.
            pass
        finally:
            self._connected.discard(task)
            writer.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; True when the connection lives on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request_line, *lines = head.rstrip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        path = request_line.split(" ")[1]
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.received.append(Received(path, headers, body))
        self.open_requests += 1
        self.most_open_requests = max(self.most_open_requests, self.open_requests)
        try:
            return await self._say(self._next(path), writer)
        finally:
            self.open_requests -= 1

    def _next(self, path: str) -> Answer:
        for script in (self._scripts.get(path), self._scripts.get(None)):
            if script:
                return script.popleft()
        return self.usual

    async def _say(self, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        if answer == HANG:
            await self._released.wait()
            answer = Say(201)
        if answer == RESET:
            # Data that was never read, or this option, makes TCP say RST instead of a goodbye.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return False
        if answer == RUBBISH:
            writer.write(b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n")
            await writer.drain()
            return False
        if answer == DRIP:
            await self._drip(writer, b"HTTP/1.1 201 Created\r\nX-Slow: ")
        assert isinstance(answer, Say)
        length = 10**6 if answer.endless else len(answer.body)
        fields = {"Content-Length": str(length), **answer.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(f"HTTP/1.1 {answer.status} As told\r\n{head}\r\n".encode() + answer.body)
        if answer.endless:
            await self._drip(writer, b"")
        await writer.drain()
        return answer.headers.get("Connection") != "close"

    async def _drip(self, writer: asyncio.StreamWriter, beginning: bytes) -> None:
        writer.write(beginning)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)


class Browser:
    """A subscriber, with the keys that never leave it."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._public = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._auth = os.urandom(16)

    def subscribe(self, endpoint: str, vapid_key: str) -> PushSubscription:
        """What `PushManager.subscribe()` gives to the page."""
        return PushSubscription(endpoint, _base64url(self._public), _base64url(self._auth), vapid_key)

    def read(self, body: bytes) -> bytes:
        """Decrypt what arrived (RFC 8188 with one record, keyed as in RFC 8291, section 3)."""
        salt, record_size, id_length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        server_point, sealed = body[21 : 21 + id_length], body[21 + id_length :]
        assert len(sealed) <= record_size
        server = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), server_point)
        shared = self._private.exchange(ec.ECDH(), server)
        keyed = _hkdf(self._auth, shared, b"WebPush: info\0" + self._public + server_point, 32)
        key = _hkdf(salt, keyed, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, keyed, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        # The last record ends with a 2 and as many zeros as the sender likes.
        text, delimiter, padding = plain.rpartition(b"\x02")
        assert delimiter
        assert not padding.strip(b"\0")
        return text


def loopback(host: str, port: int, **_: Any) -> list[tuple[Any, Any, Any, Any, tuple[str, int]]]:
    """A DNS in which every name stands for this machine."""
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]


StartPushService = Callable[[str], PushService]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that vouches for the push services of this run."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def start_push_service(authority: Authority) -> Iterator[StartPushService]:
    """Start push services: `start_push_service("push-a.test")`."""
    with contextlib.ExitStack() as stack:

        def start(name: str) -> PushService:
            service = PushService(authority, name)
            stack.callback(service.close)
            return service

        yield start


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
