"""Socket.IO namespaces: they relay pokes, never data."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from server.config import Settings
from server.context import current
from server.live import PokeRelay
from server.realtime.citizen import CitizenNamespace
from server.realtime.doorkeeper import CITIZEN, TERMINAL, Doorkeeper
from server.realtime.lean import LeanSocketIO
from server.realtime.lean_engine import Environ
from server.realtime.registry import LiveSockets
from server.realtime.rights_desk import RightsDesk
from server.realtime.terminal import TerminalNamespace

# A client says little more than its follow token.
LARGEST_MESSAGE = 4096
PING_INTERVAL_S = 25
PING_TIMEOUT_S = 20


def create_socketio(app: Flask, settings: Settings) -> SocketIO:
    """Put both namespaces on the application and start relaying pokes to their rooms."""
    with app.app_context():
        context = current()
    quiet_libraries()
    # In threads the library's own sockets do: that mode is for machines where neither eventlet nor gevent works.
    make = SocketIO if settings.async_mode == "threading" else LeanSocketIO
    socketio = make(
        app,
        async_mode=settings.async_mode,
        transports=["websocket"],
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        max_http_buffer_size=LARGEST_MESSAGE,
        # Sign-in is checked from the cookie's token, not from Flask's own session.
        manage_session=False,
        cors_allowed_origins=_origin_check(settings),
        cors_credentials=False,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        # Socket.IO sits in front of the application, and of the ProxyFix inside it; twice gives the same answer.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    sockets = LiveSockets()
    desk = RightsDesk(socketio, sockets, context.database, context.now)
    socketio.on_namespace(TerminalNamespace(TERMINAL, sockets, desk))
    socketio.on_namespace(CitizenNamespace(CITIZEN, sockets, desk))
    doorkeeper = Doorkeeper(socketio, sockets, context.database, context.now)
    doorkeeper.start()
    PokeRelay(settings.database_url, socketio, doorkeeper).start()
    return socketio


def _origin_check(settings: Settings) -> Any:
    """Browsers do not stop a foreign page from opening a websocket: the server has to look at `Origin` itself."""
    public = urlsplit(settings.public_url).netloc

    def is_ours(origin: str | None, environ: Environ) -> bool:
        # The demonstration is opened as localhost, 127.0.0.1 or by the machine's address: same host as asked is ours.
        return origin is not None and urlsplit(origin).netloc in (public, environ.get("HTTP_HOST"))

    return is_ours


class _WithoutTraceback(logging.Filter):
    """A client that speaks nonsense is worth a line, not a page; what it said may not be written down at all."""

    def filter(self, entry: logging.LogRecord) -> bool:
        if entry.exc_info and entry.exc_info[0] is not None:
            entry.msg, entry.args = f"{entry.msg} ({entry.exc_info[0].__name__})".replace("%", "%%"), ()
            entry.exc_info = None
        return True


def quiet_libraries() -> None:
    """Keep payloads and addresses of Engine.IO and Socket.IO out of the log."""
    for name in ("engineio.server", "socketio.server"):
        logger = logging.getLogger(name)
        # Set before the library does, which would add a handler of its own.
        logger.setLevel(logging.ERROR)
        if not any(isinstance(known, _WithoutTraceback) for known in logger.filters):
            logger.addFilter(_WithoutTraceback())
