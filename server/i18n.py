"""French first, English complete: the language is the address's first segment (`/en/…`), so no cookie is needed."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import Babel

LANGUAGES = ("fr", "en")


def language() -> str:
    """`en` under /en/; for the API the best of `Accept-Language`; French otherwise."""
    if request.path == "/en" or request.path.startswith("/en/"):
        return "en"
    if request.path.startswith("/api/") or request.path == "/healthz":
        return request.accept_languages.best_match(LANGUAGES) or "fr"
    return "fr"


def register(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "fr"
    Babel(app, locale_selector=language, default_translation_directories="pages/translations")
