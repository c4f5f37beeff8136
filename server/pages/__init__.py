"""Server-rendered pages of the citizen; complete without JavaScript."""

from __future__ import annotations

from flask import Flask

from server.pages import terminal_shell


def register(app: Flask) -> None:
    """Put the citizen's pages and the terminal's shell on the application."""
    app.register_blueprint(terminal_shell.blueprint)
