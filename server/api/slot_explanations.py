"""Why citizens find no slot at a unit, for the unit's own people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response, jsonify

from models.queries.slot_explanations import explain_slots
from models.rules.errors import Invalid, NotFound
from models.rules.occurrences import ClosureCode
from models.rules.resources import ResourceKind
from models.rules.slot_explanations import DayExplanation, Removed, Rule
from server.api.interface import Blueprint
from server.api.partner_access import Day
from server.api.schemas import Schema, text
from server.context import current
from server.identity import require_agent

blueprint = Blueprint(
    "slot_explanations", __name__, url_prefix="/api/units", description="Why there is no slot, for the unit's people."
)

LONGEST = timedelta(days=31)


class ExplanationQuery(Schema):
    reason = text(60, shortest=1, required=True, description="A `code` of GET /api/reasons.")
    first_day = Day(data_key="from", required=True, metadata={"description": "First day, of the unit's calendar."})
    last_day = Day(data_key="to", required=True, metadata={"description": "Last day, included; at most 31 days."})


class Removal(Schema):
    rule = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(list(Rule)),
        metadata={"description": "What took these starts away; each start of an opening is offered, or has one rule."},
    )
    count = ma.fields.Integer(required=True, metadata={"description": "Starts, those of every counter."})
    first = ma.fields.String(required=True, metadata={"format": "date-time", "description": "The first of them."})
    last = ma.fields.String(required=True, metadata={"format": "date-time", "description": "The last of them."})
    because = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf([*ClosureCode, *ResourceKind]),
        metadata={"description": "`closed`: by what; `no_resource`: what nobody has free; else null."},
    )
    closed_name = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The holiday's name, in French."}
    )


class ExplainedDay(Schema):
    day = ma.fields.Date(required=True)
    offered = ma.fields.List(
        ma.fields.String(metadata={"format": "date-time"}),
        required=True,
        metadata={"description": "The starts that citizens may pick."},
    )
    removed = ma.fields.List(ma.fields.Nested(Removal), required=True)


class Explanation(Schema):
    days = ma.fields.List(ma.fields.Nested(ExplainedDay), required=True)


@blueprint.get("/<int:unit_id>/slots/explanation")
@blueprint.signed_in()
@blueprint.arguments(ExplanationQuery, location="query")
@blueprint.problems(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.OK, Explanation)
def get_explanation(query: dict[str, Any], unit_id: int) -> Response:
    """Say why a unit has no slot

    Each day with what is offered for a reason, and which rule took each other start of the day's openings away. For
    those who serve in the unit; to anybody else there is no such unit.
    """
    first, last = query["first_day"], query["last_day"]
    if last < first:
        raise Invalid("invalid_arguments", {"fields": {"to": "before_from"}})
    if last - first >= LONGEST:
        raise Invalid("invalid_arguments", {"fields": {"to": "too_far"}})
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
    if actor.serves_in_unit != unit_id:
        raise NotFound("no_such_unit")
    with context.database.snapshot() as session:
        days = explain_slots(session, unit_id, query["reason"], first, last, context.now())
    response = jsonify({"days": [_present(day) for day in days]})
    response.headers["Cache-Control"] = "no-store"
    return response


def _present(day: DayExplanation) -> dict[str, Any]:
    groups: defaultdict[tuple[Rule, str | None, str | None], list[Removed]] = defaultdict(list)
    for one in day.removed:
        groups[(one.rule, *_facts(one))].append(one)
    order = list(Rule)
    found = sorted(groups.items(), key=lambda group: order.index(group[0][0]))
    return {
        "day": day.day.isoformat(),
        "offered": [at.isoformat() for at in day.offered],
        "removed": [_present_group(rule, because, name, ones) for (rule, because, name), ones in found],
    }


def _facts(one: Removed) -> tuple[str | None, str | None]:
    if one.closure is not None:
        return one.closure.code.value, one.closure.name or None
    return (None if one.resource is None else one.resource.value), None


def _present_group(rule: Rule, because: str | None, name: str | None, ones: Sequence[Removed]) -> dict[str, Any]:
    starts = [one.starts_at for one in ones]
    return {
        "rule": rule.value,
        # That there is no opening at all is no start.
        "count": 0 if rule is Rule.NO_OPENING else len(ones),
        "first": min(starts).isoformat(),
        "last": max(starts).isoformat(),
        "because": because,
        "closed_name": name,
    }
