"""Tests of an address before it becomes a planning source or an export: asked for here, made by a worker."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, jsonify

from models.rules.calendar_trials import TrialKind
from models.rules.errors import NotFound
from models.tables import CalendarTrial
from server.api.interface import Blueprint
from server.api.planning_schemas import LONGEST_SECRET, LONGEST_URL, Flag
from server.api.schemas import Choice, Schema, text
from server.context import current
from server.identity import require_agent
from server.rate_limits import limit_by_agent
from server.services.ask_calendar_trial import AskCalendarTrial, ask_calendar_trial

blueprint = Blueprint(
    "calendar_trials",
    __name__,
    url_prefix="/api/calendar-trials",
    description="Tests of an address before it becomes a planning source or an export.",
)

# Who looks for the right spelling of a column tries often; nobody scans other people's networks with this.
TRIALS_BY_AGENT = 30
WINDOW = timedelta(minutes=15)
KINDS = [str(one) for one in TrialKind]


class NewTrial(Schema):
    class Meta:
        unknown = ma.RAISE

    kind = ma.fields.String(required=True, validate=Choice(KINDS))
    url = text(LONGEST_URL, load_default="")
    user = text(LONGEST_SECRET, load_default="")
    password = text(LONGEST_SECRET, load_default="")
    tentative_counts = Flag(load_default=True, metadata={"description": "Whether what is pencilled in takes time."})
    columns = ma.fields.Dict(keys=ma.fields.String(), load_default=None, allow_none=True)
    words = ma.fields.Dict(keys=ma.fields.String(), load_default=None, allow_none=True)
    source_id = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "A source, or an export for `caldav_export`: its address stands in for an empty one, its"
            " user and its password for empty ones on the same host, the password of no other user."
        },
    )


class Trial(Schema):
    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(KINDS))
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(["queued", "succeeded", "failed"]))
    code = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Of a failure; all are in docs/plannings.md."}
    )
    found = ma.fields.Dict(
        required=True,
        allow_none=True,
        metadata={
            "description": "Of a calendar `read`, `busy`, `refused_count`, `refused`, `first_at`, `last_at`; of a table"
            " `read`, `taken`, `refused_count`, `refused`, `agents`, `unknown_agents`, `header`; of an export `holds`."
            " Of a failure `status`, `line`, `header` where there are any."
        },
    )


@blueprint.post("")
@blueprint.signed_in(writes=True)
@blueprint.arguments(NewTrial)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
@blueprint.response(HTTPStatus.ACCEPTED, Trial)
def post_calendar_trial(body: dict[str, Any]) -> Response:
    """Have an address tested

    A worker asks there as it would for a source or an export, and changes none. An agenda to write to gets an event,
    which is taken away again at once.
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
    limit_by_agent("calendar-trial", actor.agent_id, limit=TRIALS_BY_AGENT, window=WINDOW)
    command = AskCalendarTrial(**{**body, "kind": TrialKind(body["kind"])})
    with context.database.transaction() as session:
        trial = ask_calendar_trial(session, command, actor, context.now(), context.sealer)
        return _present(trial, HTTPStatus.ACCEPTED)


@blueprint.get("/<uuid:trial_id>")
@blueprint.signed_in()
@blueprint.problems(HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.OK, Trial)
def get_calendar_trial(trial_id: UUID) -> Response:
    """Read what a test has come to

    Only for whoever asked for it, and for an hour.
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
        trial = session.get(CalendarTrial, trial_id)
    if trial is None or trial.asked_by_id != actor.agent_id:
        raise NotFound("no_such_calendar_trial")
    return _present(trial)


def _present(trial: CalendarTrial, status: HTTPStatus = HTTPStatus.OK) -> Response:
    response = jsonify(
        {"id": str(trial.id), "kind": trial.kind, "state": trial.state, "code": trial.code, "found": trial.found}
    )
    response.status_code = int(status)
    response.headers["Cache-Control"] = "no-store"
    return response
