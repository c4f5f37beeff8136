"""Who is competent for a commune: the unit, the police, or "we cannot tell" with whom to ask.

The nearest brigade is not the competent one: it is right for 10 of the 26 communes of the one official text at hand
(décret 2004-1356, where Mers-les-Bains, Somme, belongs to Le Tréport, Seine-Maritime). Only the jurisdiction file
decides. Where it is silent or contradicts itself, the answer says so and lists candidates with their phone numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.rules.candidates import Position, candidates
from models.rules.commune_names import fold
from models.rules.territory import CommuneFacts, JurisdictionFacts, UnitFacts


class Why(StrEnum):
    """Why the competent unit cannot be told; the screens have a sentence for each."""

    UNKNOWN_COMMUNE = "unknown_commune"
    NO_JURISDICTION = "no_jurisdiction"
    NOT_IN_FORCE = "not_in_force"
    UNKNOWN_UNIT = "unknown_unit"
    CONTESTED_UNIT = "contested_unit"
    SEVERAL_UNITS = "several_units"
    SEVERAL_INSTITUTIONS = "several_institutions"
    UNIT_TAKES_NO_REQUESTS = "unit_takes_no_requests"


@dataclass(frozen=True, slots=True)
class Competent:
    """The gendarmerie unit that answers for the commune."""

    commune: CommuneFacts
    unit: UnitFacts


@dataclass(frozen=True, slots=True)
class Police:
    """The national police is competent, and we cannot pass a request on to it.

    What to do then: 17 in an emergency; otherwise call or visit `station`, or call 17 to be told which one when it is
    `None`. `service_name` is as printed, empty when the file names none.
    """

    commune: CommuneFacts
    service_name: str
    station: UnitFacts | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """We cannot tell. `candidates` may be asked, the most likely first; none of them is claimed to be competent.

    `service_name` is what the file prints for the commune, empty when it prints nothing.
    """

    commune: CommuneFacts | None
    why: Why
    candidates: tuple[UnitFacts, ...]
    service_name: str = ""


Competence = Competent | Police | Unknown


def todays_commune(insee: str, communes: Mapping[str, CommuneFacts]) -> CommuneFacts | None:
    """Follow mergers from `insee` to the commune of today; `None` when the code is unknown or its history is broken."""
    seen: set[str] = set()
    commune = communes.get(insee)
    while commune is not None and commune.merged_into is not None:
        if commune.insee in seen:
            return None
        seen.add(commune.insee)
        commune = communes.get(commune.merged_into)
    return commune


def competent(
    insee: str,
    communes: Mapping[str, CommuneFacts],
    jurisdictions: Iterable[JurisdictionFacts],
    units: Sequence[UnitFacts],
    *,
    on: date,
    near: Position | None = None,
) -> Competence:
    """Say who is competent for `insee` on a day.

    Args:
        insee: any INSEE code, today's or one that has merged.
        communes: by INSEE code; at least that commune, those it merged into, and those that merged into the same.
        jurisdictions: rows of any of these communes, of any date.
        units: those that the rows name, and those around that may be candidates.
        on: the local day.
        near: where the citizen is, only to order the candidates; it never decides.

    When the rows of today's code and of codes that merged into it disagree, all of them are older than the merger:
    nobody said yet who has the whole, so that the answer is unknown rather than the row of the code that survived.
    """
    commune = todays_commune(insee, communes)
    if commune is None:
        return Unknown(None, Why.UNKNOWN_COMMUNE, ())

    def unknown(why: Why, named: Iterable[UnitFacts] = (), service_name: str = "") -> Unknown:
        return Unknown(commune, why, candidates(commune, units, first=named, near=near), service_name)

    rows = [row for row in jurisdictions if todays_commune(row.commune_insee, communes) == commune]
    if not rows:
        return unknown(Why.NO_JURISDICTION)
    in_force = [row for row in rows if row.covers(on)]
    if not in_force:
        return unknown(Why.NOT_IN_FORCE, service_name=rows[0].service_name)
    named = {row.service: _unit_of(row, units) for row in in_force}
    known = [unit for unit in named.values() if unit is not None]
    if len({row.institution for row in in_force}) > 1:
        return unknown(Why.SEVERAL_INSTITUTIONS, known)
    if len(named) > 1:
        return unknown(Why.SEVERAL_UNITS, known)
    row = in_force[0]
    unit = named[row.service]
    if row.institution == "PN":
        return Police(commune, row.service_name, unit)
    if unit is None:
        return unknown(Why.UNKNOWN_UNIT, _of_the_same_name(row, units), row.service_name)
    if unit.id_is_contested and fold(unit.name) != fold(row.service_name):
        return unknown(Why.CONTESTED_UNIT, _of_the_same_name(row, units), row.service_name)
    if not unit.receives_contact_requests:
        return unknown(Why.UNIT_TAKES_NO_REQUESTS, service_name=row.service_name)
    return Competent(commune, unit)


def _unit_of(row: JurisdictionFacts, units: Iterable[UnitFacts]) -> UnitFacts | None:
    """Return the unit that a row names by id; an id that is another institution's does not count."""
    return next((unit for unit in units if row.names(unit)), None)


def _of_the_same_name(row: JurisdictionFacts, units: Iterable[UnitFacts]) -> list[UnitFacts]:
    return [unit for unit in units if row.service_name and fold(unit.name) == fold(row.service_name)]
