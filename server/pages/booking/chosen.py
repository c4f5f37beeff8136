"""One time of an appointment in words: when, where, until when it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.queries.held_time import HeldTime
from models.rules.openings import PlaceKind
from models.rules.territory import UnitFacts
from server.i18n import gettext
from server.pages.booking.places import say_place
from server.pages.booking.times import say_full_day, say_time
from server.pages.units import unit_in_words


@dataclass(frozen=True)
class ChosenTime:
    """When and where, ready to print.

    Args:
        moment: `demain, samedi 28 novembre à 9 h`, in the unit's own zone.
        address: lines under the place; none where the place has none of its own.
        kept_until: the time of day until which it is kept; empty when it is booked.
        to_confirm: the unit has yet to confirm it once it is booked.
    """

    moment: str
    place: str
    address: tuple[str, ...]
    at_home: bool
    by_video: bool
    kept_until: str = ""
    to_confirm: bool = False


def say_chosen(
    unit: UnitFacts,
    starts_at: datetime,
    place_kind: str,
    place_name: str | None,
    now: datetime,
    *,
    near_words: bool = True,
    kept_until: datetime | None = None,
    to_confirm: bool = False,
) -> ChosenTime:
    """The words for a time at `now`; `near_words` puts `demain,` before the day's name."""
    zone = ZoneInfo(unit.time_zone)
    today = now.astimezone(zone).date()
    return ChosenTime(
        moment=say_day_and_time(starts_at, now, zone, near_words=near_words),
        place=say_place(place_kind, place_name, unit_in_words(unit.name)),
        address=unit.address_lines if place_kind == PlaceKind.UNIT else (),
        at_home=place_kind == PlaceKind.HOME,
        by_video=place_kind == PlaceKind.VIDEO,
        kept_until=_clock(kept_until, zone, today) if kept_until else "",
        to_confirm=to_confirm,
    )


def say_held(held: HeldTime, now: datetime) -> ChosenTime:
    """The words for a time that is kept."""
    return say_chosen(
        held.unit,
        held.starts_at,
        held.place_kind,
        held.place_name,
        now,
        kept_until=held.held_until,
        to_confirm=held.to_confirm,
    )


def say_day_and_time(at: datetime, now: datetime, zone: ZoneInfo, *, near_words: bool = True) -> str:
    """`demain, samedi 28 novembre à 9 h`: the day's name always."""
    today = now.astimezone(zone).date()
    day = say_full_day(at.astimezone(zone).date(), today, near_words=near_words)
    return gettext("%(day)s à %(time)s", day=day, time=say_time(at, zone))


def _clock(at: datetime, zone: ZoneInfo, today: object) -> str:
    # Whole minutes, rounded down: nobody may count on a minute that is not theirs.
    said = say_time(at, zone)
    return said if at.astimezone(zone).date() == today else gettext("%(time)s (demain)", time=said)
