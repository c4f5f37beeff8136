"""What a citizen may still do with a request: add a word, or take it back."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, request

from models.queries.followed_request import FollowedRequest
from models.rules.actor import CitizenActor
from models.rules.errors import Conflict, TooMany
from server.context import current
from server.pages.addresses import add, address
from server.pages.booking.changes import cancel
from server.pages.booking.follow import find_booking
from server.pages.follow import load
from server.pages.rendering import PRIVATE, page, see_other
from server.pages.wording import say_problem, say_too_long
from server.rate_limits import limit_by_address
from server.services.add_citizen_word import AddCitizenWord, add_citizen_word
from server.services.withdraw_request import WithdrawRequest, withdraw_request

LONGEST_WORD = 2000
WORDS = 20
WORDS_WINDOW = timedelta(minutes=10)


def register(target: Blueprint) -> None:
    add(target, "word", word, ("GET", "POST"))
    add(target, "withdraw", withdraw, ("GET", "POST"))


def word(token: str) -> Response:
    """Ask for a word and add it; what was typed stays on the page until it is stored."""
    context = current()
    with context.database.snapshot() as session:
        followed = load(session, token)
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\0", "").strip()
    if request.method == "GET" or request.form.get("go") == "language":
        return _ask(followed, token, text)
    if not text:
        return _ask(followed, token, text, problem=say_problem("text", "missing"), status=422)
    if len(text) > LONGEST_WORD:
        return _ask(followed, token, text, problem=say_too_long(text, LONGEST_WORD), status=422)
    try:
        limit_by_address("citizen-word", limit=WORDS, window=WORDS_WINDOW)
        with context.database.transaction() as session:
            add_citizen_word(session, AddCitizenWord(followed.id, text), CitizenActor(followed.id), context.now())
    except TooMany as refusal:
        response = _ask(followed, token, text, notice="too_many", status=429)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    except Conflict:
        return _ask(followed, token, text, notice="ended", status=409)
    return _back(token)


def withdraw(token: str) -> Response:
    """Ask once more, then take the request back; one that has ended meanwhile shows how it ended. So for a booking."""
    context = current()
    with context.database.snapshot() as session:
        booking = find_booking(session, token)
        followed = load(session, token) if booking is None else None
    if booking is not None:
        return cancel(booking, token)
    assert followed is not None
    if request.method == "GET" and followed.is_open:
        return page("follow/withdraw.html", keep=PRIVATE, discreet=followed.discreet, request_=followed, token=token)
    if request.method == "POST":
        try:
            with context.database.transaction() as session:
                withdraw_request(session, WithdrawRequest(followed.id), CitizenActor(followed.id), context.now())
        except Conflict:
            # Nothing is lost by it: the page we lead to says who was first.
            pass
    return _back(token)


def _ask(
    followed: FollowedRequest, token: str, text: str, *, problem: str = "", notice: str = "", status: int = 200
) -> Response:
    return page(
        "follow/word.html",
        status=status,
        keep=PRIVATE,
        discreet=followed.discreet,
        request_=followed,
        token=token,
        text=text,
        problems={"text": problem} if problem else {},
        notice=notice,
    )


def _back(token: str) -> Response:
    return see_other(address("follow", token=token))
