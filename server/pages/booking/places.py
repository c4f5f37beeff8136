"""Where an appointment takes place, in words."""

from __future__ import annotations

from models.rules.openings import PlaceKind
from server.i18n import gettext


def say_kind(kind: str) -> str:
    """`à la mairie`, as it ends a sentence."""
    return {
        PlaceKind.UNIT.value: gettext("à la brigade"),
        PlaceKind.TOWN_HALL.value: gettext("à la mairie"),
        PlaceKind.FRANCE_SERVICES.value: gettext("dans un espace France services"),
        PlaceKind.HOME.value: gettext("chez vous"),
        PlaceKind.VIDEO.value: gettext("par visioconférence"),
    }[PlaceKind(kind).value]


def say_place(kind: str, name: str | None, unit_words: str) -> str:
    """The place on a line of its own: `À la brigade de Belley`, `Mairie de Culoz`, `Par visioconférence`.

    Args:
        name: of a town hall or of a France services place.
        unit_words: the unit as `unit_in_words` says it.
    """
    if kind == PlaceKind.UNIT:
        return gettext("À %(unit)s", unit=unit_words)
    if name and kind in (PlaceKind.TOWN_HALL, PlaceKind.FRANCE_SERVICES):
        return name
    said = say_kind(kind)
    return said[:1].upper() + said[1:]
