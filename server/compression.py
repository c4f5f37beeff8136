"""Compresses answers whose length tells nobody anything.

An answer that holds somebody's secret beside something an attacker may choose must not be compressed as often as the
attacker likes, because its length would give the secret away byte by byte (BREACH). So whoever compresses says why.
"""

from __future__ import annotations

import gzip

from flask import Response, request

SMALLEST = 500
LEVEL = 6


def compress(response: Response) -> Response:
    """Gzip the body if it has at least `SMALLEST` bytes and the asker accepts it."""
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= SMALLEST and request.accept_encodings.quality("gzip") > 0:
        # Without a fixed time stamp the same answer would differ from one second to the next.
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
