"""The contact form: one question per page, moved on by POST, so that nothing a citizen types is ever in an address."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from models.rules.errors import Conflict, Invalid, TooMany
from server import i18n
from server.context import current
from server.errors import log_unexpected
from server.pages import contact_steps
from server.pages.addresses import add, address
from server.pages.answers import STEPS, Answers, begin, new_key, read_answers, step_of
from server.pages.contact_steps import show
from server.pages.rendering import see_other
from server.rate_limits import limit_by_address
from server.services.create_contact_request import CreateContactRequest, create_contact_request

# Whole villages, offices and mobile operators share one address: wide enough for them, too narrow for a script.
SENDS = 30
SENDS_WINDOW = timedelta(minutes=10)


def register(target: Blueprint) -> None:
    add(target, "contact", contact, ("GET", "POST"))


def contact() -> Response:
    """Show the first question, or take the answer of the present one and go where the pressed button says."""
    if request.method == "GET":
        return show("where", begin())
    answers = read_answers(request.form)
    step = request.form.get("step", "")
    step = step if step in STEPS else "where"
    returning = request.form.get("returning") == "yes"
    go = request.form.get("go", "continue")
    if go == "start":
        # From the booking pages, with the commune that was given there.
        return show("where", answers)
    if go == "language":
        return show(step, answers, returning=returning)
    if go == "back":
        return show(STEPS[max(0, STEPS.index(step) - 1)], answers, returning=returning)
    if go.startswith("edit-") and go.removeprefix("edit-") in STEPS:
        return show(go.removeprefix("edit-"), answers, returning=True)
    if step == "summary":
        return send(answers)
    return contact_steps.take(step, answers, returning=returning)


def send(answers: Answers) -> Response:
    """Store the request and lead to its page; whatever goes wrong, everything typed is still there to send again."""
    context = current()
    try:
        limit_by_address("contact", limit=SENDS, window=SENDS_WINDOW)
        command = CreateContactRequest(answers.details(), i18n.language(), answers.key, _unit_id(answers))
        with context.database.transaction() as session:
            created = create_contact_request(session, command, context.now(), context.tokens)
    except TooMany as refusal:
        response = show("summary", answers, notice="too_many", status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(refusal.detail["retry_after"])
        return response
    except Invalid as refusal:
        return _ask_again(answers, refusal)
    except Conflict:
        # The form was sent before with other answers: what is on the page now would be a second request.
        return show("summary", answers.but(key=new_key()), notice="sent_before", status=HTTPStatus.CONFLICT)
    except Exception as error:
        return _apologise(answers, error)
    return see_other(address("sent", token=created.follow_token))


def _ask_again(answers: Answers, refusal: Invalid) -> Response:
    found = refusal.detail["fields"]
    if refusal.code == "no_competent_unit":
        # Who is competent changed since the page was shown; that page says it better than a sentence here.
        return contact_steps.take("unit", answers, returning=True)
    step = min((step_of(field) for field in found), key=STEPS.index)
    return contact_steps.take("where" if "commune_insee" in found else step, answers, returning=True)


def _apologise(answers: Answers, error: Exception) -> Response:
    error_id = log_unexpected("a contact request could not be stored", error)
    try:
        return show("summary", answers, notice="unexpected", error_id=error_id, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    except SQLAlchemyError:
        # The database itself is away, and with it the words of the summary: the answers still are in this page.
        return contact_steps.show_without_database(answers, error_id)


def _unit_id(answers: Answers) -> int | None:
    chosen = answers.chosen_unit_id
    return int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10 else None
