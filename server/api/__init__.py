"""JSON interface: each view parses, calls one service or query, and presents."""

from __future__ import annotations

from flask import Flask

from server.api import sign_in, sync


def register(app: Flask) -> None:
    app.register_blueprint(sign_in.blueprint)
    app.register_blueprint(sync.blueprint)
