"""A unit as the citizen reads it: its name in a sentence, its address, its telephone, today's hours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.holiday_calendar import holidays_of_year
from models.rules.opening_hours import MINUTES_IN_A_DAY, DayHours
from models.rules.opening_hours_status import OpeningStatus, describe
from models.rules.territory import UnitFacts
from server import i18n
from server.i18n import gettext
from server.pages.moments import say_clock, say_day, say_minutes
from server.phone_numbers import print_phone, region_of

_VOWELS = "aàâäeéèêëiîïoôöuùûüyœæ"


@dataclass(frozen=True)
class UnitCard:
    """What a template needs of a unit; every text is ready to print, in the language of the page.

    Args:
        phone: E.164 for a `tel:` link, or None when the directory's number cannot be dialled.
        hours: today's ranges in words; `status` what that means now.
    """

    id: int
    name: str
    in_words: str
    address: tuple[str, ...]
    phone: str | None
    phone_text: str
    hours: str
    status: str
    is_open: bool | None
    can_be_chosen: bool


def unit_card(unit: UnitFacts, now: datetime) -> UnitCard:
    """Prepare a unit for a page at `now`."""
    opening = opening_of(unit, now)
    phone_text = print_phone(unit.phone, region_of(unit.commune_insee)) if unit.phone else unit.phone_as_printed
    return UnitCard(
        id=unit.id,
        name=unit.name.replace(" - ", " – "),
        in_words=unit_in_words(unit.name),
        address=unit.address_lines,
        phone=unit.phone,
        phone_text=phone_text.replace(" ", "\N{NO-BREAK SPACE}"),
        hours=say_hours(opening.today),
        status=say_status(opening, now, ZoneInfo(unit.time_zone)),
        is_open=opening.is_open,
        can_be_chosen=unit.institution == "GN" and unit.receives_contact_requests,
    )


def unit_in_words(name: str) -> str:
    """`la brigade de Belley` for `Brigade de gendarmerie - Belley`; a name that is no brigade's stays as printed."""
    head, dash, place = name.partition(" - ")
    if not head.lower().startswith("brigade"):
        return name
    if dash:
        return f"the {place} brigade" if i18n.language() == "en" else f"la brigade {_of(place)}"
    return f"the {name}" if i18n.language() == "en" else f"la {name[:1].lower()}{name[1:]}"


def opening_of(unit: UnitFacts, now: datetime) -> OpeningStatus:
    """What the unit's hours mean at `now`; a public holiday of its own zone reads the eighth row."""
    zone = ZoneInfo(unit.time_zone)
    return describe(unit.opening_hours, now, zone, holidays_around(now.astimezone(zone).date(), unit.holiday_zone))


def holidays_around(day: date, zone: str) -> Collection[date]:
    """The public holidays that can matter when looking a few weeks ahead of `day`."""
    return holidays_of_year(zone, day.year).keys() | holidays_of_year(zone, day.year + 1).keys()


def say_hours(hours: DayHours) -> str:
    """`8 h – 12 h, 14 h – 18 h`, `fermé`, or nothing when nobody knows."""
    if hours is None:
        return ""
    if not hours:
        return gettext("fermé")
    if hours[0].start == 0 and hours[-1].end == MINUTES_IN_A_DAY and len(hours) == 1:
        return gettext("jour et nuit")
    return ", ".join(f"{say_minutes(one.start)} – {say_minutes(one.end)}" for one in hours)


def say_status(opening: OpeningStatus, now: datetime, zone: ZoneInfo) -> str:
    """What the hours mean just now, as a sentence; nothing when there is nothing sure to say."""
    today = now.astimezone(zone).date()
    if opening.is_open and opening.closes_at is not None:
        return gettext("Ouvert jusqu’à %(time)s.", time=say_clock(opening.closes_at.hour, opening.closes_at.minute))
    if opening.is_open:
        return gettext("Ouvert.")
    if opening.opens_at is not None and opening.is_open is False:
        return gettext(
            "Fermé en ce moment. Ouvre %(day)s à %(time)s.",
            day=say_day(opening.opens_at.date(), today),
            time=say_clock(opening.opens_at.hour, opening.opens_at.minute),
        )
    return "" if opening.is_open is None else gettext("Fermé en ce moment.")


def _of(place: str) -> str:
    """`du Tréport`, `des Baux`, `d’Ambérieu`, `de La Rochelle`: how French joins « de » to a place."""
    for article, joined in (("Le ", "du "), ("Les ", "des ")):
        if place.startswith(article):
            return joined + place.removeprefix(article)
    return f"d’{place}" if place[:1].lower() in _VOWELS else f"de {place}"
