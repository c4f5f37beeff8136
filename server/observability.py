"""Logs without personal data: the route's pattern instead of the address, never a token, a name or a number."""

from __future__ import annotations

import logging
import time
import traceback
from pathlib import PurePath

from flask import Flask, Response, g, request

log = logging.getLogger("server.access")

_MOST_FRAMES = 8


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


def frames_of(error: BaseException) -> str:
    """Where an error came from, the innermost place first; no values, which may be secrets or about people.

    Returns:
        As `adapters.py:38 < plannings.py:93`, at most eight places.
    """
    frames = traceback.extract_tb(error.__traceback__)[::-1][:_MOST_FRAMES]
    return " < ".join(f"{PurePath(one.filename).name}:{one.lineno}" for one in frames)


def configure_logging(level: str = "INFO") -> None:
    """Send one line per entry to standard error, where the process manager collects it."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # These libraries write request lines with addresses and messages with payloads at INFO.
    for noisy in ("engineio", "socketio", "werkzeug", "procrastinate", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
