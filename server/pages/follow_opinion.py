"""How it was: three answers on the follow page, once there is something to have an opinion about."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, request

from models.rules.errors import Conflict
from models.rules.opinions import Opinion
from server.context import current
from server.pages.addresses import add, address
from server.pages.booking.follow import find_booking
from server.pages.follow import load
from server.pages.rendering import see_other
from server.rate_limits import limit_by_address
from server.services.give_opinion import CitizenOwner, GiveOpinion, give_opinion

ANSWERS = 30
WINDOW = timedelta(minutes=10)


def register(target: Blueprint) -> None:
    add(target, "opinion", opinion, ("POST",))


def opinion(token: str) -> Response:
    """Take the answer; the page shows it, with the others beside it for whoever changes their mind.

    Raises:
        NotFound: `no_such_link`.
        TooMany: from one network address.
    """
    context = current()
    with context.database.snapshot() as session:
        booking = find_booking(session, token)
        owner = CitizenOwner(booking_id=booking.id) if booking else CitizenOwner(request_id=load(session, token).id)
    limit_by_address("opinion", limit=ANSWERS, window=WINDOW)
    given = request.form.get("opinion", "")
    if given in list(Opinion):
        try:
            with context.database.transaction() as session:
                give_opinion(session, GiveOpinion(owner, Opinion(given)), context.now())
        except Conflict:
            # The page says where things stand, and no longer asks.
            return see_other(address("follow", token=token))
    return see_other(address("follow", token=token) + "#avis")
