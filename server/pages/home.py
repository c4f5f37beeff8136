"""The two doors: be contacted, or book an appointment."""

from __future__ import annotations

from flask import Blueprint, Response

from server.pages.addresses import add
from server.pages.rendering import page


def register(target: Blueprint) -> None:
    add(target, "home", home)
    add(target, "book", book)


def home() -> Response:
    return page("home.html")


def book() -> Response:
    """Booking is not open yet; the page says so and what to do meanwhile."""
    return page("book.html")
