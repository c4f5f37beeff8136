"""What the interface takes and gives of a unit's planning sources."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from models.queries.feed.plannings import health_of
from models.queries.plannings import FoundPlanning
from models.rules.plannings import Kind, State, state_of
from server.api.schemas import Choice, Person, Schema, Whole, text
from server.planning.layout import layout_or_usual

LONGEST_NAME = 80
LONGEST_SECRET = 500
LONGEST_URL = 2048
OWN_ID = {"description": "Drawn by who asks: asked anew with the same one, it is the one that is there."}
_COLUMNS = {"description": "The columns' names, or null for the usual ones; see docs/plannings.md."}
_WORDS = {"description": "Which position each word stands for, or null for the usual ones."}


def _minutes(least: int, most: int, **options: Any) -> Whole:
    return Whole(validate=ma.validate.Range(least, most, error="out_of_range"), **options)


class Flag(ma.fields.Boolean):
    """`true` or `false` of a JSON body, and nothing that might be one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class NewPlanning(Schema):
    class Meta:
        unknown = ma.RAISE

    id = ma.fields.UUID(load_default=None, metadata=OWN_ID)
    kind = ma.fields.String(required=True, validate=Choice([str(one) for one in Kind]))
    name = text(LONGEST_NAME, shortest=1, required=True, description="What people recognise it by.")
    agent_id = Whole(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(1, 2**31 - 1, error="unreadable"),
        metadata={"description": "Whose calendar it is; null for yourself. Of no meaning for a table."},
    )
    url = text(LONGEST_URL, load_default="", description="Empty for a table that is only uploaded.")
    user = text(LONGEST_SECRET, load_default="")
    password = text(LONGEST_SECRET, load_default="")
    tentative_counts = Flag(load_default=True, metadata={"description": "Whether what is pencilled in takes time."})
    columns = ma.fields.Dict(keys=ma.fields.String(), load_default=None, allow_none=True, metadata=_COLUMNS)
    words = ma.fields.Dict(keys=ma.fields.String(), load_default=None, allow_none=True, metadata=_WORDS)
    poll_minutes = _minutes(5, 1440, load_default=15)
    silent_after_minutes = _minutes(
        15,
        44640,
        metadata={
            "description": "A day unless it is said otherwise, or two polls where these are longer; four weeks of a "
            "forecast without an address."
        },
    )


class PlanningChange(Schema):
    class Meta:
        unknown = ma.RAISE

    name = text(LONGEST_NAME, shortest=1)
    paused = Flag()
    url = text(LONGEST_URL)
    user = text(LONGEST_SECRET)
    password = text(LONGEST_SECRET)
    tentative_counts = Flag()
    columns = ma.fields.Dict(keys=ma.fields.String(), metadata=_COLUMNS)
    words = ma.fields.Dict(keys=ma.fields.String(), metadata=_WORDS)
    poll_minutes = _minutes(5, 1440)
    silent_after_minutes = _minutes(15, 44640)


class RefusedPlanningEntry(Schema):
    line = ma.fields.Integer(required=True)
    cause = ma.fields.String(required=True)


class PlanningFailure(Schema):
    code = ma.fields.String(required=True)
    line = ma.fields.Integer(required=True)
    at = ma.fields.String(required=True, metadata={"format": "date-time"})
    in_a_row = ma.fields.Integer(required=True)


def _instant(*, null: bool = True) -> ma.fields.String:
    return ma.fields.String(required=True, allow_none=null, metadata={"format": "date-time"})


class Planning(Schema):
    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=Choice([str(one) for one in Kind]))
    name = ma.fields.String(required=True)
    agent = ma.fields.Nested(Person, required=True, allow_none=True)
    host = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "All that is told of where it is."}
    )
    tentative_counts = ma.fields.Boolean(required=True)
    columns = ma.fields.Dict(required=True, allow_none=True)
    words = ma.fields.Dict(required=True, allow_none=True)
    poll_minutes = ma.fields.Integer(required=True)
    silent_after_minutes = ma.fields.Integer(required=True)
    state = ma.fields.String(required=True, validate=Choice([str(one) for one in State]))
    created_at = _instant(null=False)
    created_by = ma.fields.Nested(Person, required=True)
    paused_at = _instant()
    tried_at = _instant()
    succeeded_at = _instant()
    changed_at = _instant()
    next_at = _instant()
    failure = ma.fields.Nested(PlanningFailure, required=True, allow_none=True)
    silent_since = _instant()
    read_until = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "format": "date-time",
            "description": "The end of the last day about which a table says something; null of a calendar.",
        },
    )
    entries_read = ma.fields.Integer(required=True)
    refused_count = ma.fields.Integer(required=True)
    refused = ma.fields.List(ma.fields.Nested(RefusedPlanningEntry), required=True)


class Wanted(Schema):
    tried_at = _instant()


class TableOutcome(Schema):
    read = ma.fields.Integer(required=True)
    taken = ma.fields.Integer(required=True)
    refused_count = ma.fields.Integer(required=True)
    refused = ma.fields.List(ma.fields.Nested(RefusedPlanningEntry), required=True)
    unknown_agents = ma.fields.Integer(required=True)


def present_planning(found: FoundPlanning) -> dict[str, Any]:
    """A source as the interface gives it; neither address nor password ever leaves the server again."""
    source = found.source
    health = health_of(source)
    layout = None if source.columns is None else layout_or_usual(source.columns).stored()
    instants = {
        name: None if at is None else at.isoformat()
        for name, at in {
            "created_at": source.created_at,
            "paused_at": source.paused_at,
            "tried_at": source.tried_at,
            "succeeded_at": source.succeeded_at,
            "changed_at": source.changed_at,
            "next_at": source.poll_at if source.paused_at is None else None,
            "silent_since": source.silent_since,
            "read_until": health.speaks_until,
        }.items()
    }
    return {
        "id": str(source.id),
        "kind": source.kind,
        "name": source.name,
        "agent": None if source.agent_id is None else {"id": source.agent_id, "name": found.agent_name},
        "host": source.host,
        "tentative_counts": source.tentative_counts,
        "columns": None if layout is None else layout["columns"],
        "words": None if layout is None else layout["words"],
        "poll_minutes": source.poll_minutes,
        "silent_after_minutes": source.silent_after_minutes,
        "state": state_of(health)[0],
        "created_by": {"id": source.created_by_id, "name": found.created_by_name},
        **instants,
        "failure": None
        if source.failed_at is None
        else {
            "code": source.failure_code,
            "line": source.failure_line,
            "at": source.failed_at.isoformat(),
            "in_a_row": source.failures_in_a_row,
        },
        "entries_read": source.entries_read,
        "refused_count": source.refused_count,
        "refused": source.refused,
    }
