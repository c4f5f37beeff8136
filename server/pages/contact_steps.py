"""Each page of the contact form: what it shows, and where a good answer leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from models.queries.communes import CommuneFound
from models.queries.competence import find_competent
from models.rules.jurisdiction import Competence, Competent, Police, Unknown
from models.rules.time_zones import local_day
from server.context import current
from server.pages.answers import STEPS, Answers
from server.pages.choices import Choice, call_windows, channels, reasons
from server.pages.communes import read_where
from server.pages.rendering import PRIVATE, page
from server.pages.units import UnitCard, unit_card
from server.pages.wording import say_problems, say_why_unknown
from server.phone_numbers import print_phone, region_of

# "Which unit" is the answer to "where", not a question more.
NUMBERED = tuple(step for step in STEPS if step != "unit")


def take(step: str, answers: Answers, *, returning: bool = False) -> Response:
    """Check the answer on the page of `step`: show it again with what is wrong, or show the next page.

    Args:
        returning: the citizen came from the summary to change one answer, and goes back to it.
    """
    context = current()
    with context.database.transaction() as session:
        choices: Sequence[CommuneFound] = ()
        if step == "where":
            where = read_where(session, answers)
            answers, choices = where.answers, where.choices
            found = {"commune": where.problem} if where.problem else {}
        elif step == "unit":
            found = _unit_problem(answers, _who(session, answers))
        else:
            found = answers.problems_of(step, reasons(session))
        if found:
            return _render(session, step, answers, found=found, choices=choices, returning=returning)
        return _render(session, _after(session, step, answers, returning), answers, returning=returning)


def show(
    step: str,
    answers: Answers,
    *,
    returning: bool = False,
    notice: str = "",
    error_id: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Show the page of `step` as it is answered so far, without judging it.

    Args:
        notice: why a request could not be sent: `too_many`, `sent_before` or `unexpected`.
    """
    with current().database.transaction() as session:
        if step == "unit" and not answers.commune_insee:
            step = "where"
        return _render(session, step, answers, returning=returning, notice=notice, error_id=error_id, status=status)


def show_without_database(answers: Answers, error_id: str) -> Response:
    """The page for when the database is away: it can only offer to send the same answers again."""
    values: dict[str, Any] = {"answers": answers, "hidden": answers.hidden_on("summary"), "error_id": error_id}
    # Whether the reason is a discreet one cannot be asked now, so that the careful side is taken.
    return page("contact/try_again.html", status=503, keep=PRIVATE, discreet=True, step="summary", **values)


def _render(
    session: Session,
    step: str,
    answers: Answers,
    *,
    found: Mapping[str, str] | None = None,
    choices: Sequence[CommuneFound] = (),
    returning: bool = False,
    notice: str = "",
    error_id: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    known_reasons = reasons(session)
    reason = known_reasons.get(answers.reason_code)
    values: dict[str, Any] = {
        "step": step,
        "number": NUMBERED.index("where" if step == "unit" else step) + 1,
        "steps": len(NUMBERED),
        "answers": answers,
        "hidden": answers.hidden_on(step),
        "problems": say_problems(found or {}, asdict(answers)),
        "problem_codes": found or {},
        "choices": choices,
        "returning": returning,
        "notice": notice,
        "error_id": error_id,
        "reasons": known_reasons.values(),
        "reason": reason,
        "channels": channels(),
        "call_windows": call_windows(),
    }
    if step == "unit":
        values |= _unit_values(_who(session, answers))
    if step == "summary":
        values |= _summary_values(session, answers, reason)
    # Where the commune is asked, a reason chosen earlier gives nothing away.
    discreet = step not in ("where", "unit") and bool(reason and reason.discreet)
    return page(
        f"contact/{step}.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if found else status,
        keep=PRIVATE,
        discreet=discreet,
        way_out=step == "why",
        **values,
    )


def _after(session: Session, step: str, answers: Answers, returning: bool) -> str:
    """The page after `step`; the summary is only shown when every page before it is answered."""
    if step == "where":
        return "unit"
    following = STEPS[STEPS.index(step) + 1]
    known = reasons(session)
    if returning and not (step == "why" and known[answers.reason_code].discreet):
        following = "summary"
    if following == "summary":
        return _first_open(session, answers, known) or "summary"
    return following


def _first_open(session: Session, answers: Answers, known: Mapping[str, Choice]) -> str | None:
    for step in STEPS[:-1]:
        if step == "where":
            is_open = not answers.commune_insee
        elif step == "unit":
            is_open = bool(_unit_problem(answers, _who(session, answers)))
        else:
            is_open = bool(answers.problems_of(step, known))
        if is_open:
            return step
    return None


def _who(session: Session, answers: Answers) -> Competence:
    return find_competent(session, answers.commune_insee, local_day(answers.commune_insee, current().now()))


def _unit_problem(answers: Answers, who: Competence) -> dict[str, str]:
    match who:
        case Competent():
            return {}
        case Police():
            return {"chosen_unit_id": "police"}
        case Unknown(candidates=candidates):
            if not answers.chosen_unit_id:
                return {"chosen_unit_id": "missing"}
            now = current().now()
            open_ones = {str(unit.id) for unit in candidates if unit_card(unit, now).can_be_chosen}
            return {} if answers.chosen_unit_id in open_ones else {"chosen_unit_id": "unavailable"}


def _unit_values(who: Competence) -> dict[str, Any]:
    now = current().now()
    match who:
        case Competent(commune=commune, unit=unit):
            return {"outcome": "competent", "commune": commune, "unit": unit_card(unit, now)}
        case Police(commune=commune, service_name=name, station=station):
            card = unit_card(station, now) if station else None
            return {"outcome": "police", "commune": commune, "unit": card, "service_name": name}
        case Unknown(commune=commune, why=why, candidates=candidates):
            cards: list[UnitCard] = [unit_card(unit, now) for unit in candidates]
            return {
                "outcome": "unknown",
                "commune": commune,
                "why": say_why_unknown(why),
                "candidates": cards,
                "any_to_choose": any(card.can_be_chosen for card in cards),
            }


def _summary_values(session: Session, answers: Answers, reason: Choice | None) -> dict[str, Any]:
    now = current().now()
    unit = None
    match _who(session, answers):
        case Competent(unit=competent_unit):
            unit = unit_card(competent_unit, now)
        case Unknown(candidates=candidates):
            unit = next((unit_card(one, now) for one in candidates if str(one.id) == answers.chosen_unit_id), None)
    details = answers.details()
    phone = print_phone(details.phone, region_of(answers.commune_insee)) if details.phone_is_valid else answers.phone
    return {"unit": unit, "phone_text": phone.replace(" ", "\N{NO-BREAK SPACE}"), "reason": reason}
