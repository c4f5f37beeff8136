"""Wires the web application; everything it needs is a parameter."""

from __future__ import annotations

from flask import Flask
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from models.database import Database
from server import api, errors, i18n, observability, pages, realtime, static_files
from server.config import Settings
from server.context import Context, install
from server.identity import protect_writes
from server.security_headers import add_security_headers
from server.tokens import Tokens

LARGEST_BODY = 1024 * 1024


def create_app(settings: Settings, database: Database, context: Context | None = None) -> Flask:
    """Build the Flask application.

    Args:
        context: replaces the usual wiring, for tests that own the clock.
    """
    app = Flask(__name__, static_folder=None, template_folder="pages/templates")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    install(app, context or Context(settings, database, Tokens(settings.secret_key)))
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    for register in (
        observability.register,
        errors.register,
        add_security_headers,
        protect_writes,
        i18n.register,
        static_files.register,
        api.register,
        pages.register,
    ):
        register(app)
    return app


def create_socketio(app: Flask, settings: Settings) -> SocketIO:
    """Put the real-time namespaces on the application and start relaying pokes."""
    return realtime.create_socketio(app, settings)
