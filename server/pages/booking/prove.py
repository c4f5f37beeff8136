"""Who books twice in a month shows with a code that the address is theirs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from http import HTTPStatus

from flask import Response

from models.queries.held_time import held_time
from models.rules.booking import BookingDetails
from models.rules.errors import Invalid, TooMany
from server import i18n
from server.context import current
from server.i18n import gettext
from server.pages.booking import confirm, keep
from server.pages.booking.answers import BookingAnswers
from server.pages.booking.steps import show_prove
from server.pages.choices import reasons
from server.provable_channels import provable
from server.rate_limits import limit_by_address
from server.services.send_verification_code import SendVerificationCode, send_verification_code
from server.services.verify_contact import VerifyContact, verify_contact

# How often one contact is written to is the service's matter; this is how often one address of the network asks.
CODES = 20
CODES_WINDOW = timedelta(minutes=10)
TRIES = 60
TRIES_WINDOW = timedelta(minutes=10)


def ask(answers: BookingAnswers, channels: Collection[str]) -> Response:
    """Say why a code is needed and how it can be had; a code that was good for another address is forgotten."""
    return show(answers.but(verification_id="", code=""), channels=channels)


def show(
    answers: BookingAnswers,
    *,
    channels: Collection[str] | None = None,
    notice: str = "",
    found: dict[str, str] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """The page of the code, beside the time that is kept."""
    context = current()
    if channels is None:
        channels = provable(context.settings.sms).channels(answers.details())
    with context.database.snapshot() as session:
        held = held_time(session, context.tokens.stored_hash("hold-token", answers.hold_token), context.now())
        if held is not None:
            ways = [(channel, _say_way(channel, answers, only=len(channels) == 1)) for channel in channels]
            return show_prove(session, answers, held, ways, found=found, notice=notice, status=status)
    return keep.show_kept(answers)


def send_code(answers: BookingAnswers, channel: str) -> Response:
    """Have a code sent, and ask for it."""
    context = current()
    details = answers.details()
    try:
        limit_by_address("code", limit=CODES, window=CODES_WINDOW)
        with context.database.transaction() as session:
            reason = reasons(session).get(answers.reason_code)
            command = SendVerificationCode(
                channel,
                _contact(details, channel),
                i18n.language(),
                discreet=bool(reason and reason.discreet),
                provable=provable(context.settings.sms),
            )
            verification_id = send_verification_code(session, command, context.now(), context.tokens)
    except TooMany as refusal:
        response = show(answers, notice="too_many", status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    except Invalid as refusal:
        problem = refusal.detail["fields"].get("contact")
        if problem == "stopped":
            return show(answers, notice="stopped")
        return keep.show_kept(answers, found={channel: problem} if problem else None)
    return show(answers.but(verification_id=str(verification_id), code=""), notice="sent")


def check_code(answers: BookingAnswers) -> Response:
    """Book when the code is right; else say what is wrong with it. A wrong try counts although it is refused."""
    context = current()
    verification_id = answers.verification_uuid
    if verification_id is None:
        return show(answers.but(verification_id="", code=""))
    if not answers.code:
        return show(answers, found={"code": "missing"})
    try:
        limit_by_address("code-try", limit=TRIES, window=TRIES_WINDOW)
    except TooMany as refusal:
        response = show(answers, notice="too_many", status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    with context.database.transaction() as session:
        command = VerifyContact(verification_id, answers.code)
        refused = verify_contact(session, command, context.now(), context.tokens)
    if refused is not None:
        return show(answers, found={"code": refused.code})
    return confirm.confirm(answers)


def _contact(details: BookingDetails, channel: str) -> str:
    return {"email": details.email, "phone": details.phone}.get(channel, "")


def _say_way(channel: str, answers: BookingAnswers, *, only: bool) -> str:
    if answers.verification_id and only:
        return gettext("Envoyer un autre code")
    if channel == "email":
        return gettext("Recevoir un code à %(contact)s", contact=answers.email)
    return gettext("Recevoir un code par SMS au %(contact)s", contact=answers.phone)
