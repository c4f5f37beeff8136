"""A unit's planning sources: naming one, seeing its health, pausing, changing and revoking it, handing a table in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType

from models.queries.plannings import find_plannings
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit
from models.rules.plannings import Kind
from server.api.interface import Blueprint
from server.api.planning_schemas import NewPlanning, Planning, PlanningChange, TableOutcome, Wanted, present_planning
from server.context import current
from server.identity import require_agent
from server.planning.said import MOST_NAMED
from server.rate_limits import limit_by_agent
from server.services.add_planning_source import AddPlanningSource, add_planning_source
from server.services.change_planning_source import ChangePlanningSource, change_planning_source
from server.services.receive_table import ReceiveTable, receive_table
from server.services.revoke_planning_source import RevokePlanningSource, revoke_planning_source
from server.services.want_reading import WantReading, want_reading

blueprint = Blueprint(
    "plannings", __name__, url_prefix="/api/plannings", description="Where a unit's planning is read from."
)

# A chief who names the calendars of a whole brigade in one morning, and reads each anew twice, stays below.
WRITES_BY_AGENT = 120
WINDOW = timedelta(minutes=15)
TABLE: dict[str, Any] = {
    "required": True,
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    },
}
TABLE_TYPES = frozenset(TABLE["content"])


@blueprint.get("")
@blueprint.signed_in()
@blueprint.response(HTTPStatus.OK, Planning(many=True))
def get_plannings() -> Response:
    """List the planning sources

    One's own calendars; a chief sees all of the unit.
    """
    with current().database.transaction() as session:
        actor = require_agent(session)
        require_unit(actor)
        found = [present_planning(one) for one in find_plannings(session, actor)]
    return _private(jsonify(found))


@blueprint.post("")
@blueprint.signed_in(writes=True)
@blueprint.arguments(NewPlanning)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
@blueprint.response(HTTPStatus.CREATED, Planning)
def post_planning(body: dict[str, Any]) -> Response:
    """Have a planning read from now on

    One's own calendar; a chief also names colleagues' and tables of positions. Address and password are sealed and
    never shown again. With an `id` of one's own it can be asked for again when no answer came: it is the same source.
    409 `id_taken` for somebody else's; 404 `no_such_planning` where it is revoked.
    """
    context = current()
    actor = _limited()
    command = AddPlanningSource(source_id=body.pop("id"), **{**body, "kind": Kind(body["kind"])})
    with context.database.transaction() as session:
        source_id = add_planning_source(session, command, actor, context.now(), context.sealer)
        return _presented(session, actor, source_id, HTTPStatus.CREATED)


@blueprint.patch("/<uuid:source_id>")
@blueprint.signed_in(writes=True)
@blueprint.arguments(PlanningChange)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
@blueprint.response(HTTPStatus.OK, Planning)
def patch_planning(body: dict[str, Any], source_id: UUID) -> Response:
    """Pause, resume or change a planning source

    What is left out stays. A password goes with the host that it was given for: another host needs it anew.
    """
    context = current()
    actor = _limited()
    with context.database.transaction() as session:
        command = ChangePlanningSource(source_id, **body)
        change_planning_source(session, command, actor, context.now(), context.sealer)
        return _presented(session, actor, source_id, HTTPStatus.OK)


@blueprint.post("/<uuid:source_id>/poll")
@blueprint.signed_in(writes=True)
@blueprint.problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
@blueprint.response(HTTPStatus.ACCEPTED, Wanted, description="A worker asks it as soon as it has a hand free.")
def post_poll(source_id: UUID) -> Response:
    """Read a planning source now

    It is read when `tried_at` is another than what is answered here, and `succeeded_at` or `failure` is not before it.
    """
    context = current()
    actor = _limited()
    with context.database.transaction() as session:
        before = want_reading(session, WantReading(source_id), actor, context.now())
    return _private(jsonify({"tried_at": before and before.isoformat()}), HTTPStatus.ACCEPTED)


@blueprint.post("/<uuid:source_id>/table")
@blueprint.signed_in(writes=True)
@blueprint.doc(requestBody=TABLE)
@blueprint.problems(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
@blueprint.response(HTTPStatus.OK, TableOutcome)
def post_table(source_id: UUID) -> Response:
    """Hand a table of positions in

    422 with `code` and `line` when it cannot be read, and then it changes nothing; rows that are left out are named.
    """
    context = current()
    actor = _limited()
    if request.mimetype not in TABLE_TYPES:
        raise UnsupportedMediaType
    octets = request.get_data(cache=False)
    with context.database.transaction() as session:
        received = receive_table(session, ReceiveTable(source_id, octets), actor, context.now())
    refused = len(received.refused)
    outcome = {
        "read": received.read,
        "taken": received.read - refused,
        "refused_count": refused,
        "refused": [asdict(one) for one in received.refused[:MOST_NAMED]],
        "unknown_agents": received.unknown_agents,
    }
    return _private(jsonify(outcome))


@blueprint.delete("/<uuid:source_id>")
@blueprint.signed_in(writes=True)
@blueprint.problems(HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.NO_CONTENT)
def delete_planning(source_id: UUID) -> Response:
    """Revoke a planning source

    Its address, its password and all that it said of today and later go.
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
        revoke_planning_source(session, RevokePlanningSource(source_id), actor, context.now())
    return _private(Response(), HTTPStatus.NO_CONTENT)


def _limited() -> AgentActor:
    with current().database.transaction() as session:
        actor = require_agent(session)
    limit_by_agent("plannings", actor.agent_id, limit=WRITES_BY_AGENT, window=WINDOW)
    return actor


def _presented(session: Any, actor: AgentActor, source_id: UUID, status: HTTPStatus) -> Response:
    (found,) = find_plannings(session, actor, source_id)
    return _private(jsonify(present_planning(found)), status)


def _private(response: Response, status: HTTPStatus = HTTPStatus.OK) -> Response:
    response.status_code = int(status)
    response.headers["Cache-Control"] = "no-store"
    return response
