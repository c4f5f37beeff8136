"""Enrolling a device as an agent's terminal, listing terminals, and revoking one."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import marshmallow as ma
import segno
from flask import Response, jsonify, request

from models.queries.sign_ins import find_sign_ins
from models.queries.terminals import EnrolledTerminal, find_terminals
from server.api.interface import Blueprint
from server.api.schemas import Person, Schema, Whole, text
from server.api.sign_in import Me, present_me
from server.context import current
from server.identity import require_agent, session_token, set_session_cookie
from server.rate_limits import limit_by_address, limit_by_agent
from server.services.ask_enrolment import AskEnrolment, ask_enrolment
from server.services.enrol_terminal import CREDENTIAL_LASTS, EnrolTerminal, enrol_terminal
from server.services.revoke_terminal import RevokeTerminal, revoke_terminal

blueprint = Blueprint(
    "terminals", __name__, url_prefix="/api/terminals", description="Devices that work for days without signing in."
)

# A chief who equips a whole brigade in one morning stays below; a code cannot be guessed anyway (78 bits).
CODES_BY_AGENT = 60
TRIES_BY_ADDRESS = 60
WINDOW = timedelta(minutes=15)


class EnrolmentRequest(Schema):
    class Meta:
        unknown = ma.RAISE

    agent_id = Whole(
        required=True,
        allow_none=True,
        validate=ma.validate.Range(1, 2**31 - 1, error="unreadable"),
        metadata={"description": "For whom; null for yourself. Chiefs name anybody of their unit."},
    )


class Enrolment(Schema):
    agent = ma.fields.Nested(Person, required=True)
    code = ma.fields.String(required=True, metadata={"description": "One use, ten minutes."})
    url = ma.fields.String(required=True, metadata={"description": "What the QR code says."})
    svg = ma.fields.String(required=True, metadata={"description": "The QR code, to put into a page."})
    expires_at = ma.fields.String(required=True, metadata={"format": "date-time"})


class EnrolmentUse(Schema):
    class Meta:
        unknown = ma.RAISE

    code = text(100, shortest=1, required=True)
    name = text(80, shortest=1, required=True, description="What people recognise the device by.")


class Terminal(Schema):
    id = ma.fields.UUID(required=True)
    agent = ma.fields.Nested(Person, required=True)
    name = ma.fields.String(required=True)
    enrolled_at = ma.fields.String(required=True, metadata={"format": "date-time"})
    expires_at = ma.fields.String(required=True, metadata={"format": "date-time"})
    last_seen_at = ma.fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    this = ma.fields.Boolean(required=True, metadata={"description": "The one that asks."})


class NewTerminal(Me):
    terminal = ma.fields.Nested(Terminal, required=True)


@blueprint.post("/enrolments")
@blueprint.signed_in(writes=True)
@blueprint.arguments(EnrolmentRequest)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
@blueprint.response(HTTPStatus.CREATED, Enrolment)
def post_enrolment(body: dict[str, Any]) -> Response:
    """Make a code that enrols one device

    The QR code opens the terminal on the device, which then sends the code to `POST /api/terminals`.
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
    limit_by_agent("enrolment", actor.agent_id, limit=CODES_BY_AGENT, window=WINDOW)
    with context.database.transaction() as session:
        made = ask_enrolment(session, AskEnrolment(body["agent_id"]), actor, context.now(), context.tokens)
    # After the #, where neither a server's nor a proxy's log ever sees it.
    url = f"{context.settings.public_url}/terminal/#/enrol/{made.code}"
    answer = jsonify(
        {
            "agent": {"id": made.owner.agent_id, "name": made.owner.name},
            "code": made.code,
            "url": url,
            "svg": qr_code(url),
            "expires_at": made.expires_at.isoformat(),
        }
    )
    return _private(answer, HTTPStatus.CREATED)


@blueprint.post("")
@blueprint.arguments(EnrolmentUse)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
@blueprint.response(HTTPStatus.CREATED, NewTerminal)
def post_terminal(body: dict[str, Any]) -> Response:
    """Become a terminal

    Uses the code up and sets the sign-in cookie for 400 days. `wrong_code` does not say what was wrong.
    """
    context = current()
    limit_by_address("enrol", limit=TRIES_BY_ADDRESS, window=WINDOW)
    with context.database.transaction() as session:
        enrolled = enrol_terminal(session, EnrolTerminal(body["code"], body["name"]), context.now(), context.tokens)
        token_hash = enrolled.terminal.credential_hash
        actor = find_sign_ins(session, [token_hash], context.now())[token_hash].actor
    terminal = _present(EnrolledTerminal(enrolled.terminal, enrolled.agent.name), token_hash)
    response = jsonify({**present_me(actor, enrolled.credential, enrolled=True), "terminal": terminal})
    set_session_cookie(response, enrolled.credential, lasts=CREDENTIAL_LASTS)
    return _private(response, HTTPStatus.CREATED)


@blueprint.get("")
@blueprint.signed_in()
@blueprint.response(HTTPStatus.OK, Terminal(many=True))
def get_terminals() -> Response:
    """List the terminals in use

    One's own; a chief sees those of the unit.
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
        found = find_terminals(session, actor, context.now())
    token = session_token(request)
    assert token is not None
    own_hash = context.tokens.stored_hash("agent-session", token)
    return _private(jsonify([_present(one, own_hash) for one in found]), HTTPStatus.OK)


@blueprint.delete("/<uuid:terminal_id>")
@blueprint.signed_in(writes=True)
@blueprint.problems(HTTPStatus.NOT_FOUND)
@blueprint.response(HTTPStatus.NO_CONTENT)
def delete_terminal(terminal_id: UUID) -> Response:
    """Revoke a terminal

    Its sockets close at once; its next call gets 401 `terminal_revoked`, and it wipes what it holds.
    """
    context = current()
    with context.database.transaction() as session:
        actor = require_agent(session)
        revoke_terminal(session, RevokeTerminal(terminal_id), actor, context.now())
    return _private(Response(), HTTPStatus.NO_CONTENT)


def qr_code(url: str) -> str:
    """An address as an SVG element; white behind it and around it, because cameras do not read dark themes."""
    return str(segno.make(url, error="m", micro=False).svg_inline(border=4, dark="#000", light="#fff", omitsize=True))


def _present(found: EnrolledTerminal, own_hash: bytes) -> dict[str, Any]:
    terminal = found.terminal
    return {
        "id": str(terminal.id),
        "agent": {"id": terminal.agent_id, "name": found.agent_name},
        "name": terminal.name,
        "enrolled_at": terminal.enrolled_at.isoformat(),
        "expires_at": terminal.expires_at.isoformat(),
        "last_seen_at": None if terminal.last_seen_at is None else terminal.last_seen_at.isoformat(),
        "this": terminal.credential_hash == own_hash,
    }


def _private(response: Response, status: HTTPStatus) -> Response:
    response.status_code = int(status)
    response.headers["Cache-Control"] = "no-store"
    return response
