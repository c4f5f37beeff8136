"""Compresses the pages that are the same for everybody.

A page that holds somebody's secret beside something an attacker may choose must not be compressed, because its length
would give the secret away byte by byte (BREACH). So a page has to be public to be compressed, not the other way round.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

from server.pages.rendering import PUBLIC

SMALLEST = 500
LEVEL = 6


def register(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Gzip a public HTML page of at least `SMALLEST` bytes for a browser that accepts it."""
    if response.mimetype != "text/html" or response.headers.get("Cache-Control") != PUBLIC or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= SMALLEST and request.accept_encodings.quality("gzip") > 0:
        # Without a fixed time stamp the same page would differ from one second to the next.
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
