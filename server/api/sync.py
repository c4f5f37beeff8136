"""The terminals' two calls: push numbered mutations, pull what changed."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import OperationalError

from models.queries.terminal_feed import pull
from models.rules.actor import AgentActor
from models.rules.errors import Forbidden, Invalid, Refusal
from models.tables import MutationResult
from server.context import current
from server.errors import new_error_id
from server.identity import require_agent
from server.services.apply_mutation import ApplyMutation, apply_mutation, store_mutation_error

log = logging.getLogger(__name__)
blueprint = Blueprint("sync", __name__, url_prefix="/api/sync")

LARGEST_BATCH = 50
SCHEMA = 1


@blueprint.post("/push")
def post_push() -> Response:
    """Apply the mutations in order, one transaction each, and answer with their results."""
    context = current()
    commands = _read_commands(request.get_json(silent=True))
    with context.database.transaction() as session:
        actor = require_agent(session)
    results = [_apply(command, actor) for command in commands]
    return jsonify({"lmid": results[-1]["seq"], "results": results})


@blueprint.get("/pull")
def get_pull() -> Response:
    """Answer with everything that changed for the agent's unit since the cursor."""
    context = current()
    client_id = _read_uuid(request.args.get("client"))
    with context.database.transaction() as session:
        actor = require_agent(session)
    if actor.serves_in_unit is None:
        raise Forbidden("not_in_a_unit")
    with context.database.snapshot() as session:
        page = pull(
            session,
            unit_id=actor.serves_in_unit,
            client_id=client_id,
            agent_id=actor.agent_id,
            cursor=request.args.get("cursor", ""),
            now=context.now(),
        )
    response = jsonify(
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
    response.headers["Cache-Control"] = "no-store"
    return response


def _apply(command: ApplyMutation, actor: AgentActor) -> dict[str, Any]:
    context = current()
    try:
        with context.database.transaction() as session:
            return _present(apply_mutation(session, command, actor, context.now()))
    except (Refusal, OperationalError):
        # A refusal answers the whole push (gap, fork); a database that is away is a reason to come back later.
        raise
    except Exception:
        error_id = new_error_id()
        log.exception("mutation %s failed: %s", command.op[:80], error_id)
        with context.database.transaction() as session:
            return _present(store_mutation_error(session, command, actor, context.now(), error_id))


def _read_commands(body: Any) -> list[ApplyMutation]:
    if not isinstance(body, dict) or body.get("schema") != SCHEMA:
        raise Invalid("invalid_arguments", {"fields": {"schema": "unknown"}})
    client_id = _read_uuid(body.get("client"))
    mutations = body.get("mutations")
    if not isinstance(mutations, list) or not 0 < len(mutations) <= LARGEST_BATCH:
        raise Invalid("invalid_arguments", {"fields": {"mutations": "unreadable"}})
    return [_read_command(client_id, mutation) for mutation in mutations]


def _read_command(client_id: UUID, mutation: Any) -> ApplyMutation:
    if (
        not isinstance(mutation, dict)
        or not isinstance(mutation.get("seq"), int)
        or isinstance(mutation["seq"], bool)
        or not 0 < mutation["seq"] < 2**53
        or not isinstance(mutation.get("op"), str)
        or not isinstance(mutation.get("args"), dict)
    ):
        raise Invalid("invalid_arguments", {"fields": {"mutations": "unreadable"}})
    return ApplyMutation(client_id, mutation["seq"], mutation["op"], mutation["args"])


def _read_uuid(text: Any) -> UUID:
    try:
        return UUID(text)
    except (TypeError, ValueError, AttributeError) as error:
        raise Invalid("invalid_arguments", {"fields": {"client": "unreadable"}}) from error


def _present(result: MutationResult) -> dict[str, Any]:
    return {"seq": result.seq, "op": result.op, "status": result.status, "code": result.code, **result.detail}
