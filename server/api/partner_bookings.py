"""Booking, moving and cancelling appointments, for partners' programs."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import marshmallow as ma
from flask import Response
from sqlalchemy.orm import Session

from models.queries.partner_bookings import PartnerBooking, find_offers, find_partner_booking
from models.rules.api_keys import Scope
from models.rules.appointments import BOOKED, EndedBy, State
from models.rules.booking import LONGEST, BookingDetails, change_until
from models.rules.errors import NotFound
from server.api.contact_requests import FOLLOW_PATH, IdempotencyHeaders, read_idempotency_key
from server.api.interface import Blueprint
from server.api.partner_access import READS_A_BODY, keyed, partner_problems, private
from server.api.partner_holds import HOLD_TOKEN
from server.api.partner_slots import IN_UNITS_ZONE, PlaceOfSlot, UnitOfSlots, present_unit
from server.api.schemas import INSEE, Choice, Pattern, Schema, text
from server.context import current
from server.i18n import LANGUAGES
from server.phone_numbers import read_phone, region_of
from server.services.book_appointment import BookAppointment, book_appointment
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.use_api_key import Partner

blueprint = Blueprint(
    "partner_bookings", __name__, url_prefix="/api/v1/bookings", description="Appointments, for partners."
)

LONGEST_WORD = 500
STATES = [State.REQUESTED, State.CONFIRMED, State.HONOURED, State.NO_SHOW, State.CANCELLED, State.EXPIRED]


class HoldToken(Schema):
    class Meta:
        unknown = ma.RAISE

    hold_token = ma.fields.String(
        required=True, validate=Pattern(HOLD_TOKEN), metadata={"description": "From POST /api/v1/holds."}
    )


class NewBooking(HoldToken):
    language = ma.fields.String(
        load_default="fr", validate=Choice(LANGUAGES), metadata={"description": "In which the citizen is answered."}
    )
    caller_name = text(LONGEST["caller_name"], load_default="", description="Leave it out if you keep it yourself.")
    phone = text(40, load_default="", description="As typed; for whoever must reach them.")
    email = text(LONGEST["email"], load_default="", description="Confirmations go there; without it you tell them.")
    facts = text(LONGEST["facts"], load_default="", description="What it is about, in their words.")
    address = text(LONGEST["address"], load_default="", description="Needed for an appointment at home.")
    commune_insee = ma.fields.String(
        load_default=None, allow_none=True, validate=Pattern(INSEE), metadata={"description": "Where they live."}
    )
    may_leave_message = ma.fields.Boolean(
        load_default=False, truthy={True}, falsy={False}, metadata={"description": "Whether a voice message is safe."}
    )


class Cancellation(Schema):
    class Meta:
        unknown = ma.RAISE

    word = text(LONGEST_WORD, load_default="", description="What the citizen tells the unit.")


class OfferedTime(Schema):
    starts_at = ma.fields.String(required=True, metadata={"format": "date-time", "description": IN_UNITS_ZONE})
    ends_at = ma.fields.String(required=True, metadata={"format": "date-time", "description": IN_UNITS_ZONE})
    held_until = ma.fields.String(required=True, metadata={"format": "date-time", "description": IN_UNITS_ZONE})


class Booking(Schema):
    id = ma.fields.UUID(required=True)
    reference = ma.fields.String(required=True, metadata={"description": "For the phone.", "example": "RV-7K4Q-29"})
    state = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf([state.value for state in STATES]),
        metadata={"description": "`requested` waits for the chief's approval; `expired` waited in vain."},
    )
    ended_by = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf([by.value for by in EndedBy]),
        metadata={"description": "Who cancelled; null while it is to come."},
    )
    unit = ma.fields.Nested(UnitOfSlots, required=True)
    reason_code = ma.fields.String(required=True)
    starts_at = ma.fields.String(required=True, metadata={"format": "date-time", "description": IN_UNITS_ZONE})
    ends_at = ma.fields.String(required=True, metadata={"format": "date-time", "description": IN_UNITS_ZONE})
    place = ma.fields.Nested(PlaceOfSlot, required=True)
    change_until = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"format": "date-time", "description": "Until when it can be moved or cancelled; null when over."},
    )
    word = ma.fields.String(required=True, allow_none=True, metadata={"description": "What the unit told them."})
    offers = ma.fields.List(
        ma.fields.Nested(OfferedTime),
        required=True,
        metadata={"description": "Times that the unit holds for them; they accept one on their follow page."},
    )


class BookedNow(Booking):
    follow_url = ma.fields.String(
        required=True, metadata={"format": "uri", "description": "The citizen's page. Whoever has it may read it."}
    )
    follow_code = ma.fields.String(
        required=True, metadata={"description": "Opens the page together with the reference, without the link."}
    )


@blueprint.post("")
@keyed(blueprint, Scope.BOOKINGS_WRITE)
@blueprint.arguments(IdempotencyHeaders, location="headers")
@blueprint.arguments(NewBooking)
@partner_problems(blueprint, *READS_A_BODY)
@blueprint.response(HTTPStatus.CREATED, BookedNow)
def post_booking(partner: Partner, headers: dict[str, Any], body: dict[str, Any]) -> Response:
    """Book what is held

    Everything about the citizen is optional: a partner may keep it. `state` says whether the chief has yet to approve.
    """
    context = current()
    key = read_idempotency_key(headers.get("idempotency_key"))
    command = BookAppointment(
        hold_token=body["hold_token"],
        details=_read_details(body),
        language=body["language"],
        # Two partners that count their requests from one must not meet.
        idempotency_key=f"partner:{partner.actor.api_key_id}:{key or uuid4()}",
    )
    with context.database.transaction() as session:
        booked = book_appointment(session, command, partner.actor, context.now(), context.tokens)
        session.flush()
        found = _own(session, partner, booked.booking_id)
        presented = _present(session, found, context.now())
    follow_url = context.settings.public_url + FOLLOW_PATH[found.booking.language] + booked.follow_token
    return private({**presented, "follow_url": follow_url, "follow_code": booked.follow_code}, HTTPStatus.CREATED)


@blueprint.get("/<uuid:booking_id>")
@keyed(blueprint, Scope.BOOKINGS_WRITE)
@partner_problems(blueprint, HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.OK, Booking)
def get_booking(partner: Partner, booking_id: UUID) -> Response:
    """Say what has become of a booking

    Only of those that this key made.
    """
    context = current()
    with context.database.snapshot() as session:
        return private(_present(session, _own(session, partner, booking_id), context.now()))


@blueprint.post("/<uuid:booking_id>/move")
@keyed(blueprint, Scope.BOOKINGS_WRITE)
@blueprint.arguments(HoldToken)
@partner_problems(blueprint, *READS_A_BODY)
@blueprint.response(HTTPStatus.OK, Booking)
def post_move(partner: Partner, body: dict[str, Any], booking_id: UUID) -> Response:
    """Move a booking to a time that is held for it

    Hold it with `booking_id` first. The old time is free and the new one booked, or nothing has changed. Reference and
    follow link stay.
    """
    context = current()
    with context.database.transaction() as session:
        command = MoveAppointment(booking_id, body["hold_token"])
        move_appointment(session, command, partner.actor, context.now(), context.tokens)
        session.flush()
        return private(_present(session, _own(session, partner, booking_id), context.now()))


@blueprint.post("/<uuid:booking_id>/cancel")
@keyed(blueprint, Scope.BOOKINGS_WRITE)
@blueprint.arguments(Cancellation, required=False)
@partner_problems(blueprint, *READS_A_BODY)
@blueprint.response(HTTPStatus.OK, Booking)
def post_cancel(partner: Partner, body: dict[str, Any], booking_id: UUID) -> Response:
    """Cancel a booking for its citizen

    After the reason's notice it is 409 `too_late`, with the unit's `phone`. Cancelling twice is cancelling once.
    """
    context = current()
    with context.database.transaction() as session:
        cancel_booking(session, CancelBooking(booking_id, body["word"]), partner.actor, context.now())
        session.flush()
        return private(_present(session, _own(session, partner, booking_id), context.now()))


def _own(session: Session, partner: Partner, booking_id: UUID) -> PartnerBooking:
    found = find_partner_booking(session, partner.actor.api_key_id, booking_id)
    if found is None:
        raise NotFound("no_such_booking")
    return found


def _read_details(body: dict[str, Any]) -> BookingDetails:
    phone, phone_is_valid = read_phone(body["phone"], region_of(body["commune_insee"] or ""))
    return BookingDetails(
        **{name: body[name] for name in ("caller_name", "facts", "address", "commune_insee", "may_leave_message")},
        email=body["email"].strip(),
        phone=phone,
        phone_is_valid=phone_is_valid,
    )


def _present(session: Session, found: PartnerBooking, now: datetime) -> dict[str, Any]:
    booking, appointment, zone = found.booking, found.appointment, ZoneInfo(found.unit.time_zone)
    notice = timedelta(minutes=found.reason.change_notice_minutes)
    until = change_until(appointment.starts_at, notice) if State(appointment.state) in BOOKED else None

    def local(instant: datetime | None) -> str | None:
        return None if instant is None else instant.astimezone(zone).isoformat()

    return {
        "id": str(booking.id),
        "reference": booking.reference,
        "state": appointment.state,
        "ended_by": appointment.ended_by,
        "unit": present_unit(found.unit),
        "reason_code": booking.reason_code,
        "starts_at": local(appointment.starts_at),
        "ends_at": local(appointment.ends_at),
        "place": {"kind": appointment.place_kind, "name": appointment.place_name},
        "change_until": local(until),
        "word": appointment.word or None,
        "offers": [
            {"starts_at": local(one.starts_at), "ends_at": local(one.ends_at), "held_until": local(one.held_until)}
            for one in find_offers(session, booking.id, now)
        ],
    }
