"""Whom a citizen may ask when the competent unit cannot be told. A candidate is never a decision."""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, inf, radians, sin, sqrt

from models.rules.territory import CommuneFacts, UnitFacts

Position = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84)."""

MOST_CANDIDATES = 6
_EARTH_RADIUS_KM = 6371.0


def distance_km(one: Position, other: Position) -> float:
    """Return the great-circle distance by the haversine formula; good to half a percent, enough to sort by."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def candidates(
    commune: CommuneFacts,
    units: Iterable[UnitFacts],
    *,
    first: Iterable[UnitFacts] = (),
    near: Position | None = None,
) -> tuple[UnitFacts, ...]:
    """Return the units worth a call for `commune`, at most six.

    Args:
        commune: the one that is asked about.
        units: any; those that cannot be called, or do not receive the public, are left out.
        first: those that the jurisdiction file names itself; they lead whatever their distance.
        near: a point to measure from. Without it, the units of the commune's own postcodes stand for its position.

    Order: named ones, those in the commune, those of its postcodes, then those of its département; by distance within
    each, then by name so that the order is always the same.
    """
    leading = list(dict.fromkeys(first))
    around = [
        unit
        for unit in units
        if unit not in leading
        and unit.receives_contact_requests | (unit.institution == "PN")
        and (unit.phone or unit.phone_as_printed)
        and (unit.departement == commune.departement or unit.postcode in commune.postcodes)
    ]
    origin = near or _centre(commune, around)

    def rank(unit: UnitFacts) -> tuple[int, float, str, int]:
        if unit.commune_insee == commune.insee:
            nearness = 0
        elif unit.postcode in commune.postcodes:
            nearness = 1
        else:
            nearness = 2
        position = _position(unit)
        far = distance_km(origin, position) if origin and position else inf
        return nearness, far, unit.name, unit.id

    return (*leading, *sorted(around, key=rank))[:MOST_CANDIDATES]


def _position(unit: UnitFacts) -> Position | None:
    if unit.latitude is None or unit.longitude is None:
        return None
    return unit.latitude, unit.longitude


def _centre(commune: CommuneFacts, units: Iterable[UnitFacts]) -> Position | None:
    placed = [
        position for unit in units if unit.postcode in commune.postcodes and (position := _position(unit)) is not None
    ]
    if not placed:
        return None
    return sum(lat for lat, _ in placed) / len(placed), sum(lon for _, lon in placed) / len(placed)
