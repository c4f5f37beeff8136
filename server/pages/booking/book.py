"""Booking in three steps, moved on by POST: why and where, when, who. The time is kept as soon as it is chosen."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from models.rules.errors import Refusal
from models.tables import Reason
from server.context import current
from server.pages.addresses import add
from server.pages.booking import confirm, keep, prove
from server.pages.booking.answers import STEPS, BookingAnswers, begin, read_answers
from server.pages.booking.steps import show_nobody, show_what, show_when, turn
from server.pages.booking.who_receives import who_receives
from server.pages.choices import reasons
from server.pages.communes import read_where
from server.services.release_hold import ReleaseHold, release_hold


def register(target: Blueprint) -> None:
    add(target, "book", book, ("GET", "POST"))


def book() -> Response:
    """Show the first question, or take what was pressed on the present page."""
    if request.method == "GET":
        with current().database.snapshot() as session:
            return show_what(session, begin())
    answers = read_answers(request.form)
    step = request.form.get("step", "")
    step = step if step in STEPS else "what"
    verb, _, value = request.form.get("go", "continue").partition("-")
    match verb:
        case "start":
            return _what(answers)
        case "pick":
            return keep.choose(answers, value)
        case "back":
            return _back(step, answers)
        case "language":
            return _again(step, answers)
        case "code" if step in ("who", "prove"):
            return prove.send_code(answers, value)
        case "list" | "month" | "elsewhere" | "more" | "day" | "unit" if step == "when":
            return show_times(turn(answers, verb, value))
    match step:
        case "what":
            return _take_what(answers)
        case "when":
            return show_times(answers)
        case "who":
            return confirm.confirm(answers)
        case _:
            return prove.check_code(answers)


def show_times(answers: BookingAnswers, *, notice: str = "") -> Response:
    """The second page, or what is missing before it; `notice` as `show_when` takes it."""
    with current().database.snapshot() as session:
        return _times(session, answers, notice)


def _times(session: Session, answers: BookingAnswers, notice: str = "") -> Response:
    found = _what_is_missing(session, answers)
    if found:
        return show_what(session, answers, found=found)
    receiving, who = who_receives(session, answers.commune_insee, answers.unit_id, current().now())
    if receiving is None:
        return show_nobody(session, answers, who)
    reason = session.get_one(Reason, answers.reason_code)
    status = HTTPStatus.CONFLICT if notice else HTTPStatus.OK
    return show_when(session, answers, receiving, reason, notice=notice, status=status)


def _take_what(answers: BookingAnswers) -> Response:
    """Check both answers of the first page at once, so that nobody is told of one problem after the other."""
    with current().database.snapshot() as session:
        where = read_where(session, answers)
        answers = where.answers
        found = _reason_problem(session, answers)
        if where.problem:
            found["commune"] = where.problem
        if found:
            return show_what(session, answers, found=found, choices=where.choices)
        return _times(session, answers)


def _what(answers: BookingAnswers) -> Response:
    with current().database.snapshot() as session:
        return show_what(session, answers)


def _back(step: str, answers: BookingAnswers) -> Response:
    match step:
        case "prove":
            return keep.show_kept(answers.but(code="", verification_id=""))
        case "who":
            _let_go(answers)
            return show_times(answers)
        case _:
            return _what(answers.but(chosen_unit_id="", view="list", days="", month="", day=""))


def _again(step: str, answers: BookingAnswers) -> Response:
    """The same page in the language of this address."""
    match step:
        case "when":
            return show_times(answers)
        case "who":
            return keep.show_kept(answers)
        case "prove":
            return prove.show(answers)
        case _:
            return _what(answers)


def _what_is_missing(session: Session, answers: BookingAnswers) -> dict[str, str]:
    found = _reason_problem(session, answers)
    if not answers.commune_insee:
        found["commune"] = "missing"
    return found


def _reason_problem(session: Session, answers: BookingAnswers) -> dict[str, str]:
    if not answers.reason_code:
        return {"reason_code": "missing"}
    known = reasons(session, bookable=True)
    return {} if answers.reason_code in known else {"reason_code": "unknown"}


def _let_go(answers: BookingAnswers) -> None:
    """Give the time back to others; one that is over already is no concern."""
    context = current()
    if not answers.hold_token:
        return
    try:
        with context.database.transaction() as session:
            release_hold(session, ReleaseHold(answers.hold_token), context.now(), context.tokens)
    except Refusal:
        pass
