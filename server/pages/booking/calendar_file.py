"""An appointment as a file for the citizen's own calendar; the same address follows it through moves to its end."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response

from models.queries.agenda import Changes, changes_of
from models.queries.followed_booking import FollowedAppointment, FollowedBooking
from models.rules.errors import NotFound
from server import i18n
from server.calendars.citizens import CitizenAppointment, for_citizen
from server.calendars.writing import Method, write_calendar
from server.context import current
from server.pages.addresses import add
from server.pages.booking.follow import load_booking
from server.pages.rendering import DISCREET


def register(target: Blueprint) -> None:
    add(target, "calendar", calendar)


def calendar(token: str) -> Response:
    """The appointment, living or cancelled.

    Raises:
        NotFound: `no_such_link`, or `no_appointment`: it was never booked.
    """
    context = current()
    with context.database.snapshot() as session:
        booking = load_booking(session, token)
        if booking.last is None:
            raise NotFound("no_appointment")
        changes = changes_of(session, [booking.id])[booking.id]
    entry = for_citizen(
        _said(booking, booking.last, changes), host=urlsplit(context.settings.public_url).hostname or "localhost"
    )
    response = Response(write_calendar([entry], Method.PUBLISH), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    response.headers["Cache-Control"] = DISCREET
    return response


def _said(booking: FollowedBooking, last: FollowedAppointment, changes: Changes) -> CitizenAppointment:
    return CitizenAppointment(
        booking_id=booking.id,
        reference=booking.reference,
        language=i18n.language(),
        discreet=booking.discreet,
        state=last.state,
        starts_at=last.starts_at,
        ends_at=last.ends_at,
        place_kind=last.place_kind,
        place_name=last.place_name,
        address=booking.address,
        unit=booking.unit,
        sequence=changes.sequence,
        changed_at=changes.changed_at,
    )
