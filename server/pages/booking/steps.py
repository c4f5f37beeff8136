"""Each page of the booking form: what it shows for the answers so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from sqlalchemy.orm import Session

from models.queries.communes import CommuneFound
from models.queries.held_time import HeldTime
from models.rules.jurisdiction import Competence, Police, Unknown
from models.tables import Reason
from server.context import current
from server.pages.booking.answers import BookingAnswers
from server.pages.booking.chosen import say_day_and_time, say_held
from server.pages.booking.elsewhere import units_elsewhere
from server.pages.booking.picks import Pick, write_pick
from server.pages.booking.times import DAYS, MOST_DAYS, Agenda, TimeChoice, list_days, show_month
from server.pages.booking.who_receives import Receiving
from server.pages.booking.wording import say_booking_problems
from server.pages.choices import reasons
from server.pages.rendering import PRIVATE, page
from server.pages.units import unit_card
from server.pages.wording import say_why_unknown

NUMBERS = {"what": 1, "when": 2, "who": 3, "prove": 3}


def show_what(
    session: Session,
    answers: BookingAnswers,
    *,
    found: Mapping[str, str] | None = None,
    choices: Sequence[CommuneFound] = (),
) -> Response:
    """The first page: why, and where.

    Args:
        found: field → code of what is wrong.
        choices: communes to choose from.
    """
    values = {"reasons": reasons(session, bookable=True).values(), "choices": choices}
    return _form(session, "what", answers, found=found, values=values, way_out=True)


def show_nobody(session: Session, answers: BookingAnswers, who: Competence) -> Response:
    """No unit of ours answers for the commune: whom to call, or whom to choose."""
    now = current().now()
    values: dict[str, Any] = {}
    match who:
        case Police(commune=commune, service_name=name, station=station):
            card = unit_card(station, now) if station else None
            values = {"outcome": "police", "commune": commune, "unit": card, "service_name": name}
        case Unknown(commune=commune, why=why, candidates=candidates):
            cards = [unit_card(unit, now) for unit in candidates]
            values = {"outcome": "unknown", "commune": commune, "why": say_why_unknown(why), "candidates": cards}
    return _form(session, "when", answers, template="booking/nobody.html", values=values)


def show_when(
    session: Session,
    answers: BookingAnswers,
    receiving: Receiving,
    reason: Reason,
    *,
    notice: str = "",
    next_starts: Sequence[tuple[datetime, str]] = (),
    error_id: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """The free times, in the view that the citizen chose.

    Args:
        notice: `slot_taken`, `sent_before`, `too_many` or `unexpected`.
        next_starts: after `slot_taken`, the starts that are free and their kind of place.
    """
    now = current().now()
    unit = unit_card(receiving.unit, now)
    zone = ZoneInfo(receiving.unit.time_zone)
    agenda = Agenda(unit.id, unit.in_words, zone, reason.code, reason.horizon_days)
    values: dict[str, Any] = {
        "unit": unit,
        "competent_for": receiving.competent_for,
        "minutes": reason.duration_minutes,
        "horizon_days": reason.horizon_days,
        "needs_approval": reason.needs_approval,
        # Whoever books for a place overseas may sit in Paris, and the other way round.
        "far_zone": now.astimezone(zone).utcoffset() != now.astimezone(ZoneInfo("Europe/Paris")).utcoffset(),
        "next_times": [
            TimeChoice(write_pick(Pick(unit.id, start, kind)), "", say_day_and_time(start, now, zone))
            for start, kind in next_starts
        ],
        "notice": notice,
        "error_id": error_id,
    }
    if answers.view == "elsewhere":
        values["elsewhere"] = units_elsewhere(session, receiving, reason.code, now)
    else:
        values |= times_shown(session, agenda, answers, now)
    return _form(session, "when", answers, values=values, status=status)


def show_who(
    session: Session,
    answers: BookingAnswers,
    held: HeldTime,
    *,
    found: Mapping[str, str] | None = None,
    notice: str = "",
    error_id: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Who comes, beside the time that is kept; `notice` is `kept_again`, `too_many` or `unexpected`."""
    values = {
        "time": say_held(held, current().now()),
        "notice": notice,
        "error_id": error_id,
    }
    return _form(session, "who", answers, found=found, values=values, status=status)


def show_prove(
    session: Session,
    answers: BookingAnswers,
    held: HeldTime,
    channels: Sequence[tuple[str, str]],
    *,
    found: Mapping[str, str] | None = None,
    notice: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """The code that proves who books a second time; `channels` are the ways to get one, with their button's words."""
    now = current().now()
    values = {
        "time": say_held(held, now),
        "unit": unit_card(held.unit, now),
        "channels": channels,
        "notice": notice,
    }
    return _form(session, "prove", answers, found=found, values=values, status=status)


def show_without_database(answers: BookingAnswers, error_id: str) -> Response:
    """The page for when the database is away: it can only offer to send the same answers again."""
    values: dict[str, Any] = {"answers": answers, "hidden": answers.hidden_on("when"), "error_id": error_id}
    # Whether the reason is a discreet one cannot be asked now, so that the careful side is taken.
    return page("booking/try_again.html", status=503, keep=PRIVATE, discreet=True, **values)


def times_shown(session: Session, agenda: Agenda, answers: BookingAnswers, now: datetime) -> dict[str, Any]:
    """The free times for the templates: a `month`, or a `listing` by day."""
    if answers.view == "month":
        return {"month": show_month(session, agenda, answers.month, answers.day, now)}
    return {"listing": list_days(session, agenda, days_wanted(answers.days), now)}


def turn(answers: BookingAnswers, verb: str, value: str) -> BookingAnswers:
    """The answers after a button that turns the pages of the free times; any other button changes nothing."""
    match verb:
        case "more":
            return answers.but(view="list", days=str(days_wanted(answers.days) + DAYS))
        case "month":
            return answers.but(view="month", month=value or answers.month, day="")
        case "day":
            return answers.but(view="month", month=value[:7], day=value)
        case "unit":
            return answers.but(view="list", chosen_unit_id=value, days="", month="", day="")
        case "list" | "elsewhere":
            return answers.but(view=verb)
        case _:
            return answers


def days_wanted(text: str) -> int:
    """How many days the list shows, from what the form carries."""
    return min(MOST_DAYS, max(DAYS, int(text))) if text.isascii() and text.isdecimal() and len(text) < 4 else DAYS


def _form(
    session: Session,
    step: str,
    answers: BookingAnswers,
    *,
    values: Mapping[str, Any],
    template: str = "",
    found: Mapping[str, str] | None = None,
    way_out: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    reason = reasons(session).get(answers.reason_code)
    return page(
        template or f"booking/{step}.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if found else status,
        keep=PRIVATE,
        discreet=bool(reason and reason.discreet),
        way_out=way_out,
        step=step,
        number=NUMBERS[step],
        answers=answers,
        hidden=answers.hidden_on(step),
        problems=say_booking_problems(found or {}, asdict(answers)),
        **values,
    )
