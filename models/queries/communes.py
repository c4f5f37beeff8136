"""Find a commune as people type it: an unfinished name, a postcode, an INSEE code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, Subquery, Text, bindparam, cast, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session

from models.rules.commune_names import fold, search_words, without_article
from models.tables import Commune, CommuneName

MOST_RESULTS = 50

_Search = Select[str, str, str, str, list[str], str]


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
    for statement, parameters in _steps(folded):
        found = session.execute(statement, {**parameters, "rows": limit * 4})
        for insee, name, departement, departement_name, postcodes, matched in found:
            other = matched if matched != name else None
            results.setdefault(insee, CommuneFound(insee, name, departement, departement_name, tuple(postcodes), other))
        if len(results) >= limit:
            break
    if not results and _is_code(folded):
        today = find_commune(session, folded)
        return [today] if today is not None else []
    return list(results.values())[:limit]


def _steps(folded: str) -> Iterator[tuple[_Search, dict[str, Any]]]:
    words = search_words(folded)
    if not words:
        return
    bare = without_article(folded)
    if _is_code(folded):
        yield _OF_POSTCODE, {"postcodes": [folded]}
    yield _EXACT, {"name": folded, "bare": bare}
    # Folded text holds nothing that LIKE or a text query gives a meaning to.
    yield _BEGINS, {"name": f"{folded}%", "bare": f"{bare}%"}
    yield _WORDS, {"words": " & ".join(f"{word}:*" for word in words)}


def _search(names: type[CommuneName] | Subquery, condition: ColumnElement[bool] | None = None) -> _Search:
    columns = names.c if isinstance(names, Subquery) else names
    statement = (
        select(
            Commune.insee,
            Commune.name,
            Commune.departement,
            Commune.departement_name,
            Commune.postcodes,
            columns.name,
        )
        .join(names, columns.insee == Commune.insee)
        .order_by(columns.is_current.desc(), columns.population.desc(), columns.insee)
        # A commune may be found by several of its names, and again after a better match.
        .limit(bindparam("rows", type_=Integer))
    )
    return statement if condition is None else statement.where(condition)


def _by_name(condition: ColumnElement[bool]) -> _Search:
    """Choose the names first: thousands begin with one letter, and only the best need their commune."""
    best = (
        select(CommuneName.insee, CommuneName.name, CommuneName.population, CommuneName.is_current)
        .where(condition)
        .order_by(CommuneName.is_current.desc(), CommuneName.population.desc(), CommuneName.insee)
        .limit(bindparam("rows", type_=Integer))
        .subquery("best")
    )
    return _search(best)


def _typed(name: str) -> BindParameter[str]:
    """Leave room for a folded value, which becomes part of the statement's text: it holds nothing to escape.

    A prefix must be planned with its value: a plan made for any prefix walks through all names to find a rare one.
    """
    return bindparam(name, type_=Text, literal_execute=True)


# Built once: putting a statement together costs as much as running it, and a search runs at each letter.
_OF_POSTCODE = _search(CommuneName, Commune.postcodes.contains(bindparam("postcodes", type_=ARRAY(Text))))
_EXACT = _by_name(or_(CommuneName.search_name == _typed("name"), CommuneName.short_name == _typed("bare")))
_BEGINS = _by_name(or_(CommuneName.search_name.like(_typed("name")), CommuneName.short_name.like(_typed("bare"))))
_WORDS = _by_name(CommuneName.words.bool_op("@@")(cast(_typed("words"), TSQUERY)))


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
