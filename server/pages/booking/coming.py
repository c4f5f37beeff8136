"""Where a reminder's "I am coming" leads: the time once more, and one button.

Opening it changes nothing, because programs that guard mailboxes open every link of a mail.
"""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request

from models.queries.followed_booking import FollowedBooking
from models.rules.errors import Conflict, TooMany
from server.context import current
from server.pages.addresses import add, address
from server.pages.booking.changes import CHANGES, CHANGES_WINDOW
from server.pages.booking.follow import booking_values, load_booking
from server.pages.rendering import PRIVATE, page, see_other
from server.rate_limits import limit_by_address
from server.services.promise_to_come import PromiseToCome, promise_to_come


def register(target: Blueprint) -> None:
    add(target, "coming", coming, ("GET", "POST"))


def coming(token: str) -> Response:
    """Ask (GET), or take the promise (POST) for the very time that stood on the page.

    Raises:
        NotFound: `no_such_link`.
    """
    context = current()
    with context.database.snapshot() as session:
        booking = load_booking(session, token)
    if request.method == "GET" or request.form.get("go") == "language":
        return _ask(booking, token)
    try:
        limit_by_address("booking-change", limit=CHANGES, window=CHANGES_WINDOW)
        with context.database.transaction() as session:
            command = PromiseToCome(booking.id, UUID(request.form.get("appointment_id", "")))
            promise_to_come(session, command, context.now())
    except TooMany as refusal:
        response = _ask(booking, token, notice="too_many", status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    except (ValueError, Conflict):
        # The page was open while the appointment moved: they promise for the time that they see, and no other.
        with context.database.snapshot() as session:
            return _ask(load_booking(session, token), token, notice="changed", status=HTTPStatus.CONFLICT)
    return _back(token)


def _ask(booking: FollowedBooking, token: str, *, notice: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    values = booking_values(booking)
    if not values["may_promise"] or values["has_promised"]:
        return _back(token)
    return page(
        "follow/booking/coming.html",
        status=status,
        keep=PRIVATE,
        discreet=booking.discreet,
        token=token,
        notice=notice,
        **values,
    )


def _back(token: str) -> Response:
    return see_other(address("follow", token=token) + "#venue")
