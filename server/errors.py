"""From refusals and accidents to answers: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from models.rules.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TooMany

log = logging.getLogger(__name__)

STATUS_OF: dict[type[Refusal], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
}


def status_of(refusal: Refusal) -> HTTPStatus:
    """The HTTP status that a refusal answers with."""
    if refusal.code == "not_signed_in":
        return HTTPStatus.UNAUTHORIZED
    return STATUS_OF.get(type(refusal), HTTPStatus.BAD_REQUEST)


def register(app: Flask) -> None:
    @app.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        status = status_of(refusal)
        response = answer(status, refusal.code, refusal.detail)
        if isinstance(refusal, TooMany) and "retry_after" in refusal.detail:
            response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or 500)
        response = answer(status, status.name.lower(), {})
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def survive(error: Exception) -> Response:
        error_id = new_error_id()
        log.exception("unexpected error %s", error_id, exc_info=error)
        return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", {"error_id": error_id})


def new_error_id() -> str:
    """A short id that the person sees and that the log holds, so that one finds the other."""
    return secrets.token_hex(4)


def answer(status: HTTPStatus, code: str, detail: dict[str, Any]) -> Response:
    """Say `code` the way the caller reads it: problem+json under /api/, a page elsewhere."""
    if request.path.startswith("/api/") or request.path == "/healthz":
        return problem(status, code, detail)
    page = render_template("error.html", status=int(status), code=code, detail=detail)
    return Response(page, status=int(status), mimetype="text/html")


def problem(status: HTTPStatus, code: str, detail: dict[str, Any]) -> Response:
    """A problem document; `title` is in the reader's language, `code` is for programs."""
    response = jsonify(
        {"type": "about:blank", "title": gettext(status.phrase), "status": int(status), "code": code, **detail}
    )
    response.status_code = int(status)
    response.mimetype = "application/problem+json"
    return response
