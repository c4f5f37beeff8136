"""Who is competent for a commune, and which units a request can be handed over to."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response, jsonify

from models.queries.competence import find_competent
from models.queries.unit_search import UnitFound, search_units
from models.rules.errors import NotFound
from models.rules.jurisdiction import Competence, Competent, Police, Unknown
from models.rules.opening_hours import Day
from models.rules.territory import UnitFacts
from models.rules.time_zones import local_day
from server.api.explanations import explain
from server.api.interface import Blueprint
from server.api.schemas import INSEE, Pattern, Schema, text
from server.context import current
from server.i18n import language
from server.identity import require_agent
from server.phone_numbers import print_phone, region_of

blueprint = Blueprint("units", __name__, url_prefix="/api/units", description="Brigades and who they answer for.")

# Jurisdictions change on a day of the calendar of the ministry that publishes them.
CLOCK = "^([01][0-9]|2[0-4]):[0-5][0-9]$"


class CompetenceQuery(Schema):
    commune = ma.fields.String(
        required=True,
        validate=Pattern(INSEE),
        metadata={"description": "INSEE code, today's or one that has merged; not a postcode.", "example": "01034"},
    )


class Unit(Schema):
    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    institution = ma.fields.String(required=True, validate=ma.validate.OneOf(["GN", "PN"]))
    address = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "Lines, without the town."})
    postcode = ma.fields.String(required=True)
    commune_name = ma.fields.String(required=True)
    latitude = ma.fields.Float(required=True, allow_none=True)
    longitude = ma.fields.Float(required=True, allow_none=True)
    phone = ma.fields.String(required=True, allow_none=True, metadata={"description": "E.164, for `tel:` links."})
    phone_printed = ma.fields.String(required=True, metadata={"description": "As people read it; may be empty."})
    url = ma.fields.String(required=True, allow_none=True)
    time_zone = ma.fields.String(required=True, metadata={"example": "Europe/Paris"})
    opening_hours = ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.OneOf([day.name.lower() for day in Day])),
        values=ma.fields.List(ma.fields.List(ma.fields.String(validate=Pattern(CLOCK)))),
        required=True,
        metadata={
            "description": "Local ranges by day, `holiday` for public holidays. An absent day is not known;"
            " an empty one is closed.",
            "example": {"monday": [["08:00", "12:00"], ["14:00", "18:00"]], "sunday": []},
        },
    )
    receives_contact_requests = ma.fields.Boolean(required=True)


class CompetenceAnswer(Schema):
    institution = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf(["GN", "PN"]),
        metadata={"description": "GN gendarmerie, PN national police, null when we cannot tell."},
    )
    unit = ma.fields.Nested(Unit, required=True, allow_none=True)
    candidates = ma.fields.List(
        ma.fields.Nested(Unit),
        required=True,
        metadata={"description": "Whom to ask when we cannot tell."},
    )
    explanation = ma.fields.String(required=True, metadata={"description": "A plain sentence for the citizen."})


class UnitSearchQuery(Schema):
    q = text(100, required=True, description="Words of a unit's name or commune; accents forgiven.")


class FoundUnit(Schema):
    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    commune_name = ma.fields.String(required=True)
    phone = ma.fields.String(required=True, allow_none=True)


@blueprint.get("")
@blueprint.arguments(CompetenceQuery, location="query")
@blueprint.problems(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.OK, CompetenceAnswer)
def get_competent_unit(query: dict[str, Any]) -> Response:
    """Say who is competent for a commune

    Never the nearest by guess: when the official file is silent, `unit` is null and `candidates` may be asked.
    """
    context = current()
    with context.database.snapshot() as session:
        answer = find_competent(session, query["commune"], local_day(query["commune"], context.now()))
    if answer.commune is None:
        raise NotFound("no_such_commune")
    response = jsonify(_present_answer(answer))
    response.headers["Content-Language"] = language()
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/search")
@blueprint.signed_in()
@blueprint.arguments(UnitSearchQuery, location="query")
@blueprint.problems(HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.OK, FoundUnit(many=True))
def get_unit_search(query: dict[str, Any]) -> list[UnitFound]:
    """Find a unit to hand a request over to

    Units that receive requests, except the agent's own; at most 20.
    """
    with current().database.transaction() as session:
        actor = require_agent(session)
        return search_units(session, query["q"], except_unit=actor.serves_in_unit)


def _present_answer(answer: Competence) -> dict[str, Any]:
    institution: str | None = None
    named: UnitFacts | None = None
    candidates: tuple[UnitFacts, ...] = ()
    match answer:
        case Competent(unit=unit):
            institution, named = "GN", unit
        case Police(station=station):
            institution, named = "PN", station
        case Unknown():
            candidates = answer.candidates
    return {
        "institution": institution,
        "unit": None if named is None else present_unit(named),
        "candidates": [present_unit(candidate) for candidate in candidates],
        "explanation": explain(answer),
    }


def present_unit(unit: UnitFacts) -> dict[str, Any]:
    """A unit for programs and people, as `Unit` describes it."""
    region = region_of(unit.commune_insee)
    return {
        "id": unit.id,
        "name": unit.name,
        "institution": unit.institution,
        "address": unit.address.splitlines(),
        "postcode": unit.postcode,
        "commune_name": unit.commune_name,
        "latitude": unit.latitude,
        "longitude": unit.longitude,
        "phone": unit.phone,
        "phone_printed": print_phone(unit.phone, region) if unit.phone else unit.phone_as_printed,
        "url": unit.url,
        "time_zone": unit.time_zone,
        "opening_hours": {
            day.name.lower(): [[_clock(one.start), _clock(one.end)] for one in hours]
            for day in Day
            if (hours := unit.opening_hours[day]) is not None
        },
        "receives_contact_requests": unit.receives_contact_requests,
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
