"""The time that a citizen pressed is kept for ten minutes, or they are told kindly that somebody was faster."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Response

from models.queries.held_time import held_time
from models.rules.errors import Conflict, Invalid, NotFound, TooMany
from models.rules.jurisdiction import Competent
from models.tables import Reason
from server.context import current
from server.errors import log_unexpected
from server.pages.booking import book
from server.pages.booking.answers import BookingAnswers
from server.pages.booking.picks import Pick, read_pick
from server.pages.booking.steps import show_when, show_who, show_without_database
from server.pages.booking.who_receives import who_receives
from server.rate_limits import limit_by_address
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.release_hold import ReleaseHold, release_hold
from server.tokens import Tokens

# Whoever looks at one time after another presses often; a village shares one address.
HOLDS = 60
HOLDS_WINDOW = timedelta(minutes=10)
TOKEN_CHARACTERS = 22


def choose(answers: BookingAnswers, value: str, *, notice: str = "") -> Response:
    """Keep the time on the button that was pressed, and ask who comes.

    Args:
        notice: what the next page says first, as `show_who` takes it.
    """
    pick = read_pick(value)
    if pick is None:
        return book.show_times(answers)
    context = current()
    token = hold_token(answers, value, context.tokens)
    try:
        limit_by_address("hold", limit=HOLDS, window=HOLDS_WINDOW)
        with context.database.transaction() as session:
            if answers.hold_token and answers.hold_token != token:
                # Who chooses another time needs the first one no more, whether the second can be had or not.
                release_hold(session, ReleaseHold(answers.hold_token), context.now(), context.tokens)
        with context.database.transaction() as session:
            command = HoldSlot(
                pick.unit_id, answers.reason_code, pick.starts_at, place_kind=pick.place_kind, token=token
            )
            held = hold_slot(session, command, context.now(), context.tokens)
    except TooMany as refusal:
        response = _turned_away(answers, pick, notice="too_many", status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    except Conflict as refusal:
        following = [datetime.fromisoformat(one) for one in refusal.detail.get("next", ())]
        return _turned_away(answers, pick, notice="slot_taken", following=following, status=HTTPStatus.CONFLICT)
    except (Invalid, NotFound):
        # Nothing that a button of ours says: the times as they are now, or what is missing before them.
        return book.show_times(answers)
    except Exception as error:
        return _apologise(answers, pick, error)
    return show_kept(answers.but(hold_token=held.hold_token, pick=value), notice=notice)


def show_kept(answers: BookingAnswers, *, notice: str = "", found: dict[str, str] | None = None) -> Response:
    """Ask who comes, beside the time that is kept; one that is kept no more is kept anew, if it is still free."""
    context = current()
    with context.database.snapshot() as session:
        token_hash = context.tokens.stored_hash("hold-token", answers.hold_token)
        held = held_time(session, token_hash, context.now()) if answers.hold_token else None
        if held is not None and held.booking_id is None:
            answers = answers.but(reason_code=held.reason_code)
            return show_who(session, answers, held, notice=notice, found=found)
    if not answers.pick or notice:
        return book.show_times(answers)
    return choose(answers, answers.pick, notice="kept_again")


def hold_token(answers: BookingAnswers, value: str, tokens: Tokens) -> str:
    """The secret of a time that is pressed on this very page: pressing twice is asking once.

    The page before it is part of it, so that a time which ran out and is kept anew has a new secret.
    """
    digest = tokens.stored_hash("hold-of-form", f"{answers.key}\0{answers.hold_token}\0{value}")
    return base64.urlsafe_b64encode(digest).decode()[:TOKEN_CHARACTERS]


def _turned_away(
    answers: BookingAnswers,
    pick: Pick,
    *,
    notice: str,
    following: list[datetime] | None = None,
    error_id: str = "",
    status: HTTPStatus,
) -> Response:
    """The free times once more, of the unit that they wanted to see, with why it did not work."""
    context = current()
    with context.database.snapshot() as session:
        reason = session.get(Reason, answers.reason_code)
        receiving, who = who_receives(session, answers.commune_insee, pick.unit_id, context.now())
        if reason is None or receiving is None:
            return book.show_times(answers)
        competent = isinstance(who, Competent) and who.unit.id == pick.unit_id
        return show_when(
            session,
            answers.but(chosen_unit_id="" if competent else str(pick.unit_id), view="list"),
            receiving,
            reason,
            notice=notice,
            next_starts=[(start, pick.place_kind) for start in following or ()],
            error_id=error_id,
            status=status,
        )


def _apologise(answers: BookingAnswers, pick: Pick, error: Exception) -> Response:
    error_id = log_unexpected("a time could not be held", error)
    try:
        return _turned_away(
            answers, pick, notice="unexpected", error_id=error_id, status=HTTPStatus.INTERNAL_SERVER_ERROR
        )
    except Exception:
        return show_without_database(answers, error_id)
