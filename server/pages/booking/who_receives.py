"""Which unit a citizen is going to see: the competent one, or the one that they chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.queries.competence import find_competent, unit_facts
from models.rules.jurisdiction import Competence, Competent
from models.rules.territory import UnitFacts
from models.rules.time_zones import local_day
from models.tables import Unit


@dataclass(frozen=True)
class Receiving:
    """The unit; `competent_for` is the commune's name when it is the competent one."""

    unit: UnitFacts
    competent_for: str = ""


def who_receives(
    session: Session, commune_insee: str, chosen_unit_id: int | None, now: datetime
) -> tuple[Receiving | None, Competence]:
    """The unit to show the times of, if there is one, and who is competent.

    Any brigade takes a complaint, so that a citizen may choose another one than the competent.
    """
    who = find_competent(session, commune_insee, local_day(commune_insee, now))
    if chosen_unit_id is not None:
        chosen = session.get(Unit, chosen_unit_id)
        if chosen is not None and chosen.institution == "GN" and chosen.receives_contact_requests:
            is_competent = isinstance(who, Competent) and who.unit.id == chosen.id
            return Receiving(unit_facts(chosen), who.commune.name if is_competent and who.commune else ""), who
    if isinstance(who, Competent):
        return Receiving(who.unit, who.commune.name), who
    return None, who
