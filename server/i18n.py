"""French first, English complete: the language is the address's first segment (`/en/…`), so no cookie is needed."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import Babel
from werkzeug.datastructures import LanguageAccept

LANGUAGES = ("fr", "en")


def language() -> str:
    """`en` under /en/; for the API the best of `Accept-Language`; French otherwise."""
    if request.path == "/en" or request.path.startswith("/en/"):
        return "en"
    if request.path.startswith("/api/") or request.path == "/healthz":
        return accepted_language(request.accept_languages)
    return "fr"


def accepted_language(accepted: LanguageAccept) -> str:
    """The reader's first choice among ours; British English is English. French when they ask for neither."""
    # `best_match` would take `fr;q=0.1` before `en-GB`, because it prefers the exact name.
    for tag, quality in sorted(accepted, key=lambda item: -item[1]):
        primary = tag.partition("-")[0].lower()
        if quality > 0 and primary in LANGUAGES:
            return primary
    return "fr"


def register(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "fr"
    Babel(app, locale_selector=language, default_translation_directories="pages/translations")
