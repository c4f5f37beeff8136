"""Compresses the pages that are the same for everybody: a page has to be public to be compressed."""

from __future__ import annotations

from flask import Flask, Response

from server.compression import compress
from server.pages.rendering import PUBLIC


def register(app: Flask) -> None:
    app.after_request(compress_public)


def compress_public(response: Response) -> Response:
    if response.mimetype != "text/html" or response.headers.get("Cache-Control") != PUBLIC or response.is_streamed:
        return response
    return compress(response)
