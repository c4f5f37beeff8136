"""Find a unit by its name or its commune, as a gendarme types it to hand a request over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.commune_names import fold, search_words
from models.tables import Unit

MOST_RESULTS = 20


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A unit that receives requests; `phone` is E.164, null when nobody knows it."""

    id: int
    name: str
    commune_name: str
    phone: str | None


def search_units(session: Session, q: str, *, except_unit: int | None = None) -> list[UnitFound]:
    """Return the units that receive requests and whose name or commune has every word of `q`, at most 20.

    Args:
        q: as typed; accents, case and unfinished words are forgiven. An empty one finds nothing.
        except_unit: left out, such as the unit that asks.

    Order: communes that begin like `q` first, then by commune and name.
    """
    folded = fold(q[:100])
    words = search_words(folded)
    if not words:
        return []
    rows = session.execute(
        select(Unit.id, Unit.name, Unit.commune_name, Unit.phone).where(
            Unit.receives_contact_requests, Unit.id != (except_unit or 0)
        )
    )
    # Some 3,000 units are read and compared here: folding is the rule's, and no index of the database knows it.
    found = [
        (not _folded(unit.commune_name).startswith(folded), _folded(unit.commune_name), _folded(unit.name), unit)
        for unit in (UnitFound(*row) for row in rows)
        if _has_words(f"{_folded(unit.name)} {_folded(unit.commune_name)}", words)
    ]
    found.sort(key=lambda entry: (*entry[:3], entry[3].id))
    return [unit for *_, unit in found[:MOST_RESULTS]]


def _has_words(folded: str, words: tuple[str, ...]) -> bool:
    spaced = f" {folded}"
    return all(f" {word}" in spaced for word in words)


@lru_cache(maxsize=16_384)
def _folded(name: str) -> str:
    return fold(name)
