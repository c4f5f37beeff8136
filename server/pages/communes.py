"""From what was typed in "where" to one commune, or to the list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from sqlalchemy.orm import Session

from models.queries.communes import CommuneFound, communes_of_postcode, find_commune, search_communes

MOST_CHOICES = 15
POSTCODE_DIGITS = 5


class SaysWhere(Protocol):
    """The answers of any form that asks for the commune."""

    @property
    def commune(self) -> str: ...
    @property
    def commune_asked(self) -> str: ...
    @property
    def commune_insee(self) -> str: ...
    @property
    def chosen_unit_id(self) -> str: ...
    def but(self, **changes: str) -> Self: ...


Answered = TypeVar("Answered", bound=SaysWhere)


@dataclass(frozen=True)
class Where(Generic[Answered]):
    """What came of it: the answers (with the commune in them once it is known), a problem, or choices."""

    answers: Answered
    problem: str | None = None
    choices: Sequence[CommuneFound] = ()


def read_where(session: Session, answers: Answered) -> Where[Answered]:
    """Accept the commune that was chosen for this very text, else look the text up.

    One commune that fits is taken; several are asked about, because two in three postcodes cover several.
    """
    if not answers.commune:
        return Where(answers.but(commune_insee="", commune_asked=""), "missing")
    if answers.commune_insee and answers.commune == answers.commune_asked:
        found = find_commune(session, answers.commune_insee)
        if found is not None:
            return Where(_chosen(answers, found))
    choices = look_up(session, answers.commune)
    asked_before = answers.commune == answers.commune_asked
    answers = answers.but(commune_insee="", commune_asked=answers.commune)
    if not choices:
        return Where(answers, "unknown")
    if len(choices) == 1:
        return Where(_chosen(answers, choices[0]))
    return Where(answers, "not_chosen" if asked_before else "several", choices)


def look_up(session: Session, typed: str) -> Sequence[CommuneFound]:
    """The communes that a text may mean: all of a postcode, else the likeliest few."""
    digits = typed.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if len(digits) == POSTCODE_DIGITS and digits.isdecimal():
        found = communes_of_postcode(session, digits)
        if found:
            return found
    return search_communes(session, typed, MOST_CHOICES)


def _chosen(answers: Answered, found: CommuneFound) -> Answered:
    label = f"{found.name} ({found.departement})"
    chosen_unit = answers.chosen_unit_id if answers.commune_insee == found.insee else ""
    return answers.but(commune=label, commune_asked=label, commune_insee=found.insee, chosen_unit_id=chosen_unit)
