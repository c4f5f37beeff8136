"""When a unit can receive somebody, for partners' programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

import marshmallow as ma
from flask import Response
from sqlalchemy.orm import Session

from models.queries.competence import find_competent
from models.queries.earliest import Nearness, earliest_around
from models.queries.slots import Place, find_slots, places_of
from models.rules.api_keys import Scope
from models.rules.errors import Invalid, NotFound
from models.rules.jurisdiction import Competent, Police, Unknown
from models.rules.openings import PlaceKind
from models.rules.slots import Slot as FoundSlot
from models.rules.time_zones import local_day
from models.tables import Unit
from server.api.interface import Blueprint
from server.api.partner_access import Day, keyed, own_unit, partner_problems, private
from server.api.schemas import INSEE, Pattern, Schema, text
from server.context import current
from server.services.use_api_key import Partner

blueprint = Blueprint("partner_slots", __name__, url_prefix="/api/v1/slots", description="Free times, for partners.")

LONGEST_SEARCH = timedelta(days=31)
USUAL_SEARCH = timedelta(days=6)
IN_UNITS_ZONE = "ISO 8601 with the offset of the unit's zone."


class SlotsQuery(Schema):
    unit = ma.fields.Integer(
        load_default=None,
        validate=ma.validate.Range(-(2**31), 2**31 - 1, error="unreadable"),
        metadata={"description": "Id of the unit; this or `commune`.", "example": 9001002},
    )
    commune = ma.fields.String(
        load_default=None,
        validate=Pattern(INSEE),
        metadata={"description": "INSEE code of the commune whose competent unit is meant.", "example": "01034"},
    )
    reason = text(60, shortest=1, required=True, description="A `code` of GET /api/reasons.")
    first_day = Day(data_key="from", load_default=None, metadata={"description": "First day; today when left out."})
    last_day = Day(
        data_key="to",
        load_default=None,
        metadata={"description": "Last day, included; six days after `from` when left out, 31 at most."},
    )


class EarliestQuery(Schema):
    commune = ma.fields.String(
        required=True, validate=Pattern(INSEE), metadata={"description": "INSEE code.", "example": "01034"}
    )
    reason = text(60, shortest=1, required=True, description="A `code` of GET /api/reasons.")


class PlaceOfSlot(Schema):
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(list(PlaceKind)))
    name = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Of the town hall or France services; else null."}
    )


class Slot(Schema):
    starts_at = ma.fields.String(
        required=True,
        metadata={"format": "date-time", "description": IN_UNITS_ZONE, "example": "2026-12-01T09:00:00+01:00"},
    )
    ends_at = ma.fields.String(
        required=True,
        metadata={"format": "date-time", "description": IN_UNITS_ZONE, "example": "2026-12-01T10:00:00+01:00"},
    )
    places = ma.fields.List(
        ma.fields.Nested(PlaceOfSlot), required=True, metadata={"description": "Where one can be received then."}
    )


class UnitOfSlots(Schema):
    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    commune_name = ma.fields.String(required=True)
    time_zone = ma.fields.String(required=True, metadata={"example": "Europe/Paris"})


class SlotsAnswer(Schema):
    unit = ma.fields.Nested(UnitOfSlots, required=True)
    slots = ma.fields.List(ma.fields.Nested(Slot), required=True)


class EarliestOfUnit(Schema):
    unit = ma.fields.Nested(UnitOfSlots, required=True)
    nearness = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(list(Nearness)),
        metadata={"description": "The commune's own unit, one of the same grouping, or one nearby."},
    )
    km = ma.fields.Float(
        required=True, allow_none=True, metadata={"description": "From the competent unit; null when not known."}
    )
    slots = ma.fields.List(ma.fields.Nested(Slot), required=True)


@blueprint.get("")
@keyed(blueprint, Scope.SLOTS_READ)
@blueprint.arguments(SlotsQuery, location="query")
@partner_problems(blueprint, HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.OK, SlotsAnswer)
def get_slots(partner: Partner, query: dict[str, Any]) -> Response:
    """List the free times of a unit

    What is past, too soon for the reason's notice or beyond its horizon is left out. A time may be gone by the time it
    is chosen: hold it before you ask the citizen anything.
    """
    context = current()
    now = context.now()
    with context.database.snapshot() as session:
        unit = _unit_of(session, partner, query)
        today = now.astimezone(ZoneInfo(unit.time_zone)).date()
        first = query["first_day"] or today
        last = query["last_day"] or first + USUAL_SEARCH
        if last < first:
            raise Invalid("invalid_arguments", {"fields": {"to": "before_from"}})
        if last - first > LONGEST_SEARCH:
            raise Invalid("invalid_arguments", {"fields": {"to": "too_far"}})
        slots = find_slots(session, unit.id, query["reason"], first, last, now)
        places = places_of(session, slots)
    return private({"unit": present_unit(unit), "slots": _present_slots(slots, places, ZoneInfo(unit.time_zone))})


@blueprint.get("/earliest")
@keyed(blueprint, Scope.SLOTS_READ)
@blueprint.arguments(EarliestQuery, location="query")
@partner_problems(blueprint, HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.OK, EarliestOfUnit(many=True))
def get_earliest(partner: Partner, query: dict[str, Any]) -> Response:
    """Say who can receive a citizen of a commune first

    The competent unit, even when it has nothing, then its siblings and its neighbours that have free times. A key that
    is for one unit hears of that unit only.
    """
    context = current()
    with context.database.snapshot() as session:
        competent = _competent(session, query["commune"])
        found = earliest_around(session, competent, query["reason"], context.now())
        found = [unit for unit in found if partner.actor.unit_id in (None, unit.unit_id)]
        if not found:
            raise NotFound("no_such_unit")
        places = places_of(session, [slot for unit in found for slot in unit.slots])
    return private(
        [
            {
                "unit": {
                    "id": unit.unit_id,
                    "name": unit.name,
                    "commune_name": unit.commune_name,
                    "time_zone": unit.zone.key,
                },
                "nearness": unit.nearness.value,
                "km": None if unit.km is None else round(unit.km, 1),
                "slots": _present_slots(unit.slots, places, unit.zone),
            }
            for unit in found
        ]
    )


def _unit_of(session: Session, partner: Partner, query: dict[str, Any]) -> Unit:
    if (query["unit"] is None) == (query["commune"] is None):
        code = "missing" if query["unit"] is None else "unit_or_commune"
        raise Invalid("invalid_arguments", {"fields": {"unit": code}})
    unit_id = query["unit"] if query["commune"] is None else _competent(session, query["commune"])
    unit = session.get(Unit, own_unit(partner, unit_id))
    if unit is None:
        raise NotFound("no_such_unit")
    return unit


def _competent(session: Session, insee: str) -> int:
    """The competent unit's id; a commune for which there is none, or none that we can tell, is refused as a request."""
    answer = find_competent(session, insee, local_day(insee, current().now()))
    if answer.commune is None:
        raise NotFound("no_such_commune")
    match answer:
        case Competent(unit=unit):
            return unit.id
        case Unknown(why=why):
            raise Invalid("no_competent_unit", {"fields": {"commune": why.value}})
        case Police():
            raise Invalid("no_competent_unit", {"fields": {"commune": "police"}})


def present_unit(unit: Unit) -> dict[str, Any]:
    """A unit as `UnitOfSlots` describes it."""
    return {"id": unit.id, "name": unit.name, "commune_name": unit.commune_name, "time_zone": unit.time_zone}


def _present_slots(slots: Sequence[FoundSlot], places: dict[int, Place], zone: ZoneInfo) -> list[dict[str, Any]]:
    return [
        {
            "starts_at": slot.starts_at.astimezone(zone).isoformat(),
            "ends_at": slot.ends_at.astimezone(zone).isoformat(),
            # Many counters receive at one place: it is named once.
            "places": [
                {"kind": place.kind, "name": place.name}
                for place in dict.fromkeys(places[gap.window_id] for gap in slot.choices)
            ],
        }
        for slot in slots
    ]
