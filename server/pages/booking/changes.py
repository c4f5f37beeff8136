"""What a citizen may still do with a booking besides moving it: cancel, wait for an earlier time, answer an offer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, request

from models.queries.followed_booking import FollowedBooking
from models.rules.actor import CitizenActor
from models.rules.errors import Conflict, NotFound, TooMany
from server.context import current
from server.pages.addresses import add, address
from server.pages.booking.follow import booking_values, load_booking, show_booking
from server.pages.rendering import PRIVATE, page, see_other
from server.rate_limits import limit_by_address
from server.services.accept_offer import AcceptOffer, accept_offer
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.decline_offer import DeclineOffer, decline_offer
from server.services.want_earlier import WantEarlier, want_earlier

CHANGES = 40
CHANGES_WINDOW = timedelta(minutes=10)
LONGEST_WORD = 500


def register(target: Blueprint) -> None:
    add(target, "earlier", earlier, ("POST",))
    add(target, "offer", offer, ("POST",))


def cancel(booking: FollowedBooking, token: str) -> Response:
    """Ask once more, then cancel; too late, the page says whom to call."""
    context = current()
    if request.method == "GET" or request.form.get("go") == "language":
        return _ask(booking, token)
    try:
        limit_by_address("booking-change", limit=CHANGES, window=CHANGES_WINDOW)
        with context.database.transaction() as session:
            command = CancelBooking(booking.id, _word())
            cancel_booking(session, command, CitizenActor(booking_id=booking.id), context.now())
    except TooMany as refusal:
        response = _ask(booking, token, notice="too_many", status=429)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    except Conflict as refusal:
        if refusal.code == "too_late":
            return _again(token, "too_late")
        # It has ended otherwise meanwhile; the page we lead to says how.
    return _back(token)


def _ask(booking: FollowedBooking, token: str, *, notice: str = "", status: int = 200) -> Response:
    values = booking_values(booking)
    if not values["may_cancel"]:
        # Whoever comes from a reminder wants to know why there is nothing to press, and whom to call.
        return _again(token, "too_late", status=200) if values["is_ahead"] else _back(token)
    return page(
        "follow/booking/cancel.html",
        status=status,
        keep=PRIVATE,
        discreet=booking.discreet,
        token=token,
        typed=_word(),
        notice=notice,
        **values,
    )


def earlier(token: str) -> Response:
    """Wait for an earlier time, or wait no longer."""
    context = current()
    with context.database.snapshot() as session:
        booking = load_booking(session, token)
    limit_by_address("booking-change", limit=CHANGES, window=CHANGES_WINDOW)
    try:
        with context.database.transaction() as session:
            want_earlier(session, WantEarlier(booking.id, request.form.get("wanted") == "yes"), context.now())
    except Conflict:
        # There is no appointment to come any more; the page says so.
        pass
    return _back(token)


def offer(token: str) -> Response:
    """Take a time that the unit offers, or give it back to others."""
    context = current()
    with context.database.snapshot() as session:
        booking = load_booking(session, token)
    limit_by_address("booking-change", limit=CHANGES, window=CHANGES_WINDOW)
    try:
        appointment_id = UUID(request.form.get("appointment_id", ""))
        with context.database.transaction() as session:
            if request.form.get("go") == "accept":
                accept_offer(session, AcceptOffer(booking.id, appointment_id), context.now())
            else:
                decline_offer(session, DeclineOffer(booking.id, appointment_id), context.now())
    except (ValueError, NotFound):
        return _back(token)
    except Conflict:
        return _again(token, "offer_ended")
    return _back(token)


def _again(token: str, notice: str, *, status: int = 409) -> Response:
    with current().database.snapshot() as session:
        return show_booking(session, load_booking(session, token), token, notice=notice, status=status)


def _word() -> str:
    return request.form.get("word", "").replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_WORD]


def _back(token: str) -> Response:
    return see_other(address("follow", token=token))
