"""Coordinates as directories print them, checked against the territory they should be in."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

# South, north, west and east in degrees, with some margin.
_METROPOLE = (41.0, 51.5, -5.6, 9.8)
_OVERSEAS = {
    "971": (15.7, 16.7, -62.0, -60.9),
    "972": (14.2, 15.0, -61.4, -60.7),
    "973": (2.0, 6.0, -54.8, -51.4),
    "974": (-21.6, -20.7, 55.0, 56.0),
    "975": (46.6, 47.3, -56.6, -56.0),
    "976": (-13.2, -12.5, 44.8, 45.5),
    "977": (17.7, 18.1, -63.2, -62.6),
    "978": (17.9, 18.3, -63.3, -62.8),
    "984": (-67.0, -11.0, 39.0, 141.0),
    "986": (-14.6, -13.0, -178.5, -175.9),
    "987": (-28.5, -7.5, -155.5, -134.0),
    "988": (-23.2, -17.8, 158.0, 172.5),
}


@dataclass(frozen=True, slots=True)
class Place:
    """WGS 84 degrees, both or neither; `problem` says what was wrong, empty when nothing was."""

    latitude: float | None
    longitude: float | None
    problem: str = ""


def read_place(latitude: str, longitude: str, insee: str) -> Place:
    """Read two coordinates of a place with code `insee`; swapped ones are put right, impossible ones left out."""
    if not latitude.strip() and not longitude.strip():
        return Place(None, None)
    lat, lon = _degrees(latitude), _degrees(longitude)
    printed = f"{latitude.strip()} {longitude.strip()}"
    if lat is None or lon is None:
        return Place(None, None, f"coordinates not understood: {printed}")
    box = _OVERSEAS.get(insee[:3], _METROPOLE)
    if _inside(lat, lon, box):
        return Place(lat, lon)
    if _inside(lon, lat, box):
        return Place(lon, lat, f"coordinates were swapped: {printed}")
    if lat == lon:
        return Place(None, None, f"latitude and longitude are the same number: {printed}")
    return Place(None, None, f"coordinates are not in the territory of {insee}: {printed}")


def _degrees(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if isfinite(value) else None


def _inside(lat: float, lon: float, box: tuple[float, float, float, float]) -> bool:
    south, north, west, east = box
    return south <= lat <= north and west <= lon <= east
