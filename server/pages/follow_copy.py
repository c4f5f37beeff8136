"""The copy of a follow page that the citizen's own device opens without network, and the service worker that keeps it.

The copy is a page of its own, because it is read later than it is written: its days have names instead of "today", what
needs a connection is disabled, and neither the link, nor the code, nor what the citizen wrote is in it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify
from werkzeug.http import http_date

from models.queries.followed_booking import FollowedBooking
from models.rules.device_copy import kept_until
from models.rules.errors import NotFound
from models.rules.territory import UnitFacts
from server import static_files
from server.context import current
from server.i18n import gettext, language
from server.pages.addresses import add, address
from server.pages.booking.follow import booking_values, copy_until, find_booking
from server.pages.follow import load
from server.pages.follow_words import capital, say_history, say_state
from server.pages.moments import say_date, say_moment
from server.pages.rendering import DISCREET, PUBLIC, page
from server.pages.units import unit_card

WORKER = "follow-worker.js"


def register(target: Blueprint) -> None:
    add(target, "worker", worker)
    add(target, "copy", copy)
    add(target, "manifest", manifest)


def worker() -> Response:
    """The service worker of the follow pages of one language; it lies in their folder and may reach no other."""
    response = static_files.serve(WORKER, max_age=0)
    response.headers["Service-Worker-Allowed"] = f"{address('find')}/"
    return response


def manifest() -> Response:
    """What an iPhone needs before it lets a page on its home screen ask for notifications.

    Without `start_url` the icon opens the very page that was put there (W3C Web Application Manifest), so that the link
    is on the device only, as it is in a bookmark.
    """
    icon = {"src": static_files.asset_url("icons/icon-192.png"), "sizes": "192x192", "type": "image/png"}
    app = {"name": gettext("Brigade numérique"), "lang": language(), "display": "standalone", "icons": [icon]}
    response = jsonify(app)
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = PUBLIC
    return response


def copy(token: str) -> Response:
    """The state as it is known now, to be read later; `Expires` says until when the service worker may show it.

    Raises:
        NotFound: there is no such request or booking, or no device may keep a copy of it.
    """
    context = current()
    now = context.now()
    with context.database.snapshot() as session:
        booking = find_booking(session, token)
        followed = load(session, token) if booking is None else None
    if booking is not None:
        return _copy_of_booking(booking)
    assert followed is not None
    until = kept_until(
        discreet=followed.discreet,
        ended_at=followed.ended_at,
        now=now,
        retention=timedelta(days=context.settings.retention_days),
    )
    if until is None:
        raise NotFound("no_copy")
    return _answer(
        "follow/copy.html",
        until,
        followed.unit,
        request_=followed,
        state=say_state(followed, now, near_words=False),
        history=say_history(followed, now, near_words=False),
        unit=unit_card(followed.unit, now),
    )


def _copy_of_booking(booking: FollowedBooking) -> Response:
    until = copy_until(booking)
    if until is None:
        raise NotFound("no_copy")
    return _answer("follow/booking/copy.html", until, booking.unit, **booking_values(booking, near_words=False))


def _answer(template: str, until: datetime, of: UnitFacts, **values: Any) -> Response:
    now = current().now()
    zone = ZoneInfo(of.time_zone)
    today = now.astimezone(zone).date()
    response = page(
        template,
        # The browser's own cache must not hold a second copy that nobody can forget.
        keep=DISCREET,
        known=say_moment(now, now, zone, near_words=False),
        day=capital(say_date(today, today)),
        offline_copy=True,
        **values,
    )
    response.headers["Expires"] = http_date(until)
    return response
