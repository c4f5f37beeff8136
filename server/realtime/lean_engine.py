"""Engine.IO without a queue, a writer and a ping for each socket: what lean.py is about, at the level of websockets."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

import engineio
from engineio import exceptions
from engineio.packet import CLOSE, OPEN, PING, PONG, Packet
from engineio.socket import Socket

# A socket that does not even take this many pokes is gone or stuck; its terminal connects again and pulls.
LONGEST_OUTBOX = 256
WHEEL_STEP_S = 1.0

Environ = MutableMapping[str, Any]


class PingWheel:
    """Pings every socket at its interval and hangs up on those that do not answer: one task for all of them."""

    def __init__(self, server: LeanEngine) -> None:
        self._server = server
        # Intervals are the same for all, so that both queues are in the order in which they fall due.
        self._to_ping: deque[tuple[float, LeanSocket]] = deque()
        self._to_check: deque[tuple[float, LeanSocket]] = deque()
        self._running = False

    def ping_later(self, socket: LeanSocket) -> None:
        self._to_ping.append((time.monotonic() + self._server.ping_interval, socket))
        if not self._running:
            self._running = True
            self._server.start_background_task(self._run)

    def _run(self) -> None:
        while True:
            self._server.sleep(WHEEL_STEP_S)
            self.turn()

    def turn(self) -> None:
        """Do what is due now."""
        now = time.monotonic()
        for socket in _due(self._to_ping, now):
            socket.awaits_pong = True
            socket.send(Packet(PING))
            self._to_check.append((now + self._server.ping_timeout, socket))
        for socket in _due(self._to_check, now):
            if socket.awaits_pong:
                socket.drop(self._server.reason.PING_TIMEOUT)


def _due(queue: deque[tuple[float, LeanSocket]], now: float) -> Iterable[LeanSocket]:
    while queue and queue[0][0] <= now:
        socket = queue.popleft()[1]
        if not socket.closed:
            yield socket


class LeanSocket(Socket):
    """An Engine.IO socket on a websocket, without a queue, a writer or a ping task of its own."""

    def __init__(self, server: LeanEngine, sid: str) -> None:
        # Not the parent's: it would make a queue for each socket.
        self.server = server
        self.sid = sid
        self.session: dict[str, Any] = {}
        self.connected = self.upgraded = self.upgrading = self.closing = self.closed = False
        self.last_ping = None
        self.awaits_pong = False
        self._websocket: Any = None
        self._outbox: list[Packet | None] = []
        self._writing = False

    def receive(self, pkt: Packet) -> None:
        if pkt.packet_type == PONG:
            # An unasked pong must not buy another turn of the wheel.
            if self.awaits_pong:
                self.awaits_pong = False
                self.server.wheel.ping_later(self)
        else:
            super().receive(pkt)

    def check_ping_timeout(self) -> bool:
        if self.closed:
            raise exceptions.SocketIsClosedError
        return True

    def schedule_ping(self) -> None:
        self.server.wheel.ping_later(self)

    def send(self, pkt: Packet) -> None:
        if self.closed:
            return
        if len(self._outbox) >= LONGEST_OUTBOX:
            self.drop(self.server.reason.TRANSPORT_ERROR)
            return
        self._queue(pkt)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Close the socket; what was sent before still goes out."""
        if self.closed or self.closing:
            return
        self.closing = True
        self.server._trigger_event(
            "disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT, run_async=False
        )
        self.farewell(silent=abort)

    def farewell(self, *, silent: bool = True) -> None:
        """Close the connection without telling the application, which is leaving as well.

        Silently, because some clients take the server's own CLOSE as an order to stay away.
        """
        self.closed = True
        if not silent:
            self._queue(Packet(CLOSE))
        self._queue(None)

    def drop(self, reason: str) -> None:
        """Hang up at once on somebody who no longer reads."""
        self.close(abort=True, reason=reason)
        self._outbox.clear()
        self._hang_up()

    def _queue(self, pkt: Packet | None) -> None:
        self._outbox.append(pkt)
        if not self._writing and self._websocket is not None:
            self._writing = True
            self.server.write_soon(self)

    def write(self) -> None:
        """Send what is in the outbox; waits while the other end does not take it."""
        websocket = self._websocket
        try:
            while self._outbox:
                packets, self._outbox = self._outbox, []
                for pkt in packets:
                    if pkt is None:
                        websocket.close()
                        return
                    websocket.send(pkt.encode())
        except Exception:
            # The other end is gone; the reader notices as well and cleans up.
            self._hang_up()
        finally:
            # Greenthreads only change places inside send(), so that nothing is queued between the last look and here.
            self._writing = False

    def _hang_up(self) -> None:
        # A proper goodbye would wait for a reader who no longer reads; the shutdown wakes our own reader, which ends.
        with suppress(AttributeError, OSError):
            _connection_of(self._websocket).shutdown(SHUT_RDWR)

    def _websocket_handler(self, ws: Any) -> list[bytes]:
        self._websocket = ws
        self.connected = self.upgraded = True
        first, self._outbox = self._outbox, []
        for pkt in first:
            self._queue(pkt)
        while (data := _next_message(ws)) is not None:
            if len(data) > self.server.max_http_buffer_size:
                break
            try:
                self.receive(Packet(encoded_packet=data))
            except exceptions.SocketIsClosedError:
                break
            except (exceptions.UnknownPacketError, ValueError, IndexError):
                # Not Engine.IO: nobody who speaks it is hurt when we stop listening.
                break
        # Nothing more can be written, and the server below closes the connection by itself.
        self._websocket = None
        self.close(abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
        return []


def _connection_of(ws: Any) -> Any:
    """The TCP socket below eventlet's websocket or gevent-websocket's."""
    return ws.socket if hasattr(ws, "socket") else ws._sock.handler.socket


def _next_message(ws: Any) -> str | bytes | None:
    try:
        message: str | bytes | None = ws.wait()
    except Exception:
        # Each library has its own errors for a connection that broke; all of them mean the same.
        return None
    return message


class LeanEngine(engineio.Server):
    """An Engine.IO server that makes lean sockets."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, monitor_clients=False)
        self.wheel = PingWheel(self)
        self._ready: deque[LeanSocket] = deque()
        self._writer_is_coming = False

    def write_soon(self, socket: LeanSocket) -> None:
        self._ready.append(socket)
        if not self._writer_is_coming:
            self._writer_is_coming = True
            self.start_background_task(self._write_all)

    def _write_all(self) -> None:
        """Write to one socket after the other: a greenthread for each poke would cost more than the poke."""
        self._writer_is_coming = False
        if not self._ready:
            return
        # Should one of them keep us waiting, the next writer goes on with the others meanwhile.
        self._writer_is_coming = True
        self.start_background_task(self._write_all)
        while self._ready:
            self._ready.popleft().write()

    def _handle_connect(
        self, environ: Environ, start_response: Any, transport: str, jsonp_index: int | None = None
    ) -> Any:
        sid = self.generate_id()
        socket = LeanSocket(self, sid)
        self.sockets[sid] = socket
        socket.send(
            Packet(
                OPEN,
                {
                    "sid": sid,
                    "upgrades": [],
                    "pingTimeout": int(self.ping_timeout * 1000),
                    "pingInterval": int(self.ping_interval * 1000),
                    "maxPayload": self.max_http_buffer_size,
                },
            )
        )
        try:
            self._trigger_event("connect", sid, environ, run_async=False)
            socket.schedule_ping()
            return socket.handle_get_request(environ, start_response)
        finally:
            socket.closed = True
            self.sockets.pop(sid, None)
