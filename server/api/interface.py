"""The interface as flask-smorest describes it: OpenAPI 3.1 from the code, our refusals instead of the library's."""

from __future__ import annotations

import http
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

import flask_smorest
from flask import Flask, Request
from flask_smorest.utils import prepare_response
from webargs.core import is_json
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from models.rules.errors import Invalid, Refusal
from server.api.schemas import Problem, flat_errors
from server.context import current
from server.identity import CSRF_HEADER, cookie_name
from server.partners import CONTRACT_HEADER

PROBLEM_JSON = "application/problem+json"
VERSION = "1.0"
View = TypeVar("View", bound=Callable[..., Any])

DESCRIPTION = """\
For sites and programs that bring citizens to their gendarmerie brigade. **Not for emergencies: call 17 or 112.**

Public operations need no key. Those marked with a lock are for partners with a key (`/api/v1`, `/api/visioplainte`) or
for the terminals of signed-in agents.
Every refusal is a problem document (RFC 9457) with a stable `code` and a `title` in the language of `Accept-Language`
(French or English).
"""


class Parser(FlaskParser):
    """Reads arguments and raises our own refusals, so that one place writes every error."""

    def _raw_load_json(self, req: Request) -> Any:
        if not req.content_length and not req.mimetype:
            if req.method == "PATCH":
                # No field of a change is required, and a change that was lost on its way must not pass for one.
                raise Refusal("unreadable_json")
            # Nothing was sent: the fields are missing, whatever the type would have been.
            return {}
        if not is_json(req.mimetype):
            raise UnsupportedMediaType
        return read_json(req.get_data(cache=False))

    def handle_error(
        self, error: Any, req: Request, schema: Any, *, error_status_code: Any, error_headers: Any
    ) -> NoReturn:
        messages = next(iter(error.messages.values()), {}) if isinstance(error.messages, dict) else error.messages
        raise Invalid("invalid_arguments", {"fields": flat_errors(messages)})


def read_json(body: bytes) -> Any:
    """Read a JSON document, and only what a database can keep of it.

    Raises:
        Refusal: `unreadable_json`: no JSON, not UTF-8, nested too deep, numbers that are none or of absurd length.
    """
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal("unreadable_json") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


class Blueprint(flask_smorest.Blueprint):
    """A resource of the interface."""

    ARGUMENTS_PARSER = Parser()

    def problems(self, *statuses: HTTPStatus) -> Callable[[View], View]:
        """Say which refusals an operation may answer with, beside those that every one may."""

        def decorate(view: View) -> View:
            for status in (*statuses, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE):
                view = self.alt_response(int(status), response=status.name)(view)
            return view

        return decorate

    def signed_in(self, *, writes: bool = False) -> Callable[[View], View]:
        """Say that an operation is for signed-in agents, and whether it needs the proof against foreign pages."""
        needed: dict[str, list[str]] = {"sign_in": [], "csrf": []} if writes else {"sign_in": []}

        def decorate(view: View) -> View:
            statuses = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
            documented: View = self.problems(*statuses)(view)
            return self.doc(security=[needed])(documented)  # type: ignore[no-any-return]

        return decorate


class Interface(flask_smorest.Api):
    """All operations; errors stay with `server.errors`, which answers for pages too."""

    # Each operation names its refusals instead of leaving anything possible.
    DEFAULT_ERROR_RESPONSE_NAME = ""
    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        for status in http.HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                response = {"description": status.phrase, "schema": self.ERROR_SCHEMA}
                prepare_response(response, self.spec, PROBLEM_JSON)
                self.spec.components.response(status.name, response, lazy=True)


def create_interface(app: Flask) -> Interface:
    """Put the description at /api/openapi.json and return the interface, for blueprints to be registered on."""
    with app.app_context():
        settings = current().settings
    app.config.update(
        API_TITLE="Brigade numérique",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION},
            "servers": [{"url": settings.public_url}],
            "security": [],
            "components": {
                "securitySchemes": {
                    "sign_in": {
                        "type": "apiKey",
                        "in": "cookie",
                        "name": cookie_name(settings),
                        "description": "The cookie that POST /api/sign-in sets.",
                    },
                    "csrf": {
                        "type": "apiKey",
                        "in": "header",
                        "name": CSRF_HEADER,
                        "description": "The `csrf` of the sign-in, proof that a write comes from our own page.",
                    },
                    "partner_key": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "A partner's key, with the scopes that an operation names.",
                    },
                    "kannel_password": {
                        "type": "http",
                        "scheme": "basic",
                        "description": "The user `kannel` with SMS_KANNEL_SECRET as its password.",
                    },
                    "twilio_signature": {
                        "type": "apiKey",
                        "in": "header",
                        "name": "X-Twilio-Signature",
                        "description": "Made by Twilio from the address, the form and the account's token.",
                    },
                    "visioplainte_key": {
                        "type": "apiKey",
                        "in": "header",
                        "name": CONTRACT_HEADER,
                        "description": "A key with the scope `visioplainte`.",
                    },
                }
            },
        },
    )
    return Interface(app)
