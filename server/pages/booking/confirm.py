"""The third page is sent: what is kept becomes an appointment; whatever goes wrong, everything typed is still there."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from models.queries.held_time import held_time
from models.rules.actor import CitizenActor
from models.rules.errors import Conflict, Invalid, TooMany
from server import i18n
from server.context import current
from server.errors import log_unexpected
from server.pages.addresses import address
from server.pages.answers import new_key
from server.pages.booking import book, keep, prove
from server.pages.booking.answers import BookingAnswers
from server.pages.booking.steps import show_who, show_without_database
from server.pages.rendering import see_other
from server.provable_channels import provable
from server.rate_limits import limit_by_address
from server.services.book_appointment import BookAppointment, book_appointment

# As wide as for contact requests, and for the same reasons.
BOOKINGS = 30
BOOKINGS_WINDOW = timedelta(minutes=10)


def confirm(answers: BookingAnswers) -> Response:
    """Book what is kept and lead to its page; a code that was found right goes with it."""
    context = current()
    command = BookAppointment(
        answers.hold_token,
        answers.details(),
        i18n.language(),
        answers.key,
        verification_id=answers.verification_uuid,
        provable=provable(context.settings.sms),
    )
    try:
        limit_by_address("booking", limit=BOOKINGS, window=BOOKINGS_WINDOW)
        with context.database.transaction() as session:
            booked = book_appointment(session, command, CitizenActor(), context.now(), context.tokens)
    except TooMany as refusal:
        response = _who(answers, notice="too_many", status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    except Invalid as refusal:
        found = refusal.detail["fields"]
        if "commune_insee" in found:
            return book.show_times(answers.but(commune_insee=""))
        return keep.show_kept(answers, found=found)
    except Conflict as refusal:
        return _refused(answers, refusal)
    except Exception as error:
        return _apologise(answers, error)
    return see_other(address("sent", token=booked.follow_token))


def _refused(answers: BookingAnswers, refusal: Conflict) -> Response:
    match refusal.code:
        case "hold_expired":
            return keep.choose(answers, answers.pick, notice="kept_again")
        case "verification_needed":
            return prove.ask(answers, refusal.detail["channels"])
        case _:
            # Sent before with other answers: what is on the page now would be a second appointment, at another time.
            return book.show_times(answers.but(key=new_key(), hold_token="", pick=""), notice="sent_before")


def _who(answers: BookingAnswers, *, notice: str, error_id: str = "", status: HTTPStatus) -> Response:
    context = current()
    with context.database.snapshot() as session:
        held = held_time(session, context.tokens.stored_hash("hold-token", answers.hold_token), context.now())
        if held is not None:
            return show_who(session, answers, held, notice=notice, error_id=error_id, status=status)
    return book.show_times(answers)


def _apologise(answers: BookingAnswers, error: Exception) -> Response:
    error_id = log_unexpected("an appointment could not be booked", error)
    try:
        return _who(answers, notice="unexpected", error_id=error_id, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    except SQLAlchemyError:
        return show_without_database(answers, error_id)
