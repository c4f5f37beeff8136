"""Another time for an appointment: chosen the same way, kept for ten minutes, then confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models.queries.followed_booking import FollowedBooking
from models.queries.held_time import held_time
from models.rules.actor import CitizenActor
from models.rules.errors import Conflict, Invalid, NotFound, TooMany
from models.tables import Reason
from server.context import current
from server.pages.addresses import add, address
from server.pages.booking.answers import BookingAnswers, read_answers
from server.pages.booking.chosen import say_day_and_time, say_held
from server.pages.booking.follow import booking_values, load_booking, show_booking
from server.pages.booking.keep import HOLDS, HOLDS_WINDOW, hold_token
from server.pages.booking.picks import Pick, read_pick, write_pick
from server.pages.booking.steps import times_shown, turn
from server.pages.booking.times import Agenda, TimeChoice
from server.pages.rendering import PRIVATE, page, see_other
from server.pages.units import unit_in_words
from server.rate_limits import limit_by_address
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.release_hold import ReleaseHold, release_hold

MOVES = 40
MOVES_WINDOW = timedelta(minutes=10)


def register(target: Blueprint) -> None:
    add(target, "move", move, ("GET", "POST"))


def move(token: str) -> Response:
    """Show the free times, keep the one that was pressed, or move to the one that is kept."""
    context = current()
    with context.database.snapshot() as session:
        booking = load_booking(session, token)
    if not booking.may_choose_again(context.now()):
        return see_other(address("follow", token=token))
    if request.method == "GET":
        return _choose(booking, token, BookingAnswers(view="list"))
    answers = read_answers(request.form).but(reason_code=booking.reason_code)
    verb, _, value = request.form.get("go", "continue").partition("-")
    match verb:
        case "pick":
            return _keep(booking, token, answers, value)
        case "confirm":
            return _confirm(booking, token, answers)
        case "back":
            with context.database.transaction() as session:
                release_hold(session, ReleaseHold(answers.hold_token), context.now(), context.tokens)
            return _choose(booking, token, answers)
        case "language" if answers.hold_token:
            return _ask(booking, token, answers)
        case _:
            return _choose(booking, token, turn(answers, verb, value))


def _choose(
    booking: FollowedBooking,
    token: str,
    answers: BookingAnswers,
    *,
    notice: str = "",
    following: Sequence[tuple[datetime, str]] = (),
    status: int = 200,
) -> Response:
    context = current()
    now = context.now()
    zone = ZoneInfo(booking.unit.time_zone)
    with context.database.snapshot() as session:
        shown = times_shown(session, _agenda(session, booking, zone), answers, now)
    next_times = [
        TimeChoice(write_pick(Pick(booking.unit.id, start, kind)), "", say_day_and_time(start, now, zone))
        for start, kind in following
    ]
    return page(
        "follow/booking/move.html",
        status=status,
        keep=PRIVATE,
        discreet=booking.discreet,
        token=token,
        answers=answers,
        hidden=_hidden(answers),
        notice=notice,
        next_times=next_times,
        **shown,
        **booking_values(booking),
    )


def _keep(booking: FollowedBooking, token: str, answers: BookingAnswers, value: str, *, notice: str = "") -> Response:
    pick = read_pick(value)
    if pick is None:
        return _choose(booking, token, answers)
    context = current()
    command = HoldSlot(
        booking.unit.id,
        booking.reason_code,
        pick.starts_at,
        booking_id=booking.id,
        place_kind=pick.place_kind,
        # The link stands for the form's own key: both are only the citizen's.
        token=hold_token(answers.but(key=token), value, context.tokens),
    )
    try:
        limit_by_address("hold", limit=HOLDS, window=HOLDS_WINDOW)
        with context.database.transaction() as session:
            held = hold_slot(session, command, context.now(), context.tokens)
    except TooMany as refusal:
        response = _choose(booking, token, answers, notice="too_many", status=429)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    except Conflict as refusal:
        if refusal.code == "slot_taken":
            following = [(datetime.fromisoformat(one), pick.place_kind) for one in refusal.detail.get("next", ())]
            return _choose(booking, token, answers, notice="slot_taken", following=following, status=409)
        return _changed(token, refusal)
    except (Invalid, NotFound):
        return _choose(booking, token, answers)
    return _ask(booking, token, answers.but(hold_token=held.hold_token, pick=value), notice=notice)


def _ask(booking: FollowedBooking, token: str, answers: BookingAnswers, *, notice: str = "") -> Response:
    """The old time and the new one, and whether that is right."""
    context = current()
    with context.database.snapshot() as session:
        held = held_time(session, context.tokens.stored_hash("hold-token", answers.hold_token), context.now())
    if held is None or held.booking_id != booking.id:
        return _choose(booking, token, answers.but(hold_token=""))
    return page(
        "follow/booking/confirm_move.html",
        keep=PRIVATE,
        discreet=booking.discreet,
        token=token,
        hidden=_hidden(answers),
        notice=notice,
        kept_time=say_held(held, context.now()),
        **booking_values(booking),
    )


def _confirm(booking: FollowedBooking, token: str, answers: BookingAnswers) -> Response:
    context = current()
    limit_by_address("booking-change", limit=MOVES, window=MOVES_WINDOW)
    command = MoveAppointment(booking.id, answers.hold_token)
    try:
        with context.database.transaction() as session:
            move_appointment(session, command, CitizenActor(booking_id=booking.id), context.now(), context.tokens)
    except Conflict as refusal:
        if refusal.code == "hold_expired":
            return _keep(booking, token, answers, answers.pick, notice="kept_again")
        return _changed(token, refusal)
    return see_other(address("follow", token=token))


def _changed(token: str, refusal: Conflict) -> Response:
    """The booking has changed under the page: it is shown as it is now, and why nothing was moved."""
    with current().database.snapshot() as session:
        notice = "too_late" if refusal.code == "too_late" else ""
        return show_booking(session, load_booking(session, token), token, notice=notice, status=409)


def _agenda(session: Session, booking: FollowedBooking, zone: ZoneInfo) -> Agenda:
    reason = session.get_one(Reason, booking.reason_code)
    return Agenda(booking.unit.id, unit_in_words(booking.unit.name), zone, reason.code, reason.horizon_days)


def _hidden(answers: BookingAnswers) -> dict[str, str]:
    names = ("view", "days", "month", "day", "hold_token", "pick")
    return {name: getattr(answers, name) for name in names if getattr(answers, name)}
