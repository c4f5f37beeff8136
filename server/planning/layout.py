"""How a unit's tables of positions are laid out, as it is stored: names of columns, meanings of words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from models.rules.planning_positions import Position
from server.planning.positions import USUAL_WORDS, ColumnMap

LONGEST_NAME = 80
MOST_WORDS = 100


@dataclass(frozen=True)
class Layout:
    """The columns of a table, and the words in its column of positions."""

    columns: ColumnMap = field(default_factory=ColumnMap)
    words: Mapping[str, Position] = field(default_factory=lambda: USUAL_WORDS)

    def stored(self) -> dict[str, Any]:
        """The layout as JSON."""
        return {
            "columns": asdict(self.columns),
            "words": {word: str(position) for word, position in self.words.items()},
        }


def stored_layout(stored: Mapping[str, Any] | None) -> Layout:
    """Read what `Layout.stored` gave; None is the usual layout.

    Raises:
        ValueError: it means nothing any more, because another release has written it.
    """
    if stored is None:
        return Layout()
    columns, words = stored.get("columns"), stored.get("words")
    if not all(part is None or isinstance(part, Mapping) for part in (columns, words)):
        raise ValueError("columns")
    return read_layout(columns, words)


def layout_or_usual(stored: Mapping[str, Any] | None) -> Layout:
    """The same for whoever shows or changes it: the usual one where it means nothing any more."""
    try:
        return stored_layout(stored)
    except ValueError:
        return Layout()


def read_layout(columns: Mapping[str, Any] | None, words: Mapping[str, Any] | None) -> Layout:
    """Read a layout as an administrator gives it; what is left out (None) is as usual.

    Raises:
        ValueError: its text says which part is wrong: `columns` or `words`.
    """
    return Layout(
        ColumnMap() if columns is None else _columns(columns), USUAL_WORDS if words is None else _words(words)
    )


def _columns(given: Mapping[str, Any]) -> ColumnMap:
    known = {one.name for one in fields(ColumnMap)}
    names = [*given.values()]
    if not given.keys() <= known or not all(_is_name(one) for one in names):
        raise ValueError("columns")
    columns = ColumnMap(**{name: value.strip() for name, value in given.items()})
    # Two things cannot stand in one column.
    if len({one.casefold() for one in asdict(columns).values()}) < len(known):
        raise ValueError("columns")
    return columns


def _words(given: Mapping[str, Any]) -> dict[str, Position]:
    if not 0 < len(given) <= MOST_WORDS or not all(_is_name(word) for word in given):
        raise ValueError("words")
    try:
        return {word.strip(): Position(position) for word, position in given.items()}
    except ValueError:
        raise ValueError("words") from None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_NAME and value.isprintable()
