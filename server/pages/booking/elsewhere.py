"""Who could receive a citizen earlier: the first times of the competent unit, its siblings and its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.queries.earliest import Nearness, UnitEarliest, earliest_around
from models.queries.slots import Place, places_of
from models.rules.openings import PlaceKind
from models.rules.slots import Slot
from server.i18n import gettext
from server.pages.booking.chosen import say_day_and_time
from server.pages.booking.picks import Pick, write_pick
from server.pages.booking.places import say_place
from server.pages.booking.times import TimeChoice
from server.pages.booking.who_receives import Receiving
from server.pages.units import unit_in_words


@dataclass(frozen=True)
class UnitTimes:
    """A unit's first times; `where` says how far it is, and what it is to the commune."""

    unit_id: int
    name: str
    in_words: str
    where: str
    times: tuple[TimeChoice, ...]


def units_elsewhere(session: Session, receiving: Receiving, reason_code: str, now: datetime) -> tuple[UnitTimes, ...]:
    """The units around the one that receives, those that are free first leading."""
    found = earliest_around(session, receiving.unit.id, reason_code, now)
    places = places_of(session, [slot for unit in found for slot in unit.slots])
    shown = [_unit(unit, places, receiving, now) for unit in found]
    # What is free first is what they came for, wherever it is.
    first = {unit.unit_id: unit.slots[0].starts_at if unit.slots else None for unit in found}
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return tuple(sorted(shown, key=lambda one: first[one.unit_id] or far))


def _unit(unit: UnitEarliest, places: dict[int, Place], receiving: Receiving, now: datetime) -> UnitTimes:
    in_words = unit_in_words(unit.name)
    return UnitTimes(
        unit_id=unit.unit_id,
        name=unit.name.replace(" - ", " – "),
        in_words=in_words,
        where=_where(unit, receiving),
        times=tuple(_time(unit, slot, places, in_words, now) for slot in unit.slots),
    )


def _time(unit: UnitEarliest, slot: Slot, places: dict[int, Place], in_words: str, now: datetime) -> TimeChoice:
    place = places[slot.choices[0].window_id]
    words = say_day_and_time(slot.starts_at, now, ZoneInfo(str(unit.zone)))
    if place.kind != PlaceKind.UNIT:
        words = f"{words} – {say_place(place.kind, place.name, in_words)}"
    return TimeChoice(write_pick(Pick(unit.unit_id, slot.starts_at, place.kind)), words[:1].upper() + words[1:], words)


def _where(unit: UnitEarliest, receiving: Receiving) -> str:
    if unit.nearness is Nearness.COMPETENT:
        own = receiving.competent_for
        return gettext("La brigade compétente pour %(commune)s.", commune=own) if own else gettext("Votre choix.")
    if unit.km is None:
        return unit.commune_name
    return gettext("À environ %(km)s km, à vol d’oiseau.", km=max(1, round(unit.km)))
