"""Load what the rule needs to say who is competent for a commune, and ask it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import cast as typed

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models.rules.candidates import Position
from models.rules.jurisdiction import Competence, Unknown, competent
from models.rules.opening_hours import from_json
from models.rules.territory import CommuneFacts, Institution, JurisdictionFacts, UnitFacts
from models.tables import Commune, Jurisdiction, Unit


def find_competent(session: Session, insee: str, on: date, near: Position | None = None) -> Competence:
    """Say who is competent for a commune on a day.

    Args:
        session: any open session.
        insee: any INSEE code, today's or one that has merged.
        on: the local day.
        near: where the citizen is, in degrees; only orders the candidates.
    """
    communes = _communes(session, insee.strip().upper())
    rows = _jurisdictions(session, communes)
    ids = {int(row.service_id) for row in rows if row.service_id.isascii() and row.service_id.isdigit()}
    # A number that no column can hold names no unit.
    ids = {number for number in ids if number < 2**31}
    named = or_(Unit.id.in_(ids), Unit.directory_id.in_({row.service_id for row in rows}))
    units = _units(session, named, communes)
    code = insee.strip().upper()
    answer = competent(code, communes, rows, units, on=on, near=near)
    if isinstance(answer, Unknown) and answer.commune is not None:
        # Only now are the units around worth loading.
        around = or_(
            named,
            Unit.commune_insee.startswith(answer.commune.departement),
            Unit.postcode.in_(answer.commune.postcodes),
        )
        answer = competent(code, communes, rows, _units(session, around, communes), on=on, near=near)
    return answer


def _communes(session: Session, insee: str) -> dict[str, CommuneFacts]:
    """Return the commune, today's commune that it merged into, and all that merged into the same, by code."""
    named = session.get(Commune, insee)
    if named is None:
        return {}
    today = named.merged_into or named.insee
    found = session.scalars(select(Commune).where(or_(Commune.insee == today, Commune.merged_into == today)))
    return {
        one.insee: CommuneFacts(
            one.insee, one.name, one.departement, one.departement_name, tuple(one.postcodes), one.merged_into
        )
        for one in found
    }


def _jurisdictions(session: Session, communes: Collection[str]) -> list[JurisdictionFacts]:
    if not communes:
        return []
    found = session.scalars(
        select(Jurisdiction).where(Jurisdiction.commune_insee.in_(communes)).order_by(Jurisdiction.id)
    )
    return [
        JurisdictionFacts(
            one.commune_insee,
            typed(Institution, one.institution),
            one.service_id,
            one.service_name,
            one.valid_from,
            one.valid_until,
        )
        for one in found
    ]


def _units(session: Session, which: ColumnElement[bool], communes: dict[str, CommuneFacts]) -> list[UnitFacts]:
    return [unit_facts(one, communes) for one in session.scalars(select(Unit).where(which).order_by(Unit.id))]


def unit_facts(unit: Unit, communes: dict[str, CommuneFacts] | None = None) -> UnitFacts:
    """Return a unit as a plain value; its commune is today's when `communes` knows what became of it."""
    commune = (communes or {}).get(unit.commune_insee)
    insee = commune.merged_into if commune is not None and commune.merged_into else unit.commune_insee
    return UnitFacts(
        id=unit.id,
        directory_id=unit.directory_id,
        name=unit.name,
        kind=unit.kind,
        institution=typed(Institution, unit.institution),
        commune_insee=insee,
        departement=insee[:3] if insee.startswith(("97", "98")) else insee[:2],
        postcode=unit.postcode,
        commune_name=unit.commune_name,
        address=unit.address,
        latitude=unit.latitude,
        longitude=unit.longitude,
        phone=unit.phone,
        phone_as_printed=unit.phone_as_printed,
        url=unit.url,
        time_zone=unit.time_zone,
        holiday_zone=unit.holiday_zone,
        opening_hours=from_json(unit.opening_hours),
        receives_contact_requests=unit.receives_contact_requests,
        id_is_contested=unit.id_is_contested,
    )
