"""The built browser files: hashed names live for a year, the worker and the manifest are asked for each time."""

from __future__ import annotations

import json
import mimetypes
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, request

DIST = Path(__file__).resolve().parent.parent / "pwa" / "dist"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
YEAR = 365 * 24 * 3600

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("font/woff2", ".woff2")


def register(app: Flask) -> None:
    @app.get("/static/<path:name>")
    def static_file(name: str) -> Response:
        return serve(name, max_age=YEAR, immutable=True)

    app.jinja_env.globals["asset"] = asset_url


def asset_url(logical: str) -> str:
    """The address of a built file by its name in the source (`styles/citizen.css`).

    Raises:
        KeyError: the build made no such file; run `make build`.
    """
    return "/static/" + _assets()[logical]


def serve(name: str, *, max_age: int, immutable: bool = False) -> Response:
    """Send a built file, compressed as the browser accepts it; 404 for anything outside the build."""
    path = (DIST / name).resolve()
    if not path.is_relative_to(DIST) or not path.is_file():
        abort(404)
    encoding, chosen = "", path
    for candidate, suffix in ENCODINGS:
        packed = path.with_name(path.name + suffix)
        if request.accept_encodings.quality(candidate) > 0 and packed.is_file():
            encoding, chosen = candidate, packed
            break
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    # Read whole, because built files are small and an open one would wait for its connection to end.
    response = Response(chosen.read_bytes(), mimetype=kind)
    response.add_etag()
    response.make_conditional(request)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = f"public, max-age={max_age}, immutable" if immutable else "no-cache"
    return response


@cache
def _assets() -> dict[str, str]:
    names: dict[str, str] = json.loads((DIST / "assets.json").read_text())
    return names
