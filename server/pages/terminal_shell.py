"""The terminal's one page, and the files whose addresses never change: its service worker and manifest."""

from __future__ import annotations

import json
from functools import cache

from flask import Blueprint, Response, abort, current_app

from server import static_files

blueprint = Blueprint("terminal_shell", __name__, url_prefix="/terminal")

SOURCE = static_files.DIST.parent / "terminal.html"
UNHASHED = ("service-worker.js", "precache.js", "manifest.webmanifest")


@blueprint.get("/")
def shell() -> Response:
    """The page that holds every screen; its scripts and styles have hashed names."""
    page = current_app.jinja_env.from_string(_source()).render(version=_version())
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/<name>")
def unhashed(name: str) -> Response:
    """The service worker and what it pulls in, asked for anew each time so that an update is seen at once."""
    if name not in UNHASHED:
        abort(404)
    response = static_files.serve(name, max_age=0)
    response.headers["Service-Worker-Allowed"] = "/terminal/"
    return response


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


@cache
def _version() -> str:
    # The worker compares this with its own: page and files of two deployments never end up in one cache.
    script = (static_files.DIST / "precache.js").read_text(encoding="utf-8")
    version: str = json.loads(script[script.index("{") : script.rindex("}") + 1])["version"]
    return version
