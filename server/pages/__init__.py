"""Server-rendered pages of the citizen; complete without JavaScript, in French and in English, without a cookie."""

from __future__ import annotations

from flask import Blueprint, Flask

from server import i18n
from server.pages import (
    agenda_feed,
    compression,
    contact,
    follow,
    follow_copy,
    follow_opinion,
    follow_told,
    follow_word,
    home,
    public_information,
    terminal_shell,
    unsubscribe,
)
from server.pages.addresses import NAME, address, in_other_language
from server.pages.booking import book, calendar_file, changes, coming, move
from server.pages.rendering import quick_exit_url, state_site


def register(app: Flask) -> None:
    """Put the citizen's pages and the terminal's shell on the application."""
    blueprint = Blueprint(NAME, __name__)
    modules = (
        home,
        public_information,
        contact,
        follow,
        follow_copy,
        follow_opinion,
        follow_told,
        follow_word,
        unsubscribe,
    )
    for module in modules:
        module.register(blueprint)
    for part in (book, calendar_file, move, changes, coming):
        part.register(blueprint)
    app.register_blueprint(blueprint)
    app.register_blueprint(terminal_shell.blueprint)
    app.register_blueprint(agenda_feed.blueprint)
    compression.register(app)

    @app.context_processor
    def shared() -> dict[str, object]:
        # Error pages are drawn outside of the blueprint and need the same frame.
        return {
            "address": address,
            "in_other_language": in_other_language,
            "language": i18n.language(),
            "other_language": i18n.other_language(),
            "state_site": state_site(),
            "quick_exit_url": quick_exit_url(),
        }
