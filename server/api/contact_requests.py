"""A citizen's request for contact, sent by a partner's site or program."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import marshmallow as ma

from models.rules.contact_details import LONGEST, CallWindow, Channel, ContactDetails
from models.rules.errors import Invalid
from server.api.interface import Blueprint
from server.api.schemas import INSEE, Choice, Pattern, Schema, Whole, text
from server.context import current
from server.i18n import LANGUAGES
from server.phone_numbers import read_phone, region_of
from server.rate_limits import limit_by_address
from server.services.create_contact_request import CreateContactRequest, create_contact_request

blueprint = Blueprint(
    "contact_requests", __name__, url_prefix="/api/contact-requests", description="Asking to be contacted."
)

# The same bucket as the form's, so that nobody gets twice as many by using both.
SENDS = 30
SENDS_WINDOW = timedelta(minutes=10)
LONGEST_KEY = 255
FOLLOW_PATH = {"fr": "/suivi/", "en": "/en/follow/"}


class ContactRequest(Schema):
    class Meta:
        # A misspelt field is told, not lost.
        unknown = ma.RAISE

    commune_insee = ma.fields.String(
        required=True,
        validate=Pattern(INSEE),
        metadata={"description": "Where it happened, or where they live."},
    )
    reason_code = text(60, shortest=1, required=True, description="A `code` of GET /api/reasons.")
    channel = ma.fields.String(required=True, validate=Choice(Channel), metadata={"description": "How to answer."})
    call_window = ma.fields.String(
        load_default=CallWindow.ASAP.value, validate=Choice(CallWindow), metadata={"description": "When to call."}
    )
    safe_time = text(LONGEST["safe_time"], load_default="", description="When it is safe to call, in their words.")
    may_leave_message = ma.fields.Boolean(
        load_default=False, truthy={True}, falsy={False}, metadata={"description": "Whether a voice message is safe."}
    )
    facts = text(LONGEST["facts"], shortest=1, required=True, description="What happened, in their words.")
    place = text(LONGEST["place"], load_default="", description="Where exactly.")
    caller_name = text(LONGEST["caller_name"], shortest=1, required=True, description="Whom to ask for.")
    phone = text(40, load_default="", description="As typed; needed unless `channel` is `email`.")
    email = text(LONGEST["email"], load_default="", description="Needed when `channel` is `email`.")
    language = ma.fields.String(
        load_default="fr", validate=Choice(LANGUAGES), metadata={"description": "In which the citizen is answered."}
    )
    chosen_unit_id = Whole(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(-(2**31), 2**31 - 1, error="unreadable"),
        metadata={"description": "One of the `candidates`, where we cannot tell which unit is competent."},
    )


class IdempotencyHeaders(Schema):
    class Meta:
        unknown = ma.EXCLUDE

    idempotency_key = ma.fields.String(
        data_key="Idempotency-Key",
        validate=[ma.validate.Length(min=1, max=LONGEST_KEY, error="unreadable"), Pattern(r"^[\x21-\x7e]*$")],
        metadata={
            "description": "Any text that is new for each request, such as a UUID, with or without quotes. Send it"
            " again with the same request after a lost answer: there will be one request, and the same answer.",
            "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
        },
    )


class SentRequest(Schema):
    reference = ma.fields.String(required=True, metadata={"description": "For the phone.", "example": "BN-7K4Q-29"})
    follow_url = ma.fields.String(
        required=True, metadata={"format": "uri", "description": "The citizen's page. Whoever has it may read it."}
    )
    follow_code = ma.fields.String(
        required=True, metadata={"description": "Opens the page together with the reference, without the link."}
    )
    call_back_word = ma.fields.String(
        required=True, metadata={"description": "The gendarme says it first, to prove who is calling."}
    )


@blueprint.post("")
@blueprint.arguments(IdempotencyHeaders, location="headers")
@blueprint.arguments(ContactRequest)
@blueprint.problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
@blueprint.response(HTTPStatus.CREATED, SentRequest)
def post_contact_request(headers: dict[str, Any], body: dict[str, Any]) -> dict[str, str]:
    """Ask for contact

    The competent unit has it at once. A commune of the police, or one for which we cannot tell, is refused with
    `no_competent_unit`: ask GET /api/units first, and send the citizen's choice as `chosen_unit_id`.
    """
    limit_by_address("contact", limit=SENDS, window=SENDS_WINDOW)
    context = current()
    command = CreateContactRequest(
        details=_read_details(body),
        language=body["language"],
        # Without a key a repeat cannot be told from a second request; the caller was warned.
        idempotency_key=f"api:{read_idempotency_key(headers.get('idempotency_key')) or uuid4()}",
        chosen_unit_id=body["chosen_unit_id"],
    )
    with context.database.transaction() as session:
        created = create_contact_request(session, command, context.now(), context.tokens)
    return {
        "reference": created.reference,
        "follow_url": context.settings.public_url + FOLLOW_PATH[body["language"]] + created.follow_token,
        "follow_code": created.follow_code,
        "call_back_word": created.call_back_word,
    }


def _read_details(body: dict[str, Any]) -> ContactDetails:
    phone, phone_is_valid = read_phone(body["phone"], region_of(body["commune_insee"]))
    names = ("commune_insee", "reason_code", "channel", "call_window", "safe_time", "facts", "place", "caller_name")
    return ContactDetails(
        **{name: body[name] for name in names},
        may_leave_message=body["may_leave_message"],
        phone=phone,
        phone_is_valid=phone_is_valid,
        email=body["email"].strip(),
    )


def read_idempotency_key(header: str | None) -> str | None:
    """The key without the quotes that the draft gives it (RFC 8941) and many programs leave out; None without one.

    Raises:
        Invalid: the header is neither.
    """
    if header is None:
        return None
    bare = re.fullmatch(r'"(?P<quoted>[^"]+)"|(?P<plain>[^"]+)', header)
    if bare is None:
        raise Invalid("invalid_arguments", {"fields": {"Idempotency-Key": "unreadable"}})
    return bare["quoted"] or bare["plain"]
