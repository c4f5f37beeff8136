"""The page behind a follow link, and the way to it with the reference and its eight digits."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models.queries import followed_booking
from models.queries.followed_request import FollowedRequest, by_code, by_token
from models.rules.device_copy import kept_until
from models.rules.errors import NotFound, TooMany
from server.context import current
from server.pages.addresses import add, address
from server.pages.booking.follow import answering_appointment, find_booking, show_booking
from server.pages.follow_words import say_history, say_state
from server.pages.rendering import PRIVATE, PUBLIC, page, see_other
from server.pages.seen import page_was_opened
from server.pages.told_words import tell, with_what_was_sent
from server.pages.units import unit_card
from server.pages.wording import say_problems
from server.rate_limits import limit_by_address, limit_by_reference
from server.services.choose_how_told import CitizenOwner
from server.tokens import FOLLOW_CODE_DIGITS

# Ten guesses an hour at eight digits need eleven centuries for one reference.
GUESSES = 10
GUESSES_WINDOW = timedelta(hours=1)
TRIES = 30
TRIES_WINDOW = timedelta(minutes=10)
LONGEST_TYPED = 40


def register(target: Blueprint) -> None:
    add(target, "find", find, ("GET", "POST"))
    add(target, "follow", follow)
    add(target, "sent", sent)
    add(target, "state", state)


def find() -> Response:
    """Ask for the reference and the code, and lead to the page of that request or booking."""
    typed = {name: _clean(request.form.get(name, "")) for name in ("reference", "code")}
    if request.method == "GET" or request.form.get("go") == "language":
        return page("follow/find.html", keep=PRIVATE if any(typed.values()) else PUBLIC, typed=typed, problems={})
    found = {name: "missing" for name, value in typed.items() if not value}
    if found:
        return _find_again(typed, found)
    try:
        limit_by_address("follow-code", limit=TRIES, window=TRIES_WINDOW)
        limit_by_reference(typed["reference"], limit=GUESSES, window=GUESSES_WINDOW)
    except TooMany as refusal:
        response = page("follow/find.html", status=429, keep=PRIVATE, typed=typed, problems={}, too_many=True)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    context = current()
    digits = "".join(char for char in typed["code"] if char.isdecimal())
    code_hash = context.tokens.stored_hash("follow-code", digits)
    with context.database.transaction() as session:
        followed = by_code(session, typed["reference"], code_hash) or followed_booking.by_code(
            session, typed["reference"], code_hash, context.now()
        )
    if followed is None or len(digits) != FOLLOW_CODE_DIGITS:
        return _find_again(typed, {"code": "wrong"})
    token = context.tokens.follow_token(followed.id, followed.generation)
    return see_other(address("follow", token=token))


def follow(token: str) -> Response:
    """The page of a request or of a booking."""
    return _show("page", token)


def sent(token: str) -> Response:
    """The same page just after sending: it says what to keep."""
    return _show("page", token, just_sent=True)


def state(token: str) -> Response:
    """Only the part that changes, for the script that listens."""
    return _show("state", token)


def load(session: Session, token: str) -> FollowedRequest:
    """The request behind a link.

    Raises:
        NotFound: `no_such_link`: it never was, is revoked, or its data has been erased.
    """
    found = by_token(session, current().tokens.stored_hash("follow-token", token))
    if found is None:
        raise NotFound("no_such_link")
    return found


def _show(template: str, token: str, *, just_sent: bool = False) -> Response:
    context = current()
    now = context.now()
    with context.database.snapshot() as session:
        booking = find_booking(session, token)
        followed = load(session, token) if booking is None else None
    if template == "page" and (subject := booking or followed):
        page_was_opened(subject.id)
    # What they have just opened is part of what they were sent.
    with context.database.snapshot() as session:
        if booking is not None:
            return show_booking(session, booking, token, template=template, just_sent=just_sent)
        assert followed is not None
        telling = tell(session, CitizenOwner(request_id=followed.id), ZoneInfo(followed.unit.time_zone))
        appointment = answering_appointment(session, followed)
    retention = timedelta(days=context.settings.retention_days)
    until = kept_until(discreet=followed.discreet, ended_at=followed.ended_at, now=now, retention=retention)
    return page(
        f"follow/{template}.html",
        keep=PRIVATE,
        discreet=followed.discreet,
        request_=followed,
        token=token,
        just_sent=just_sent,
        may_be_kept=until is not None,
        state=say_state(followed, now),
        history=with_what_was_sent(say_history(followed, now), telling),
        telling=telling,
        unit=unit_card(followed.unit, now),
        appointment=appointment,
        code=context.tokens.follow_code(followed.id, followed.generation),
    )


def _clean(text: str) -> str:
    return text.replace("\0", "").strip()[:LONGEST_TYPED]


def _find_again(typed: dict[str, str], found: dict[str, str]) -> Response:
    return page("follow/find.html", status=422, keep=PRIVATE, typed=typed, problems=say_problems(found, typed))
