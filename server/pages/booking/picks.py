"""The time on a button, as the form sends it: `1008593.20261130T0800Z.unit`. It says which unit, when and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from models.rules.openings import PlaceKind

_FORMAT = "%Y%m%dT%H%MZ"


@dataclass(frozen=True)
class Pick:
    """A start at a unit, at one kind of place."""

    unit_id: int
    starts_at: datetime
    place_kind: str


def write_pick(pick: Pick) -> str:
    return f"{pick.unit_id}.{pick.starts_at.astimezone(UTC).strftime(_FORMAT)}.{pick.place_kind}"


def read_pick(text: str) -> Pick | None:
    """What a button sent; None when it is nothing of ours."""
    unit, _, rest = text.partition(".")
    at, _, kind = rest.partition(".")
    if not (unit.isascii() and unit.isdecimal() and len(unit) < 10) or kind not in set(PlaceKind):
        return None
    try:
        starts_at = datetime.strptime(at, _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Pick(int(unit), starts_at, kind)
