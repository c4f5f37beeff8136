"""What the law makes every public site say: accessibility, personal data, legal notice."""

from __future__ import annotations

from flask import Blueprint, Response

from server.context import current
from server.pages.addresses import add
from server.pages.rendering import page


def register(target: Blueprint) -> None:
    add(target, "accessibility", accessibility)
    add(target, "privacy", privacy)
    add(target, "legal", legal)


def accessibility() -> Response:
    return page("accessibility.html")


def privacy() -> Response:
    return page("privacy.html", retention_days=current().settings.retention_days)


def legal() -> Response:
    return page("legal.html")
