"""Sign-in, sign-out, and who is signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from models.rules.actor import AgentActor
from models.rules.errors import Forbidden, Invalid
from server.context import current
from server.identity import clear_session_cookie, load_actor, require_agent, session_token, set_session_cookie
from server.services.sign_in import SignIn, sign_in
from server.services.sign_out import SignOut, sign_out

blueprint = Blueprint("sign_in", __name__, url_prefix="/api")


@blueprint.post("/sign-in")
def post_sign_in() -> Response:
    context = current()
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not all(isinstance(body.get(key), str) for key in ("login", "password")):
        raise Invalid("invalid_arguments", {"fields": {"login": "missing", "password": "missing"}})
    with context.database.transaction() as session:
        signed_in = sign_in(session, SignIn(body["login"], body["password"]), context.now(), context.tokens)
        actor = load_actor(session, signed_in.token, context.tokens, context.now())
    if actor is None:
        raise Forbidden("wrong_credentials")
    response = jsonify(_present(actor, signed_in.token))
    set_session_cookie(response, signed_in.token)
    return response


@blueprint.post("/sign-out")
def post_sign_out() -> Response:
    context = current()
    if token := session_token(request):
        with context.database.transaction() as session:
            sign_out(session, SignOut(token), context.now(), context.tokens)
    response = Response(status=204)
    clear_session_cookie(response)
    return response


@blueprint.get("/me")
def get_me() -> Response:
    with current().database.transaction() as session:
        actor = require_agent(session)
    token = session_token(request)
    assert token is not None
    return jsonify(_present(actor, token))


def _present(actor: AgentActor, token: str) -> dict[str, Any]:
    return {
        "agent": {"id": actor.agent_id, "name": actor.name, "roles": sorted(actor.roles)},
        "unit_id": actor.serves_in_unit,
        "csrf": current().tokens.csrf(token),
    }
