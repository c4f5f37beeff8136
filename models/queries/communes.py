"""Find a commune as people type it: an unfinished name, a postcode, an INSEE code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, any_, case, cast, literal, or_, select
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

    Order: the exact name, then names that begin like `q` with or without their article, then the rest; today's names
    before former ones; the larger population first. An empty `q` finds nothing.
    """
    limit = max(1, min(limit, MOST_RESULTS))
    folded = fold(q[:100])
    words = search_words(folded)
    if not words:
        return []
    names = CommuneName
    bare = without_article(folded)
    begins = or_(names.search_name.startswith(folded), names.short_name.startswith(bare))
    exact = or_(names.search_name == folded, names.short_name == bare)
    order: list[ColumnElement[int]] = [case((exact, 0), (begins, 1), else_=2)]
    if re.fullmatch(r"[0-9][0-9ab][0-9]{3}", folded):
        order.insert(0, case((literal(folded, Text) == any_(Commune.postcodes), 0), else_=1))
    found = session.execute(
        select(
            Commune.insee,
            Commune.name,
            Commune.departement,
            Commune.departement_name,
            Commune.postcodes,
            names.name.label("matched"),
        )
        .join(Commune, Commune.insee == names.insee)
        .where(names.words.bool_op("@@")(cast(" & ".join(f"{word}:*" for word in words), TSQUERY)))
        .order_by(*order, names.is_current.desc(), names.population.desc(), names.insee)
        # A commune may be found by several of its names; enough rows are read to fill the list all the same.
        .limit(limit * 4)
    ).tuples()
    results: dict[str, CommuneFound] = {}
    for insee, name, departement, departement_name, postcodes, matched in found:
        other = matched if matched != name else None
        results.setdefault(insee, CommuneFound(insee, name, departement, departement_name, tuple(postcodes), other))
    if not results and re.fullmatch(r"[0-9][0-9ab][0-9]{3}", folded):
        return _by_old_code(session, folded.upper())
    return list(results.values())[:limit]


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
    code = insee.strip().upper()
    named = session.get(Commune, code)
    if named is None:
        return None
    today = session.get(Commune, named.merged_into) if named.merged_into else named
    return _plain([today])[0] if today is not None else None


def _by_old_code(session: Session, insee: str) -> list[CommuneFound]:
    today = find_commune(session, insee)
    return [today] if today is not None else []


def _plain(communes: Iterable[Commune]) -> list[CommuneFound]:
    return [
        CommuneFound(one.insee, one.name, one.departement, one.departement_name, tuple(one.postcodes))
        for one in communes
    ]
