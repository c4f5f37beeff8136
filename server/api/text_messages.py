"""The doors that providers of text messages call: what became of a message, and what people answer.

Numbers and words come in headers and bodies, never in an address that a proxy would write down. Kannel gets an
empty 200: it calls again after anything else, 204 included (measured with 1.4.5). To Twilio a body would be an answer
to send, so that it gets 204.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, request

from models.rules.errors import Forbidden, Invalid
from server.api.interface import Blueprint
from server.api.schemas import Schema, text
from server.context import current
from server.phone_numbers import read_phone
from server.services.act_on_answer import act_on_answer
from server.services.receive_text import ReceiveText, receive_text
from server.services.record_delivery_report import RecordDeliveryReport, record_delivery_report
from server.sms_settings import SmsSettings
from server.text_gateways import (
    KANNEL,
    TWILIO,
    Report,
    is_from_kannel,
    is_from_twilio,
    is_our_report_url,
    read_kannel_report,
    read_twilio_report,
)

blueprint = Blueprint(
    "text_messages", __name__, url_prefix="/api/sms", description="For the providers of text messages alone."
)
LONGEST_ID = 100
# What Kannel may say; the name of a charset is the caller's own text.
CHARSETS = frozenset({"utf-8", "utf-16be", "iso-8859-1"})
FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        }
    },
}
# Somebody may send nothing at all.
PLAIN: dict[str, Any] = {"required": False, "content": {"text/plain": {"schema": {"type": "string"}}}}


class ReportAddress(Schema):
    message = ma.fields.UUID(required=True, metadata={"description": "The message, as we named it."})
    signature = text(64, required=True, description="Proves that this address comes from us.")


class KannelReport(ReportAddress):
    state = text(4, required=True, description="1, 2, 4, 8 or 16, as Kannel counts.")


class KannelMessage(Schema):
    id = text(LONGEST_ID, shortest=1, required=True, description="Kannel's `%I`.")


@blueprint.get("/kannel/reports")
@blueprint.problems(HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.arguments(KannelReport, location="query")
@blueprint.response(HTTPStatus.OK, description="Written down, or known already.")
def report_from_kannel(query: dict[str, Any]) -> Response:
    """Take a delivery report of Kannel

    The address is the `dlr-url` that goes with each message.
    """
    _sms(KANNEL)
    _require(is_our_report_url(current().tokens, query["message"], query["signature"]))
    return _record(KANNEL, query["message"], read_kannel_report(query["state"]))


@blueprint.post("/kannel/messages")
@blueprint.problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.arguments(KannelMessage, location="query")
@blueprint.doc(requestBody=PLAIN, security=[{"kannel_password": []}])
@blueprint.response(HTTPStatus.OK, description="Written down, or known already.")
def message_from_kannel(query: dict[str, Any]) -> Response:
    """Take a message that Kannel received

    The address is the `post-url` of the `sms-service` in kannel.conf, with user and password in it.
    """
    sms, shown = current().settings.sms, request.authorization
    if sms is None or shown is None or not is_from_kannel(sms, shown.password or ""):
        raise Forbidden("password_needed")
    charset = request.mimetype_params.get("charset", "").lower()
    body = request.get_data().decode(charset if charset in CHARSETS else "utf-8", "replace")
    return _receive(KANNEL, query["id"], request.headers.get("X-Kannel-From", ""), body)


@blueprint.post("/twilio/reports")
@blueprint.problems(HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.arguments(ReportAddress, location="query")
@blueprint.doc(requestBody=FORM, security=[{"twilio_signature": []}])
@blueprint.response(HTTPStatus.NO_CONTENT, description="Written down, or known already.")
def report_from_twilio(query: dict[str, Any]) -> Response:
    """Take a status callback of Twilio

    The address is the `StatusCallback` that goes with each message.
    """
    form = _signed_form()
    _require(is_our_report_url(current().tokens, query["message"], query["signature"]))
    return _record(TWILIO, query["message"], read_twilio_report(form))


@blueprint.post("/twilio/messages")
@blueprint.problems(HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.doc(requestBody=FORM, security=[{"twilio_signature": []}])
@blueprint.response(HTTPStatus.NO_CONTENT, description="Written down, or known already.")
def message_from_twilio() -> Response:
    """Take a message that Twilio received"""
    form = _signed_form()
    sid = form.get("MessageSid", "")
    if not 0 < len(sid) <= LONGEST_ID:
        raise Invalid("invalid_arguments", {"fields": {"MessageSid": "missing" if not sid else "too_long"}})
    return _receive(TWILIO, sid, form.get("From", ""), form.get("Body", ""))


def _sms(provider: str) -> SmsSettings:
    """The settings, where this provider is configured; elsewhere nobody can be it."""
    sms = current().settings.sms
    if sms is None or (sms.kannel if provider == KANNEL else sms.twilio) is None:
        raise Forbidden("not_the_provider")
    return sms


def _require(proof: bool) -> None:
    if not proof:
        raise Forbidden("not_the_provider")


def _signed_form() -> dict[str, str]:
    sms, form = _sms(TWILIO), request.form.to_dict()
    # Behind a proxy the request knows another host than the one that Twilio called and signed.
    url = current().settings.public_url + request.full_path.removesuffix("?")
    _require(is_from_twilio(sms, url, form, request.headers.get("X-Twilio-Signature", "")))
    return form


def _record(provider: str, text_id: UUID, report: Report | None) -> Response:
    if report is not None and report.state is not None:
        command = RecordDeliveryReport(text_id, provider, report.provider_id, report.state, report.cause)
        context = current()
        with context.database.transaction() as session:
            record_delivery_report(session, command, context.now())
    return _taken(provider)


def _receive(provider: str, provider_id: str, sender: str, body: str) -> Response:
    # The database keeps no NUL, and nobody has ever typed one.
    command = ReceiveText(provider, provider_id.replace("\0", ""), _phone(sender), body.replace("\0", ""))
    context = current()
    with context.database.transaction() as session:
        now = context.now()
        answer = receive_text(session, command, now, context.tokens)
        if answer is not None:
            act_on_answer(session, answer, now, context.tokens)
    return _taken(provider)


def _phone(sender: str) -> str:
    """E.164 when the sender is a number, however the operator writes it; anything else begins without a +."""
    digits = re.sub(r"[^0-9]", "", sender)
    international = f"+{digits}" if len(digits) > 10 and not sender.startswith("0") else sender
    phone, valid = read_phone(international)
    return phone if valid else sender.lstrip("+")


def _taken(provider: str) -> Response:
    status = HTTPStatus.OK if provider == KANNEL else HTTPStatus.NO_CONTENT
    response = Response("", status=int(status), mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
