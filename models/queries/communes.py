"""Find a commune as people type it: an unfinished name, a postcode, an INSEE code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, cast, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from models.rules.commune_names import fold, search_words, without_article
from models.tables import Commune, CommuneName

MOST_RESULTS = 50


@dataclass(frozen=True, slots=True)
class CommuneFound:
    """A commune of today to choose.

    `matched_name` is the name by which it was found when that is another one: a former or delegated commune, or an
    arrondissement of Paris, Lyon or Marseille.
    """

    insee: str
    name: str
    departement: str
    departement_name: str
    postcodes: tuple[str, ...]
    matched_name: str | None = None


def search_communes(session: Session, q: str, limit: int = 10) -> list[CommuneFound]:
    """Return the communes that `q` may mean, the most likely first.

    Args:
        session: any open session.
        q: as typed, unfinished or not; a name, words of it, a postcode, an INSEE code, or a mix of them.
        limit: how many at most, up to 50.

    Order: the exact postcode or name, then names that begin like `q` with or without their article, then names that
    hold its words; within each, today's names before former ones, and the larger population first. An empty `q` finds
    nothing.
    """
    limit = max(1, min(limit, MOST_RESULTS))
    folded = fold(q[:100])
    results: dict[str, CommuneFound] = {}
    # Better matches first, and the many worse ones (one commune in eight is a Saint) only while there is room.
    for condition in _conditions(folded):
        for found in _by_name(session, condition, limit):
            results.setdefault(found.insee, found)
        if len(results) >= limit:
            break
    if not results and _is_code(folded):
        today = find_commune(session, folded)
        return [today] if today is not None else []
    return list(results.values())[:limit]


def _conditions(folded: str) -> Iterator[ColumnElement[bool]]:
    words = search_words(folded)
    if not words:
        return
    bare = without_article(folded)
    if _is_code(folded):
        yield Commune.postcodes.contains([folded])
    yield or_(CommuneName.search_name == folded, CommuneName.short_name == bare)
    # Folded text holds nothing that LIKE or a text query gives a meaning to.
    yield or_(CommuneName.search_name.like(f"{folded}%"), CommuneName.short_name.like(f"{bare}%"))
    yield CommuneName.words.bool_op("@@")(cast(" & ".join(f"{word}:*" for word in words), TSQUERY))


def _by_name(session: Session, condition: ColumnElement[bool], limit: int) -> list[CommuneFound]:
    found = session.execute(
        select(
            Commune.insee,
            Commune.name,
            Commune.departement,
            Commune.departement_name,
            Commune.postcodes,
            CommuneName.name,
        )
        .join(CommuneName, CommuneName.insee == Commune.insee)
        .where(condition)
        .order_by(CommuneName.is_current.desc(), CommuneName.population.desc(), CommuneName.insee)
        # A commune may be found by several of its names, and again after a better match.
        .limit(limit * 4)
    )
    return [
        CommuneFound(insee, name, departement, departement_name, tuple(postcodes), matched if matched != name else None)
        for insee, name, departement, departement_name, postcodes, matched in found
    ]


def _is_code(folded: str) -> bool:
    return re.fullmatch(r"[0-9][0-9ab][0-9]{3}", folded) is not None


def communes_of_postcode(session: Session, postcode: str) -> list[CommuneFound]:
    """Return today's communes that a postcode covers, by name; two in three postcodes cover several: ask which."""
    found = session.scalars(
        select(Commune)
        .where(Commune.postcodes.contains([postcode.strip()]), Commune.merged_into.is_(None))
        .order_by(Commune.search_name, Commune.insee)
    )
    return _plain(found)


def find_commune(session: Session, insee: str) -> CommuneFound | None:
    """Return the commune of today that an INSEE code means; `None` when nobody knows the code."""
    named = session.get(Commune, insee.strip().upper())
    if named is None:
        return None
    today = session.get(Commune, named.merged_into) if named.merged_into else named
    return _plain([today])[0] if today is not None else None


def _plain(communes: Iterable[Commune]) -> list[CommuneFound]:
    return [
        CommuneFound(one.insee, one.name, one.departement, one.departement_name, tuple(one.postcodes))
        for one in communes
    ]
