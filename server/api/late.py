"""What climbs and what is late, for whoever answers for it: the chief of a unit, the supervisors of all."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response, jsonify

from models.queries.late import How, LateCall, LateWait, find_late
from models.rules.actor import AgentActor
from models.rules.ladder import Channel, Step, Subject, Who
from models.rules.late import may_know_reason, unit_in_sight
from server.api.interface import Blueprint
from server.api.schemas import Schema, text
from server.context import current
from server.identity import require_agent
from server.text_watch import watch_texts

blueprint = Blueprint("late", __name__, url_prefix="/api/late", description="What nobody has taken yet.")

STATES = ("queued", "sent", "failed", "delivered", "seen")
STEPS = [int(step) for step in Step]


def _moment(description: str = "", *, null: bool = False) -> ma.fields.String:
    metadata = {"format": "date-time", **({"description": description} if description else {})}
    return ma.fields.String(required=True, allow_none=null, metadata=metadata)


class LateQuery(Schema):
    cursor = text(80, load_default="", description="The last answer's `cursor`; empty for the first page.")


class LateUnit(Schema):
    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    time_zone = ma.fields.String(required=True)


class LateCallOut(Schema):
    step = ma.fields.Integer(required=True, validate=ma.validate.OneOf(STEPS))
    who = ma.fields.String(required=True, validate=ma.validate.OneOf(list(Who)))
    name = ma.fields.String(required=True, allow_none=True, metadata={"description": "The agent's; else null."})
    channel = ma.fields.String(required=True, validate=ma.validate.OneOf(list(Channel)))
    quiet = ma.fields.Boolean(required=True, metadata={"description": "Shown without a sound."})
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    cause = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "A code: why it failed, or has to be tried again."}
    )
    queued_at = _moment()
    retry_at = _moment("When it is tried again.", null=True)
    sent_at = _moment(null=True)
    delivered_at = _moment(null=True)
    seen_at = _moment(null=True)


class Sight(Schema):
    name = ma.fields.String(required=True)
    at = _moment()


class LateOut(Schema):
    id = ma.fields.UUID(required=True)
    unit = ma.fields.Nested(LateUnit, required=True)
    subject = ma.fields.String(required=True, validate=ma.validate.OneOf(list(Subject)))
    subject_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The request or the appointment; null elsewhere."}
    )
    reference = ma.fields.String(required=True)
    reason = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "A reason's `code`, for the unit's chief alone."}
    )
    begun_at = _moment("Since when it waits.")
    step = ma.fields.Integer(
        required=True,
        validate=ma.validate.OneOf(STEPS),
        metadata={"description": "Reached: 0 terminals, 1 who is available, 2 who is on duty, 3 chief, 4 supervisors."},
    )
    next_step = ma.fields.Integer(required=True, allow_none=True, validate=ma.validate.OneOf(STEPS))
    next_at = _moment("When `next_step` is due.", null=True)
    ended_at = _moment("When it was over; null while it waits.", null=True)
    how = ma.fields.String(required=True, allow_none=True, validate=ma.validate.OneOf(list(How)))
    taken_by = ma.fields.String(required=True, allow_none=True, metadata={"description": "An agent's name."})
    calls = ma.fields.List(ma.fields.Nested(LateCallOut), required=True, metadata={"description": "By step."})
    seen_by = ma.fields.List(ma.fields.Nested(Sight), required=True, metadata={"description": "The first one first."})


class LateAlert(Schema):
    code = ma.fields.String(
        required=True, validate=ma.validate.OneOf(["ceiling_near", "ceiling_reached", "texts_wait"])
    )
    measure = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf(["segments", "euros"]),
        metadata={"description": "What the ceiling counts."},
    )
    hours = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "The ceiling's window."})
    count = ma.fields.Integer(required=True, metadata={"description": "How many text messages wait too long."})


class Late(Schema):
    at = _moment("When all this was so.")
    everywhere = ma.fields.Boolean(required=True, metadata={"description": "Of all units, for supervisors."})
    total = ma.fields.Integer(required=True, metadata={"description": "How many wait."})
    late = ma.fields.Integer(required=True, metadata={"description": "For how many of them a chief was called."})
    waiting = ma.fields.List(ma.fields.Nested(LateOut), required=True, metadata={"description": "Most late first."})
    cursor = ma.fields.String(required=True, allow_none=True, metadata={"description": "For the next page, if any."})
    ended = ma.fields.List(
        ma.fields.Nested(LateOut),
        required=True,
        metadata={"description": "First page only: the last 50 that ended within 24 hours, the last one first."},
    )
    alerts = ma.fields.List(
        ma.fields.Nested(LateAlert),
        required=True,
        metadata={"description": "What ails the text messages, by which people are called; for supervisors alone."},
    )


@blueprint.get("")
@blueprint.signed_in()
@blueprint.arguments(LateQuery, location="query")
@blueprint.problems(HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.OK, Late)
def get_late(query: dict[str, Any]) -> Response:
    """Read what climbs and what is late

    A chief reads what waits in the unit, a supervisor what waits anywhere; 403 `answers_for_nobody` for all others.
    Each wait has its calls and what became of them. Nothing that a citizen said is in it.
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
    unit_id = unit_in_sight(actor)
    now = context.now()
    with context.database.snapshot() as session:
        page = find_late(session, unit_id, now, query["cursor"])
        alerts = watch_texts(session, context.settings.sms, now) if unit_id is None else []
    response = jsonify(
        {
            "at": now.isoformat(),
            "everywhere": unit_id is None,
            "total": page.total,
            "late": page.late,
            "waiting": [_present(wait, actor) for wait in page.waiting],
            "cursor": page.cursor,
            "ended": [_present(wait, actor) for wait in page.ended],
            "alerts": [vars(alert) for alert in alerts],
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _present(wait: LateWait, actor: AgentActor) -> dict[str, Any]:
    ours = may_know_reason(actor, wait.unit_id)
    return {
        "id": str(wait.id),
        "unit": {"id": wait.unit_id, "name": wait.unit_name, "time_zone": wait.time_zone},
        "subject": wait.subject.value,
        "subject_id": str(wait.subject_id) if ours else None,
        "reference": wait.reference,
        "reason": wait.reason_code if ours else None,
        "begun_at": wait.begun_at.isoformat(),
        "step": int(wait.step),
        "next_step": None if wait.next_step is None else int(wait.next_step),
        "next_at": _iso(wait.next_at),
        "ended_at": _iso(wait.ended_at),
        "how": wait.how,
        "taken_by": wait.taken_by,
        "calls": [_present_call(one) for one in wait.calls],
        "seen_by": [{"name": name, "at": at.isoformat()} for name, at in wait.seen_by],
    }


def _present_call(one: LateCall) -> dict[str, Any]:
    call = one.call
    return {
        "step": call.step,
        "who": call.who,
        "name": one.agent_name,
        "channel": call.channel,
        "quiet": call.quiet,
        "state": call.state,
        "cause": call.cause,
        "queued_at": call.queued_at.isoformat(),
        "retry_at": _iso(call.retry_at),
        "sent_at": _iso(call.sent_at),
        "delivered_at": _iso(call.delivered_at),
        "seen_at": _iso(call.seen_at),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
