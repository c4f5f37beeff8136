"""Sign-in, sign-out, and who is signed in."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Response, jsonify, request

from models.queries.sign_ins import was_terminal
from models.rules.actor import AgentActor, Role
from models.rules.errors import Forbidden
from server.api.interface import Blueprint
from server.api.schemas import Schema, text
from server.context import current
from server.identity import clear_session_cookie, load_actor, require_agent, session_token, set_session_cookie
from server.rate_limits import limit_by_address, limit_by_login
from server.services.sign_in import SignIn, sign_in
from server.services.sign_out import SignOut, sign_out

blueprint = Blueprint("sign_in", __name__, url_prefix="/api", description="Agents signing in and out.")

# A whole brigade may sign in from one address when its shift begins; one login has one person behind it.
TRIES_BY_ADDRESS = 60
TRIES_BY_LOGIN = 10
TRIES_WINDOW = timedelta(minutes=15)


class Credentials(Schema):
    class Meta:
        unknown = ma.RAISE

    login = text(200, shortest=1, required=True)
    password = text(1000, shortest=1, required=True)


class SignedInAgent(Schema):
    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    roles = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(list(Role))), required=True)


class Me(Schema):
    agent = ma.fields.Nested(SignedInAgent, required=True)
    unit_id = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The unit they serve in; null at the desk."},
    )
    csrf = ma.fields.String(required=True, metadata={"description": "For the header X-CSRF-Token of every write."})
    enrolled = ma.fields.Boolean(
        required=True, metadata={"description": "Signed in by a terminal's credential: the device must ask for a PIN."}
    )


@blueprint.post("/sign-in")
@blueprint.arguments(Credentials)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
@blueprint.response(HTTPStatus.OK, Me)
def post_sign_in(body: dict[str, Any]) -> Response:
    """Sign in

    Sets the cookie for 14 hours. `wrong_credentials` does not say what was wrong.
    """
    context = current()
    # Both are counted before the password is looked at, because looking is slow on purpose.
    limit_by_address("sign-in", limit=TRIES_BY_ADDRESS, window=TRIES_WINDOW)
    limit_by_login(body["login"], limit=TRIES_BY_LOGIN, window=TRIES_WINDOW)
    with context.database.transaction() as session:
        signed_in = sign_in(session, SignIn(body["login"], body["password"]), context.now(), context.tokens)
        session.flush()
        actor = load_actor(session, signed_in.token, context.tokens, context.now())
    if actor is None:
        raise Forbidden("wrong_credentials")
    response = jsonify(present_me(actor, signed_in.token, enrolled=False))
    set_session_cookie(response, signed_in.token)
    return _private(response)


@blueprint.post("/sign-out")
@blueprint.doc(security=[{"sign_in": [], "csrf": []}, {}])
@blueprint.problems(HTTPStatus.FORBIDDEN)
@blueprint.response(HTTPStatus.NO_CONTENT)
def post_sign_out() -> Response:
    """Sign out

    Ends the sign-in and takes the cookie back; a terminal that signs out is revoked and must be enrolled anew.
    Without a sign-in nothing happens.
    """
    context = current()
    if token := session_token(request):
        with context.database.transaction() as session:
            sign_out(session, SignOut(token), context.now(), context.tokens)
    response = Response(status=HTTPStatus.NO_CONTENT)
    clear_session_cookie(response)
    return _private(response)


@blueprint.get("/me")
@blueprint.signed_in()
@blueprint.response(HTTPStatus.OK, Me)
def get_me() -> Response:
    """Say who is signed in"""
    context = current()
    token = session_token(request)
    with context.database.transaction() as session:
        actor = require_agent(session)
        assert token is not None
        enrolled = was_terminal(session, context.tokens.stored_hash("agent-session", token))
    return _private(jsonify(present_me(actor, token, enrolled=enrolled)))


def present_me(actor: AgentActor, token: str, *, enrolled: bool) -> dict[str, Any]:
    """Who is signed in, as `Me` describes it; `token` is the cookie's, from which the proof is derived."""
    return {
        "agent": {"id": actor.agent_id, "name": actor.name, "roles": sorted(actor.roles)},
        "unit_id": actor.serves_in_unit,
        "csrf": current().tokens.csrf(token),
        "enrolled": enrolled,
    }


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
