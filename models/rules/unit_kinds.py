"""What a unit is, by its name, and whether a citizen's request may go to it.

The public files mix territorial brigades with units that do not receive the public for such requests: motorised
platoons, recruiting centres, specialised units, and posts that open only in season.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.rules.commune_names import fold
from models.rules.territory import Institution

Kind = Literal["brigade", "motorised", "recruiting_centre", "seasonal_post", "specialised", "police_station"]


@dataclass(frozen=True, slots=True)
class UnitKind:
    """The institution and kind of a unit; only territorial brigades receive contact requests."""

    institution: Institution
    kind: Kind

    @property
    def receives_contact_requests(self) -> bool:
        return self.kind == "brigade"


# The first that fits decides. Words are those of the folded name.
_MARKS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("recruiting_centre", ("recrutement", "concours")),
    ("seasonal_post", ("saisonnier", "saisonniere", "provisoire", "temporaire", "estival")),
    ("motorised", ("motorise", "motorisee", "motorises", "motorisees", "autoroute", "autoroutier", "autoroutiere")),
    (
        "specialised",
        (
            *("nautique", "fluviale", "maritime", "aeriens", "aerien", "recherches", "surveillance", "montagne"),
            *("mobile", "familles", "juvenile", "cynophile", "escadron", "section", "helicoptere"),
        ),
    ),
)
_POLICE = frozenset({"commissariat", "police"})


def kind_of(name: str, pivot: str = "") -> UnitKind:
    """Tell what a unit is.

    Args:
        name: as printed, such as « Brigade de gendarmerie - Belley ».
        pivot: the directory's own category when it has one (`gendarmerie`, `gendarmerie_moto`,
            `commissariat_police`).
    """
    # What follows the dash is a place, and places are called Saint-Martin-de-la-Mer-Mobile or worse.
    generic = name.rpartition(" - ")[0] or name
    words = set(fold(generic).split())
    if pivot == "commissariat_police" or (pivot == "" and words & _POLICE):
        return UnitKind("PN", "police_station")
    if pivot == "gendarmerie_moto":
        return UnitKind("GN", "motorised")
    for kind, marks in _MARKS:
        if words.intersection(marks):
            return UnitKind("GN", kind)
    return UnitKind("GN", "brigade")
