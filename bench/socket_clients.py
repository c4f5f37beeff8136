"""Thousands of terminals in one process: a websocket client that is only as large as Engine.IO 4 needs it to be.

A library's client costs more than the server it measures. This one is an `asyncio.Protocol`: it shakes hands, joins
one namespace, answers pings, and writes down when each poke came in. It is told what to do line by line on standard
input and answers each line with one line of JSON; clocks are CLOCK_MONOTONIC, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
import zlib
from collections import defaultdict
from typing import Any

# Masks are there to confuse proxies; there is none between us and the server, and a mask of zeros is a valid one.
NO_MASK = b"\0\0\0\0"
HANDSHAKES_AT_ONCE = 64


class Recorder:
    """What came in: for each message, the instants at which it did."""

    def __init__(self) -> None:
        self.arrivals: dict[str, list[float]] = defaultdict(list)
        self.joined = 0
        self.lost = 0


class Terminal(asyncio.Protocol):
    """One websocket that joins `namespace` with `headers`."""

    __slots__ = ("buffer", "headers", "inflate", "join", "joined", "namespace", "recorder", "transport", "upgraded")

    def __init__(self, namespace: str, headers: str, recorder: Recorder) -> None:
        self.namespace = namespace
        self.headers = headers
        self.recorder = recorder
        self.buffer = b""
        self.inflate: Any = None
        self.upgraded = False
        self.joined: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.join = b"40" if namespace == "/" else f"40{namespace},".encode()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(
            (
                "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                f"{self.headers}\r\n"
            ).encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.buffer += data
        if not self.upgraded:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.transport.abort()
                return
            self.upgraded, self.buffer = True, rest
        while (frame := self._next_frame()) is not None:
            self._handle(frame, now)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.joined.done():
            self.joined.set_result(False)
        elif self.joined.result():
            self.recorder.lost += 1

    def send(self, text: bytes) -> None:
        self.transport.write(bytes((0x81, 0x80 | len(text))) + NO_MASK + text)

    def _next_frame(self) -> bytes | None:
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1], 2
        if length == 126:
            if len(buffer) < 4:
                return None
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        if len(buffer) < start + length:
            return None
        self.buffer = buffer[start + length :]
        payload = buffer[start : start + length]
        if buffer[0] == 0x81:
            return payload
        if buffer[0] == 0xC1:
            # The server has taken up the offer of compression (RFC 7692), which lasts for the whole connection.
            self.inflate = self.inflate or zlib.decompressobj(-15)
            inflated: bytes = self.inflate.decompress(payload + b"\0\0\xff\xff")
            return inflated
        return b""

    def _handle(self, message: bytes, now: float) -> None:
        if message.startswith(b"42"):
            self.recorder.arrivals[message.decode()].append(now)
        elif message == b"2":
            self.send(b"3")
        elif message.startswith(b"0{"):
            self.send(self.join)
        elif message.startswith(b"40") and not self.joined.done():
            self.joined.set_result(True)
            # Only the transport's reference keeps a joined terminal small.
            self.headers = ""
        elif message.startswith(b"44") and not self.joined.done():
            self.joined.set_result(False)


class Crowd:
    """Holds the terminals and obeys the lines of standard input."""

    def __init__(self, port: int, namespace: str) -> None:
        self.port = port
        self.namespace = namespace
        self.recorder = Recorder()
        self.terminals: list[Terminal] = []

    async def connect(self, headers: list[str]) -> dict[str, Any]:
        """Join one terminal for each set of headers; a few at once, as after a restart."""
        started = time.monotonic()
        gate = asyncio.Semaphore(HANDSHAKES_AT_ONCE)
        joined = sum(await asyncio.gather(*(self._connect_one(gate, lines) for lines in headers)))
        return {"joined": joined, "seconds": time.monotonic() - started}

    async def _connect_one(self, gate: asyncio.Semaphore, headers: str) -> bool:
        async with gate:
            _, terminal = await asyncio.get_running_loop().create_connection(
                lambda: Terminal(self.namespace, headers, self.recorder), "127.0.0.1", self.port
            )
            self.terminals.append(terminal)
            return await terminal.joined

    def send(self, message: str) -> dict[str, Any]:
        """The first terminal says `message`; returns when it did."""
        now = time.monotonic()
        self.terminals[0].send(message.encode())
        return {"at": now}

    def report(self) -> dict[str, Any]:
        """Everything that came in since the last report."""
        arrivals, self.recorder.arrivals = self.recorder.arrivals, defaultdict(list)
        return {"arrivals": arrivals, "lost": self.recorder.lost}


async def main(port: int, namespace: str) -> None:
    crowd = Crowd(port, namespace)
    reader = asyncio.StreamReader(limit=2**26)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command, _, argument = line.decode().strip().partition(" ")
        answer: dict[str, Any] = {}
        if command == "connect":
            answer = await crowd.connect(json.loads(argument))
        elif command == "send":
            answer = crowd.send(argument)
        elif command == "count":
            answer = {"messages": sum(map(len, crowd.recorder.arrivals.values()))}
        elif command == "report":
            answer = crowd.report()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # A collection here would look like a delay there.
    gc.disable()
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
