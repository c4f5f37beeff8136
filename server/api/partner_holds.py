"""Keeping a time free for ten minutes, for partners' programs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import marshmallow as ma
from flask import Response
from sqlalchemy.orm import Session

from models.queries.partner_bookings import find_partner_booking
from models.rules.api_keys import Scope
from models.rules.errors import Conflict, NotFound
from models.rules.openings import PlaceKind
from models.tables import Unit
from server.api.interface import Blueprint
from server.api.partner_access import READS_A_BODY, Instant, keyed, own_unit, partner_problems, private, read_instant
from server.api.partner_slots import IN_UNITS_ZONE, PlaceOfSlot
from server.api.schemas import Choice, Pattern, Schema, Whole, text
from server.context import current
from server.partners import limit_holds
from server.services.hold_slot import HoldSlot, hold_slot
from server.services.release_hold import ReleaseHold, release_hold
from server.services.use_api_key import Partner

blueprint = Blueprint("partner_holds", __name__, url_prefix="/api/v1/holds", description="Held times, for partners.")

HOLD_TOKEN = r"^[A-Za-z0-9_-]{1,64}$"  # noqa: S105 -- its shape, not a secret.


class Hold(Schema):
    class Meta:
        # A misspelt field is told, not lost.
        unknown = ma.RAISE

    unit_id = Whole(
        required=True,
        validate=ma.validate.Range(-(2**31), 2**31 - 1, error="unreadable"),
        metadata={"example": 9001002},
    )
    reason_code = text(60, shortest=1, required=True, description="A `code` of GET /api/reasons.")
    starts_at = Instant(
        required=True,
        metadata={"description": "One of the slots, with its offset.", "example": "2026-12-01T09:00:00+01:00"},
    )
    place_kind = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=Choice(PlaceKind),
        metadata={"description": "Only there; null for wherever the reason can be received."},
    )
    booking_id = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "To move this booking: the time is held for it, and for no new one."},
    )


class HeldTime(Schema):
    hold_token = ma.fields.String(
        required=True, metadata={"description": "A secret: whoever has it books this time. It belongs in no log."}
    )
    starts_at = ma.fields.String(required=True, metadata={"format": "date-time", "description": IN_UNITS_ZONE})
    ends_at = ma.fields.String(required=True, metadata={"format": "date-time", "description": IN_UNITS_ZONE})
    held_until = ma.fields.String(required=True, metadata={"format": "date-time", "description": IN_UNITS_ZONE})
    place = ma.fields.Nested(PlaceOfSlot, required=True)


class HoldHeaders(Schema):
    class Meta:
        unknown = ma.EXCLUDE

    hold_token = ma.fields.String(
        data_key="Hold-Token",
        required=True,
        validate=Pattern(HOLD_TOKEN),
        metadata={"description": "In a header, because addresses are written into logs."},
    )


@blueprint.post("")
@keyed(blueprint, Scope.BOOKINGS_WRITE)
@blueprint.arguments(Hold)
@partner_problems(blueprint, *READS_A_BODY)
@blueprint.response(HTTPStatus.CREATED, HeldTime)
def post_hold(partner: Partner, body: dict[str, Any]) -> Response:
    """Keep a time free for ten minutes

    First commit wins: a time that somebody else has is 409 `slot_taken`, and `next` names up to three that are free.
    """
    limit_holds(partner)
    context = current()
    unit_id = own_unit(partner, body["unit_id"])
    command = HoldSlot(unit_id, body["reason_code"], body["starts_at"], body["booking_id"], body["place_kind"])
    with context.database.transaction() as session:
        unit = session.get(Unit, unit_id)
        if unit is None:
            raise NotFound("no_such_unit")
        zone = ZoneInfo(unit.time_zone)
        if command.booking_id is not None:
            _require_own(session, partner, command.booking_id)
        try:
            held = hold_slot(session, command, context.now(), context.tokens)
        except Conflict as conflict:
            raise _in_zone(conflict, zone) from conflict
    return private(
        {
            "hold_token": held.hold_token,
            "starts_at": held.starts_at.astimezone(zone).isoformat(),
            "ends_at": held.ends_at.astimezone(zone).isoformat(),
            "held_until": held.held_until.astimezone(zone).isoformat(),
            "place": {"kind": held.place_kind, "name": held.place_name},
        },
        HTTPStatus.CREATED,
    )


@blueprint.delete("")
@keyed(blueprint, Scope.BOOKINGS_WRITE)
@blueprint.arguments(HoldHeaders, location="headers")
@partner_problems(blueprint)
@blueprint.response(HTTPStatus.NO_CONTENT)
def delete_hold(_partner: Partner, headers: dict[str, Any]) -> Response:
    """Give a held time back

    The token is all that is needed. One that is over, or was booked, stays as it is.
    """
    context = current()
    with context.database.transaction() as session:
        release_hold(session, ReleaseHold(headers["hold_token"]), context.now(), context.tokens)
    return Response(status=HTTPStatus.NO_CONTENT)


def _require_own(session: Session, partner: Partner, booking_id: UUID) -> None:
    # Another key's booking is as unknown as one that does not exist.
    if find_partner_booking(session, partner.actor.api_key_id, booking_id) is None:
        raise NotFound("no_such_booking")


def _in_zone(conflict: Conflict, zone: ZoneInfo) -> Conflict:
    """The same refusal with its times as the partner shows them."""
    if "next" not in conflict.detail:
        return conflict
    starts = [read_instant(start, None) for start in conflict.detail["next"]]
    local = [start.astimezone(zone).isoformat() for start in starts if start is not None]
    return Conflict(conflict.code, {**conflict.detail, "next": local})
