"""The web process: `python -m server.wsgi`. Nothing else may be imported before the patching on these first lines."""

# ruff: noqa: E402
from __future__ import annotations

import os
import sys
import warnings

mode = os.environ.get("ASYNC_MODE", "eventlet")
if mode == "eventlet":
    # psycopg 3 blocks eventlet's whole hub unless it waits through a selector; it reads this when it is imported.
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
    # Its authors advise against new projects at every start; docs/adr says why we use it and how we would leave it.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet
    import eventlet.wsgi

    eventlet.monkey_patch()
elif mode == "gevent":
    import gevent.monkey

    gevent.monkey.patch_all()

import gc
import logging
import resource
import signal
import socket
from collections.abc import Callable
from typing import Any

from flask import Flask

from models.database import Database
from server.app import create_app, create_socketio
from server.config import ConfigError, Settings, load_settings
from server.garbage import collect_rarely
from server.observability import configure_logging

log = logging.getLogger(__name__)

# After a restart every terminal of a department comes back within the same second.
BACKLOG = 4096
# What a process opens beside its sockets: database connections, log, listener.
OTHER_FILES = 200
POOL_SIZE = 20
# Requests in hand may finish; after this long the process ends anyway.
LAST_REQUESTS_S = 1.5
FULL_COLLECTION_S = 600


def main() -> None:
    """Serve until SIGTERM or SIGINT; then say goodbye to the sockets and end within three seconds."""
    configure_logging(os.environ.get("LOG_LEVEL", "INFO"))
    settings = load_settings()
    _allow_sockets(settings.max_sockets)
    database = Database(settings.database_url, pool_size=POOL_SIZE, application_name="brigade web")
    app = create_app(settings, database)
    socketio = create_socketio(app, settings)
    stop_reader, stop_writer = socket.socketpair()
    serve, requests_in_hand = _server(app, settings)

    def serve_until_stopped() -> None:
        try:
            serve()
        finally:
            stop_writer.send(b"!")

    _wake_on_signals(stop_writer)
    _collect_by_the_clock(socketio)
    socketio.start_background_task(serve_until_stopped)
    log.info("listening on http://%s:%d (%s)", settings.host, settings.port, mode)
    stop_reader.recv(1)
    log.info("stopping")
    _say_goodbye(socketio, requests_in_hand)
    database.dispose()
    log.info("stopped")
    logging.shutdown()
    # Greenthreads and threads that still wait for something would keep the interpreter from ending.
    os._exit(0)


def _server(app: Flask, settings: Settings) -> tuple[Callable[[], None], Callable[[], int]]:
    """How to serve in this mode, and how many plain requests are being answered."""
    hand = _InHand(app.wsgi_app)
    app.wsgi_app = hand  # type: ignore[method-assign]
    if mode == "eventlet":
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        listener = eventlet.listen((settings.host, settings.port), family, backlog=BACKLOG)

        class Protocol(eventlet.wsgi.HttpProtocol):  # type: ignore[misc]
            # A socket keeps its reader for as long as it lives, and needs no 8 kB for one request.
            rbufsize = 1024

        # Without `max_size` it stops at 1,024 sockets; without `log_output` it would write follow links.
        quiet = logging.getLogger("eventlet.wsgi")
        quiet.setLevel(logging.WARNING)
        return lambda: eventlet.wsgi.server(
            listener, app, log=quiet, log_output=False, max_size=settings.max_sockets, protocol=Protocol
        ), hand.count
    if mode == "gevent":
        from gevent.pywsgi import WSGIServer
        from geventwebsocket.handler import WebSocketHandler

        # At INFO it writes request lines, follow links included.
        logging.getLogger("geventwebsocket.handler").setLevel(logging.WARNING)
        server = WSGIServer(
            (settings.host, settings.port),
            app,
            backlog=BACKLOG,
            spawn=settings.max_sockets,
            handler_class=WebSocketHandler,
            log=None,
            error_log=logging.getLogger("gevent.pywsgi"),
        )
        return server.serve_forever, hand.count

    from werkzeug.serving import WSGIRequestHandler, make_server

    # The application answers for its own errors; what is left is a traceback for each client that speaks nonsense.
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)

    class SilentHandler(WSGIRequestHandler):
        def log(self, *_: Any) -> None:
            """Write nothing: a request line may hold a follow link."""

    return make_server(
        settings.host, settings.port, app, threaded=True, request_handler=SilentHandler
    ).serve_forever, hand.count


class _InHand:
    """Counts the plain requests that are being answered; sockets are not waited for."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._count = 0

    def count(self) -> int:
        return self._count

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith("/socket.io/"):
            return self._app(environ, start_response)
        self._count += 1
        try:
            return self._app(environ, start_response)
        finally:
            self._count -= 1


def _say_goodbye(socketio: Any, requests_in_hand: Callable[[], int]) -> None:
    """Close every socket, so that clients connect elsewhere at once, and let requests in hand finish."""
    engine = socketio.server.eio
    for connection in list(engine.sockets.values()):
        if hasattr(connection, "farewell"):
            connection.farewell()
        else:
            connection.close(wait=False, abort=True)
    waited = 0.0
    while waited < LAST_REQUESTS_S and (requests_in_hand() or (engine.sockets and waited < LAST_REQUESTS_S / 2)):
        socketio.sleep(0.02)
        waited += 0.02


def _wake_on_signals(writer: socket.socket) -> None:
    """Let SIGTERM and SIGINT write one byte, which wakes the main task whatever the async mode."""
    writer.setblocking(False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(writer.fileno())


def _collect_by_the_clock(socketio: Any) -> None:
    """Look for garbage cycles among everything every ten minutes, not every few seconds.

    Five thousand sockets are a million objects that live on, and each full collection looks at all of them: half a
    second in which nobody is poked.
    """
    collect_rarely()

    def collect_forever() -> None:
        while True:
            socketio.sleep(FULL_COLLECTION_S)
            gc.collect()

    socketio.start_background_task(collect_forever)


def _allow_sockets(count: int) -> None:
    """Raise the soft limit on open files, which is 1,024 on most systems, as far as the hard one allows."""
    wanted = count + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if allowed > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if max(allowed, soft) < wanted:
        log.warning(
            "MAX_SOCKETS is %d, but this process may only open %d files: raise the limit (LimitNOFILE=, ulimit -n)",
            count,
            max(allowed, soft),
        )


if __name__ == "__main__":
    try:
        main()
    except ConfigError as error:
        sys.exit(f"brigade: {error}")
