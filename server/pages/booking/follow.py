"""The page behind a booking's follow link: its time, its place, and what may still be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response
from sqlalchemy.orm import Session

from models.queries import followed_booking
from models.queries.followed_booking import FollowedAppointment, FollowedBooking
from models.queries.followed_request import FollowedRequest
from models.rules.appointments import Offer
from models.rules.device_copy import kept_until
from models.rules.errors import NotFound
from server import i18n
from server.context import current
from server.pages.booking.chosen import ChosenTime, say_chosen, say_day_and_time
from server.pages.booking.words import say_booking
from server.pages.rendering import PRIVATE, page
from server.pages.told_words import tell
from server.pages.units import unit_card
from server.services.choose_how_told import CitizenOwner


@dataclass(frozen=True)
class OfferInWords:
    """A time that the unit holds for the citizen, until `until`."""

    id: UUID
    time: ChosenTime
    until: str
    earlier: bool
    to_confirm: bool


@dataclass(frozen=True)
class AnsweringAppointment:
    """The appointment with which a request was answered, and the link that opens it."""

    time: ChosenTime
    token: str


def find_booking(session: Session, token: str) -> FollowedBooking | None:
    """The booking behind a link; None when it is no booking's."""
    context = current()
    return followed_booking.by_token(session, context.tokens.stored_hash("follow-token", token), context.now())


def load_booking(session: Session, token: str) -> FollowedBooking:
    """The booking behind a link.

    Raises:
        NotFound: `no_such_link`.
    """
    found = find_booking(session, token)
    if found is None:
        raise NotFound("no_such_link")
    return found


def show_booking(
    session: Session,
    booking: FollowedBooking,
    token: str,
    *,
    template: str = "page",
    just_sent: bool = False,
    notice: str = "",
    status: int = 200,
) -> Response:
    """The page (`template` is `page`), or only the part that changes (`state`).

    Args:
        just_sent: it says what to keep.
        notice: `offer_ended` or `too_late`, after something that could not be done.
    """
    context = current()
    return page(
        f"follow/booking/{template}.html",
        status=status,
        keep=PRIVATE,
        discreet=booking.discreet,
        token=token,
        just_sent=just_sent,
        notice=notice,
        may_be_kept=copy_until(booking) is not None,
        code=context.tokens.follow_code(booking.id, booking.generation),
        telling=tell(session, CitizenOwner(booking_id=booking.id), ZoneInfo(booking.unit.time_zone)),
        **booking_values(booking),
    )


def booking_values(booking: FollowedBooking, *, near_words: bool = True) -> dict[str, Any]:
    """What the templates say of a booking; `near_words` is False for what is read later than today."""
    now = current().now()
    zone = ZoneInfo(booking.unit.time_zone)
    shown = booking.active
    until = booking.change_until
    return {
        "booking": booking,
        "state": say_booking(booking, now, near_words=near_words),
        "time": _time(booking, shown, now, near_words) if shown else None,
        "offers": [_offer(booking, one, now) for one in booking.offers],
        "unit": unit_card(booking.unit, now),
        "papers": booking.papers.get(i18n.language(), ""),
        "word": (booking.last.word or "") if booking.last else "",
        "may_change": booking.may_change(now),
        "may_choose_again": booking.may_choose_again(now),
        "may_cancel": booking.ended_at is None and (booking.active is None or booking.may_change(now)),
        "may_promise": booking.may_promise(now),
        "has_promised": booking.asked is not None and booking.asked.promised,
        "may_want_earlier": booking.may_want_earlier(now),
        "is_ahead": shown is not None and shown.starts_at > now,
        "change_until": say_day_and_time(until, now, zone, near_words=near_words) if until else "",
    }


def copy_until(booking: FollowedBooking) -> datetime | None:
    """Until when the citizen's device may keep a copy; None when it may not."""
    context = current()
    return kept_until(
        discreet=booking.discreet,
        ended_at=booking.ended_at,
        now=context.now(),
        retention=timedelta(days=context.settings.retention_days),
    )


def answering_appointment(session: Session, request: FollowedRequest) -> AnsweringAppointment | None:
    """The appointment to come with which a gendarme has answered a request.

    One of a discreet reason stays off the page of a request that is not, which others may see.
    """
    context = current()
    now = context.now()
    booking = followed_booking.of_request(session, request.id, now)
    if booking is None or booking.active is None or booking.active.starts_at <= now:
        return None
    if booking.discreet and not request.discreet:
        return None
    token = context.tokens.follow_token(booking.id, booking.generation)
    return AnsweringAppointment(_time(booking, booking.active, now, near_words=True), token)


def _time(booking: FollowedBooking, one: FollowedAppointment, now: datetime, near_words: bool) -> ChosenTime:
    return say_chosen(booking.unit, one.starts_at, one.place_kind, one.place_name, now, near_words=near_words)


def _offer(booking: FollowedBooking, one: FollowedAppointment, now: datetime) -> OfferInWords:
    assert one.held_until is not None
    until = say_day_and_time(one.held_until, now, ZoneInfo(booking.unit.time_zone))
    return OfferInWords(
        one.id, _time(booking, one, now, near_words=True), until, one.offer == Offer.EARLIER, one.to_confirm
    )
