"""The terminals' two calls: push numbered mutations, pull what changed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, jsonify
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.queries.terminal_feed import pull
from models.rules.actor import AgentActor
from models.rules.errors import Forbidden, Refusal
from models.tables import MutationResult
from server.api.interface import Blueprint
from server.api.schemas import Schema, Whole, storable, text
from server.compression import compress
from server.context import current
from server.errors import log_unexpected
from server.identity import require_agent
from server.services.apply_mutation import ApplyMutation, apply_mutation, store_mutation_error

blueprint = Blueprint("sync", __name__, url_prefix="/api/sync", description="What the gendarmes' terminals call.")

LARGEST_BATCH = 50
SCHEMA = 1


class MutationIn(Schema):
    """One numbered mutation. What is wrong inside `args` is a result, not a refusal, so that no queue ever blocks."""

    class Meta:
        # Later versions of the outbox only add fields.
        unknown = ma.EXCLUDE

    seq = Whole(required=True, validate=ma.validate.Range(1, 2**53 - 1, error="unreadable"))
    op = ma.fields.String(required=True)
    args = ma.fields.Dict(keys=ma.fields.String(), required=True)
    at = ma.fields.String(metadata={"description": "When it was tapped, on the terminal's clock; for people only."})


class Push(Schema):
    class Meta:
        unknown = ma.EXCLUDE

    client = ma.fields.UUID(required=True, metadata={"description": "The outbox."})
    schema = Whole(required=True, validate=ma.validate.OneOf([SCHEMA], error="unknown"))
    mutations = ma.fields.List(
        ma.fields.Nested(MutationIn),
        required=True,
        validate=ma.validate.Length(1, LARGEST_BATCH, error="unreadable"),
        metadata={"description": "In the order of `seq`."},
    )


class MutationOut(Schema):
    class Meta:
        unknown = ma.INCLUDE

    seq = ma.fields.Integer(required=True)
    op = ma.fields.String(required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(["applied", "noop", "rejected", "error"]))
    code = ma.fields.String(required=True, allow_none=True)


class Pushed(Schema):
    lmid = ma.fields.Integer(required=True, metadata={"description": "The last `seq` that has its result."})
    results = ma.fields.List(ma.fields.Nested(MutationOut), required=True)


class PullQuery(Schema):
    client = ma.fields.UUID(required=True, metadata={"description": "The outbox."})
    cursor = text(100, load_default="", description="The last answer's `cursor`; empty for everything.")


class Document(Schema):
    k = ma.fields.String(required=True)
    v = ma.fields.Integer(required=True)
    body = ma.fields.Dict(required=True, allow_none=True, metadata={"description": "Null: forget it."})


class Pulled(Schema):
    base = ma.fields.String(required=True, metadata={"description": "The cursor that was asked with."})
    cursor = ma.fields.String(required=True)
    reset = ma.fields.Boolean(required=True, metadata={"description": "Drop all documents first, never the outbox."})
    docs = ma.fields.List(ma.fields.Nested(Document), required=True)
    lmid = ma.fields.Integer(required=True)
    results = ma.fields.List(ma.fields.Nested(MutationOut), required=True)
    more = ma.fields.Boolean(required=True, metadata={"description": "Pull again at once."})


@blueprint.post("/push")
@blueprint.signed_in(writes=True)
@blueprint.arguments(Push)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
@blueprint.response(HTTPStatus.OK, Pushed)
def post_push(body: dict[str, Any]) -> Response:
    """Apply the mutations of a terminal

    In order, one transaction each; a repeat gets the result it had. 409 `gap` or `fork` names the last `lmid`.
    """
    context = current()
    commands = [_read_command(body["client"], mutation) for mutation in body["mutations"]]
    with context.database.transaction() as session:
        actor = require_agent(session)
    results = [_apply(command, actor) for command in commands]
    return _private(jsonify({"lmid": results[-1]["seq"], "results": results}))


@blueprint.get("/pull")
@blueprint.signed_in()
@blueprint.arguments(PullQuery, location="query")
@blueprint.problems(HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.response(HTTPStatus.OK, Pulled)
def get_pull(query: dict[str, Any]) -> Response:
    """Read everything that changed for the agent's unit since the cursor"""
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
    if actor.serves_in_unit is None:
        raise Forbidden("not_in_a_unit")
    with context.database.snapshot() as session:
        page = pull(
            session,
            unit_id=actor.serves_in_unit,
            client_id=query["client"],
            agent_id=actor.agent_id,
            cursor=query["cursor"],
            now=context.now(),
        )
    answer = _private(
        jsonify(
            {
                "base": page.base,
                "cursor": page.cursor,
                "reset": page.reset,
                "docs": [{"k": key, "v": version, "body": body} for key, version, body in page.documents],
                "lmid": page.last_mutation_id,
                "results": [_present(result) for result in page.results],
                "more": page.more,
            }
        )
    )
    # A terminal begins anew once in a long while, and nobody else can make it do so: the length of this one answer
    # gives no secret away. What follows is short, and may come each time that somebody sends a request of their own.
    return compress(answer) if page.reset else answer


def _apply(command: ApplyMutation, actor: AgentActor) -> dict[str, Any]:
    context = current()
    try:
        with context.database.transaction() as session:
            return _present(apply_mutation(session, command, actor, context.now()))
    except (Refusal, OperationalError, InterfaceError, PoolTimeout):
        # A refusal answers the whole push (gap, fork); a database that is away is a reason to come back later.
        raise
    except Exception as error:
        error_id = log_unexpected("mutation failed", error)
        with context.database.transaction() as session:
            return _present(store_mutation_error(session, command, actor, context.now(), error_id))


def _read_command(client_id: UUID, mutation: dict[str, Any]) -> ApplyMutation:
    op = mutation["op"]
    # Text that no database keeps names no mutation; escaped, it gets its `unknown_mutation` like any other.
    return ApplyMutation(client_id, mutation["seq"], op if storable(op) else ascii(op), mutation["args"])


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _present(result: MutationResult) -> dict[str, Any]:
    return {"seq": result.seq, "op": result.op, "status": result.status, "code": result.code, **result.detail}
