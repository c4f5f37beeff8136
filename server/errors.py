"""From refusals and accidents to answers: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import logging
import secrets
import traceback
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from models.rules.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TooMany
from server.contract_errors import CONTRACT_PREFIX, contract_problem
from server.wording import problem_title

log = logging.getLogger(__name__)

STATUS_OF: dict[type[Refusal], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
}
STATUS_OF_CODE = {
    "not_signed_in": HTTPStatus.UNAUTHORIZED,
    "terminal_revoked": HTTPStatus.UNAUTHORIZED,
    "api_key_needed": HTTPStatus.UNAUTHORIZED,
    "unknown_api_key": HTTPStatus.UNAUTHORIZED,
    "password_needed": HTTPStatus.UNAUTHORIZED,
    # draft-ietf-httpapi-idempotency-key-header, section 2.7.
    "idempotency_key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
}
# RFC 9110, section 11.6.1: whoever answers 401 says how to do better.
CHALLENGES = {"api_key_needed": "Bearer", "unknown_api_key": "Bearer", "password_needed": 'Basic realm="sms"'}
COME_BACK_S = 2


def status_of(refusal: Refusal) -> HTTPStatus:
    """The HTTP status that a refusal answers with."""
    return STATUS_OF_CODE.get(refusal.code) or STATUS_OF.get(type(refusal), HTTPStatus.BAD_REQUEST)


def register(app: Flask) -> None:
    @app.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        response = answer(status_of(refusal), refusal.code, refusal.detail)
        if isinstance(refusal, TooMany) and "retry_after" in refusal.detail:
            response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        if refusal.code in CHALLENGES and not request.path.startswith(CONTRACT_PREFIX):
            response.headers["WWW-Authenticate"] = CHALLENGES[refusal.code]
        return response

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or 500)
        response = answer(status, status.name.lower(), {})
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
        return response

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(PoolTimeout)
    def come_back(error: Exception) -> Response:
        # A server that restarts, a deadlock, a full pool: nothing was done, and soon it will work.
        log_unexpected("database away", error)
        response = answer(HTTPStatus.SERVICE_UNAVAILABLE, "database_away", {"retry_after": COME_BACK_S})
        response.headers["Retry-After"] = str(COME_BACK_S)
        return response

    @app.errorhandler(Exception)
    def survive(error: Exception) -> Response:
        error_id = log_unexpected("unexpected error", error)
        return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", {"error_id": error_id})


def new_error_id() -> str:
    """A short id that the person sees and that the log holds, so that one finds the other."""
    return secrets.token_hex(4)


def log_unexpected(what: str, error: BaseException) -> str:
    """Log where an error comes from, without its message, which may hold what a citizen typed.

    Returns:
        The short id that the log line holds, for the answer.
    """
    error_id = new_error_id()
    cause = error
    if isinstance(error, DBAPIError) and error.orig is not None:
        cause = error.orig
    state = getattr(cause, "sqlstate", None)
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    facts = " ".join(str(fact) for fact in (type(cause).__qualname__, state, constraint) if fact)
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s %s: %s\n%s", what, error_id, facts, frames)
    return error_id


def answer(status: HTTPStatus, code: str, detail: dict[str, Any]) -> Response:
    """Say `code` the way the caller reads it: problem+json for programs, a page elsewhere."""
    if request.path.startswith(CONTRACT_PREFIX):
        return contract_problem(status, code, detail)
    if request.path.startswith("/api/") or request.path == "/healthz":
        return problem(status, code, detail)
    try:
        page = render_template("error.html", status=int(status), code=code, detail=detail)
    except Exception as error:
        # The page that explains an accident must not become the next one.
        log_unexpected("error page failed", error)
        return Response(problem_title(status, code), status=int(status), mimetype="text/plain")
    return Response(page, status=int(status), mimetype="text/html")


def problem(status: HTTPStatus, code: str, detail: dict[str, Any]) -> Response:
    """A problem document; `title` is in the reader's language, `code` is for programs."""
    response = jsonify(
        {"type": "about:blank", "title": problem_title(status, code), "status": int(status), "code": code, **detail}
    )
    response.status_code = int(status)
    response.mimetype = "application/problem+json"
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept-Language")
    return response
