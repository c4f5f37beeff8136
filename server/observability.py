"""Logs without personal data: the route's pattern instead of the address, never a token, a name or a number."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request

log = logging.getLogger("server.access")


def register(app: Flask) -> None:
    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def write_access_line(response: Response) -> Response:
        # A follow link is a capability in the path, so that the path itself may never be written down.
        route = request.url_rule.rule if request.url_rule else "(no route)"
        elapsed = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
        log.info("%s %s %s %.0fms", request.method, route, response.status_code, elapsed)
        return response


def configure_logging(level: str = "INFO") -> None:
    """Send one line per entry to standard error, where the process manager collects it."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # These libraries write request lines with addresses and messages with payloads at INFO.
    for noisy in ("engineio", "socketio", "werkzeug", "procrastinate", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
