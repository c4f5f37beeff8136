"""Socket.IO with half the memory for each socket, for the two modes in which a socket is a greenthread.

Engine.IO gives each websocket three greenthreads of 8 kB: a reader, a writer that mostly waits on a queue, and a
ping that sleeps. Here one wheel pings everybody, and a writer exists only while there is something to write. Beside
that, the WSGI environment of a websocket lives as long as the socket, so that only what is needed of it is kept, and
compression is not negotiated: taking up a browser's offer would cost 100 kB of zlib windows for pokes of 60 bytes.

Only the websocket transport exists here. The library's own classes stay in charge of the protocol.
"""

from __future__ import annotations

from typing import Any

import socketio
from flask import Flask
from flask_socketio import SocketIO

from server.realtime.lean_engine import Environ, LeanEngine

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
