"""Socket.IO with half the memory for each socket, for the two modes in which a socket is a greenthread.

Engine.IO gives each websocket three greenthreads of 8 kB: a reader, a writer that mostly waits on a queue, and a
ping that sleeps. Here one wheel pings everybody, and a writer exists only while there is something to write. Beside
that, the WSGI environment of a websocket lives as long as the socket, so that only what is needed of it is kept, and
compression is not negotiated: a browser's offer would cost 300 kB of zlib windows for pokes of 60 bytes.

Only the websocket transport exists here. The library's own classes stay in charge of the protocol.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

import engineio
import socketio
from engineio import exceptions
from engineio.packet import CLOSE, OPEN, PING, PONG, Packet
from engineio.socket import Socket
from flask import Flask
from flask_socketio import SocketIO

# A socket that does not even take this many pokes is gone or stuck; its terminal connects again and pulls.
LONGEST_OUTBOX = 256
WHEEL_STEP_S = 1.0

Environ = MutableMapping[str, Any]
# What the upgrade, the request context of an event and the server itself read of the environment.
KEPT_IN_ENVIRON = (
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "REMOTE_ADDR",
    "HTTP_HOST",
    "HTTP_ORIGIN",
    "HTTP_COOKIE",
    "HTTP_CONNECTION",
    "HTTP_UPGRADE",
    "HTTP_SEC_WEBSOCKET_KEY",
    "HTTP_SEC_WEBSOCKET_VERSION",
    "wsgi.url_scheme",
    "wsgi.input",
    "wsgi.errors",
    "wsgi.websocket",
    "eventlet.input",
    "eventlet.set_idle",
)
# Once a socket has joined its namespace, an event needs no more than a valid request context.
KEPT_ONCE_JOINED = frozenset(
    ("REQUEST_METHOD", "PATH_INFO", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme", "wsgi.errors", "flask.app")
)


def forget_request(environ: Environ) -> None:
    """Drop what a joined socket no longer needs of its connect request: cookie and headers first of all."""
    kept = {name: value for name, value in environ.items() if name in KEPT_ONCE_JOINED}
    # A dictionary that has only lost entries stays as large as it was.
    environ.clear()
    environ.update(kept)


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
            self.server.start_background_task(self._write)

    def _write(self) -> None:
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


class LeanManager(socketio.Manager):
    """Knows the rooms of each socket, instead of looking through all rooms when one leaves.

    The library's way is quadratic, because each socket has a room of its own: 5,000 terminals that leave a masked
    network at once would keep the process busy for seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rooms_of: dict[tuple[str, str], list[str | None]] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        rooms = self._rooms_of.setdefault((namespace, sid), [])
        if room not in rooms:
            rooms.append(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        super().basic_leave_room(sid, namespace, room)
        rooms = self._rooms_of.get((namespace, sid), [])
        if room in rooms:
            rooms.remove(room)

    def basic_disconnect(self, sid: str, namespace: str, **options: Any) -> None:
        for room in self._rooms_of.pop((namespace, sid), []):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for waiting in (self.pending_connect, self.pending_disconnect):
            if sid in waiting.get(namespace, ()):
                waiting[namespace].remove(sid)
                if not waiting[namespace]:
                    del waiting[namespace]


class LeanMiddleware(socketio.WSGIApp):
    """Hands socket requests to Socket.IO with no more of their environment than it needs."""

    def __init__(self, server: socketio.Server, app: Flask) -> None:
        self._flask_app = app
        super().__init__(server, app.wsgi_app, socketio_path="socket.io")

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith(self.engineio_path):
            kept = {name: environ[name] for name in KEPT_IN_ENVIRON if name in environ}
            # The server holds on to its own copy until the socket ends.
            for name in [name for name in environ if name.startswith(("HTTP_", "headers_raw"))]:
                del environ[name]
            environ = kept
        environ["flask.app"] = self._flask_app
        return super().__call__(environ, start_response)


class LeanServer(socketio.Server):
    def _engineio_server_class(self) -> type[LeanEngine]:
        return LeanEngine


class LeanSocketIO(SocketIO):
    """Flask-SocketIO on a lean server; only its making differs."""

    def init_app(self, app: Flask, **options: Any) -> None:
        self.manage_session = options.pop("manage_session")
        self.server_options.update(options, client_manager=LeanManager())
        self.server = LeanServer(**self.server_options)
        self.async_mode = self.server.async_mode
        app.extensions["socketio"] = self
        self.sockio_mw = LeanMiddleware(self.server, app)
        app.wsgi_app = self.sockio_mw  # type: ignore[method-assign]
