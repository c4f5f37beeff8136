"""Where a mail program sends somebody who wants no more mails about a request or booking (RFC 2369, RFC 8058)."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request

from models.rules.telling import Way
from server.context import current
from server.pages.addresses import add, address
from server.pages.booking.follow import find_booking
from server.pages.follow import load
from server.pages.rendering import see_other
from server.services.choose_how_told import ChooseHowTold, CitizenOwner, choose_how_told

# The one body that RFC 8058 (section 3.2) allows.
FIELD, VALUE = "List-Unsubscribe", "One-Click"


def register(target: Blueprint) -> None:
    add(target, "unsubscribe", unsubscribe, ("GET", "POST"))


def unsubscribe(token: str) -> Response:
    """Stop telling, without a question, when a mail program asks for it (POST); lead a person to the page, where they
    choose (GET): programs that look at every link of a mail must not change anything.

    Raises:
        NotFound: `no_such_link`.
    """
    context = current()
    with context.database.transaction() as session:
        booking = find_booking(session, token)
        owner = CitizenOwner(booking_id=booking.id) if booking else CitizenOwner(request_id=load(session, token).id)
        if request.method == "POST" and request.form.get(FIELD) == VALUE:
            choose_how_told(session, ChooseHowTold(owner, Way.NOTHING, calendar=False), context.now())
            # Nobody reads the answer, and a program must not be led anywhere (RFC 8058, section 3.1).
            response = Response(status=HTTPStatus.NO_CONTENT)
            response.headers["Cache-Control"] = "no-store"
            return response
    return see_other(address("follow", token=token) + "#prevenir")
