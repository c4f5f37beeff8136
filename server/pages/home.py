"""The two doors: be contacted, or book an appointment."""

from __future__ import annotations

from flask import Blueprint, Response

from server.pages.addresses import add
from server.pages.rendering import page


def register(target: Blueprint) -> None:
    add(target, "home", home)


def home() -> Response:
    return page("home.html")
