"""How somebody wants to be told of their request or booking: the form, and the browsers that follow over web push."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, render_template, request
from sqlalchemy.orm import Session

from models.queries.how_told import follows_something
from models.rules.errors import Invalid, Refusal
from models.rules.telling import Way
from server import errors, i18n
from server.context import current
from server.pages.addresses import add, address
from server.pages.booking.follow import find_booking
from server.pages.follow import load
from server.pages.rendering import see_other
from server.pages.told_words import CALENDAR, tell
from server.push_subscriptions import PushSubscription, endpoint_hash, judge_subscription
from server.rate_limits import limit_by_address
from server.services.choose_how_told import ChooseHowTold, choose_how_told
from server.services.drop_push_subscription import CitizenOwner, DropPushSubscription, drop_push_subscription
from server.services.keep_push_subscription import KeepPushSubscription, keep_push_subscription
from server.services.renew_push_subscription import RenewPushSubscription, renew_push_subscription

# Each visit may repair; a household behind one address stays far below.
CHANGES = 60
CHANGES_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Followed:
    """What the holder of a link may be told of."""

    owner: CitizenOwner
    is_open: bool
    discreet: bool
    zone: ZoneInfo


def register(target: Blueprint) -> None:
    add(target, "preferences", preferences, ("POST",))
    add(target, "notifications", notifications, ("PUT", "DELETE"))
    add(target, "renew", renew, ("POST",))


def preferences(token: str) -> Response:
    """Take the form: over what they want to hear. A way that there is not, or no more, changes nothing.

    Raises:
        NotFound: `no_such_link`.
        TooMany: from one network address.
    """
    context = current()
    with context.database.snapshot() as session:
        _find(session, token)
    limit_by_address("follow-told", limit=CHANGES, window=CHANGES_WINDOW)
    with context.database.transaction() as session:
        followed = _find(session, token)
        chosen = request.form.get("told_by", "")
        if chosen in [choice.value for choice in tell(session, followed.owner, followed.zone).ways]:
            way = Way(chosen)
            # Who is told by mail is told of their calendar's changes there; who hears nothing, of none.
            calendar = way is Way.EMAIL or (way is not Way.NOTHING and CALENDAR in request.form)
            choose_how_told(session, ChooseHowTold(followed.owner, way, calendar), context.now())
    return see_other(address("follow", token=token) + "#prevenir")


def _for_scripts(view: Callable[..., Response]) -> Callable[..., Response]:
    """Refusals as problem documents: these addresses are called by scripts, which put the title on the page."""

    @wraps(view)
    def answer(**arguments: Any) -> Response:
        try:
            response = view(**arguments)
        except Refusal as refusal:
            response = errors.problem(errors.status_of(refusal), refusal.code, refusal.detail)
        response.headers["Cache-Control"] = "no-store"
        return response

    return answer


@_for_scripts
def notifications(token: str) -> Response:
    """Let a browser follow (PUT), or follow no more (DELETE).

    Returns:
        `card`, the card as it is now; after a DELETE `needed` says whether the browser follows something else.

    Raises:
        NotFound: `no_such_link`.
        Invalid: `invalid_arguments`; and as `judge_subscription`, which may raise `Conflict` too.
        TooMany: from one network address.
    """
    context = current()
    body = _body()
    endpoint = _text(body, "endpoint")
    subscription = _subscription(body) if request.method == "PUT" else None
    limit_by_address("follow-push", limit=CHANGES, window=CHANGES_WINDOW)
    with context.database.transaction() as session:
        followed = _find(session, token)
        if subscription is not None:
            # Whoever asks for notifications has changed their mind about anything they chose before.
            choose_how_told(session, ChooseHowTold(followed.owner, None), context.now())
            command = KeepPushSubscription(followed.owner, subscription, i18n.language())
            keep_push_subscription(session, command, context.now())
        else:
            drop_push_subscription(session, DropPushSubscription(followed.owner, endpoint))
        card = _card(session, followed, token)
        return jsonify({"card": card, "needed": follows_something(session, endpoint_hash(endpoint))})


@_for_scripts
def renew() -> Response:
    """Take the new way in which a browser is reached, from the browser itself: no page, and no link, need be open.

    Raises:
        NotFound: `no_push_subscription`.
        Invalid: `invalid_arguments`; and as `judge_subscription`.
        TooMany: from one network address.
    """
    context = current()
    body = _body()
    old = body.get("old")
    if not isinstance(old, dict):
        raise _invalid("old")
    command = RenewPushSubscription(_text(old, "endpoint"), _text(old, "auth"), _subscription(body))
    limit_by_address("follow-push", limit=CHANGES, window=CHANGES_WINDOW)
    with context.database.transaction() as session:
        renew_push_subscription(session, command, context.now())
    return Response(status=HTTPStatus.NO_CONTENT)


def _find(session: Session, token: str) -> Followed:
    booking = find_booking(session, token)
    if booking is not None:
        zone = ZoneInfo(booking.unit.time_zone)
        return Followed(CitizenOwner(booking_id=booking.id), booking.ended_at is None, booking.discreet, zone)
    followed = load(session, token)
    zone = ZoneInfo(followed.unit.time_zone)
    return Followed(CitizenOwner(request_id=followed.id), followed.is_open, followed.discreet, zone)


def _card(session: Session, followed: Followed, token: str) -> str:
    return render_template(
        "follow/told.html",
        telling=tell(session, followed.owner, followed.zone),
        token=token,
        is_open=followed.is_open,
        discreet=followed.discreet,
    )


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise _invalid("body")
    return body


def _subscription(body: dict[str, Any]) -> PushSubscription:
    keys = body.get("keys")
    if not isinstance(keys, dict):
        raise _invalid("keys")
    given = PushSubscription(
        _text(body, "endpoint"), _text(keys, "p256dh"), _text(keys, "auth"), _text(body, "vapid_key")
    )
    return judge_subscription(current().settings.push, given)


def _text(body: dict[str, Any], name: str) -> str:
    text = body.get(name)
    # Nothing that PostgreSQL could not keep, or that UTF-8 could not carry.
    if not isinstance(text, str) or not text.isprintable():
        raise _invalid(name)
    return text


def _invalid(field: str) -> Invalid:
    return Invalid("invalid_arguments", {"fields": {field: "unreadable"}})
