"""The free times of a unit as a page shows them: by day first, or as a month for those who look."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from sqlalchemy.orm import Session

from models.queries.slots import Place, find_slots, places_of
from models.rules.openings import PlaceKind
from models.rules.slots import Slot
from server import i18n
from server.i18n import gettext
from server.pages.booking.picks import Pick, write_pick
from server.pages.booking.places import say_kind, say_place
from server.pages.moments import say_clock, say_date, say_day

# So many days with free times are shown at first, and as many more at each press of "more days".
DAYS = 4
MOST_DAYS = 40
# Reading a whole horizon for four days would be waste; most units have them within a fortnight.
_STRIDE = timedelta(days=14)


@dataclass(frozen=True)
class TimeChoice:
    """One button: `value` is what it sends, `label` what is heard when it is reached without its heading."""

    value: str
    words: str
    label: str


@dataclass(frozen=True)
class PlaceTimes:
    """The times of a day at one kind of place; `words` is empty where the unit itself is the only one."""

    words: str
    times: tuple[TimeChoice, ...]


@dataclass(frozen=True)
class DayTimes:
    iso: str
    words: str
    places: tuple[PlaceTimes, ...]


@dataclass(frozen=True)
class Listing:
    """Days with free times in order; `more` says that later days have some too."""

    days: tuple[DayTimes, ...]
    more: bool = False


@dataclass(frozen=True)
class Cell:
    """A day of a month; `count` free times (none before today or beyond the horizon), `label` the day in full."""

    number: int
    iso: str
    count: int
    words: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Month:
    """A month as a table; `before` and `after` are the months to turn to (`2026-12`), empty where nothing can be."""

    words: str
    before: str
    before_words: str
    after: str
    after_words: str
    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[Cell | None, ...], ...]
    any_free: bool
    chosen: DayTimes | None


@dataclass(frozen=True)
class Agenda:
    """Whose free times are shown, and for what.

    Args:
        horizon_days: how far ahead the reason can be booked.
        unit_words: the unit in a sentence, for the places.
    """

    unit_id: int
    unit_words: str
    zone: ZoneInfo
    reason_code: str
    horizon_days: int


def list_days(session: Session, agenda: Agenda, wanted: int, now: datetime) -> Listing:
    """The first `wanted` days on which a citizen can come, from today to the reason's horizon."""
    today = now.astimezone(agenda.zone).date()
    last = today + timedelta(days=agenda.horizon_days)
    found: list[Slot] = []
    first, days = today, set[date]()
    while first <= last and len(days) <= wanted:
        until = min(first + _STRIDE, last)
        found += find_slots(session, agenda.unit_id, agenda.reason_code, first, until, now)
        days = {_day(slot, agenda.zone) for slot in found}
        first = until + timedelta(days=1)
    shown = sorted(days)[:wanted]
    kept = [slot for slot in found if _day(slot, agenda.zone) in shown]
    return Listing(day_times(session, agenda, kept, now), more=len(days) > len(shown))


def day_times(session: Session, agenda: Agenda, slots: Sequence[Slot], now: datetime) -> tuple[DayTimes, ...]:
    """`slots` by day and kind of place, in words."""
    today = now.astimezone(agenda.zone).date()
    places = places_of(session, slots)
    kinds = {place.kind for place in places.values()}
    return tuple(
        DayTimes(day.isoformat(), say_full_day(day, today), _places(agenda, list(of_day), places, kinds, today))
        for day, of_day in groupby(slots, lambda slot: _day(slot, agenda.zone))
    )


def show_month(session: Session, agenda: Agenda, month: str, day: str, now: datetime) -> Month:
    """One month with the number of free times on each day, and the times of the chosen day.

    Args:
        month: `2026-12`; anything else, or a month that cannot be booked, is the nearest one that can.
        day: the chosen day, `2026-12-01`; one without free times is no choice.
    """
    today = now.astimezone(agenda.zone).date()
    last = today + timedelta(days=agenda.horizon_days)
    first = min(max(_read_month(month) or today, today.replace(day=1)), last.replace(day=1))
    end = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    slots = find_slots(session, agenda.unit_id, agenda.reason_code, max(first, today), min(end, last), now)
    by_day = {which: list(found) for which, found in groupby(slots, lambda slot: _day(slot, agenda.zone))}
    chosen = next((one for one in by_day if one.isoformat() == day), None)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    long, short = (get_day_names(width, locale=i18n.language()) for width in ("wide", "abbreviated"))
    before, after = first - timedelta(days=1), end + timedelta(days=1)
    return Month(
        words=_say_month(first),
        before=_month(before) if before >= today.replace(day=1) else "",
        before_words=_say_month(before),
        after=_month(after) if after <= last else "",
        after_words=_say_month(after),
        weekdays=tuple((long[index], short[index]) for index in range(7)),
        weeks=tuple(
            tuple(
                _cell(one, len(by_day.get(one, ())), today, chosen=one == chosen) if one.month == first.month else None
                for one in week
            )
            for week in weeks
            # Weeks that are over would only be scrolled past.
            if week[-1] >= today
        ),
        any_free=bool(by_day),
        chosen=day_times(session, agenda, by_day[chosen], now)[0] if chosen else None,
    )


def say_full_day(day: date, today: date, *, near_words: bool = True) -> str:
    """`demain, samedi 28 novembre`: the day's name always, and the near word before it where there is one."""
    near, full = say_day(day, today, near_words=near_words), say_date(day, today)
    return full if near == full else f"{near}, {full}"


def say_time(starts_at: datetime, zone: ZoneInfo) -> str:
    """`14 h 30` on the clock of `zone`."""
    local = starts_at.astimezone(zone)
    return say_clock(local.hour, local.minute)


def _places(
    agenda: Agenda, slots: Sequence[Slot], places: dict[int, Place], kinds: Iterable[str], today: date
) -> tuple[PlaceTimes, ...]:
    only_the_unit = set(kinds) <= {PlaceKind.UNIT}
    shown = []
    for kind in PlaceKind:
        here = [slot for slot in slots if any(places[gap.window_id].kind == kind for gap in slot.choices)]
        if not here:
            continue
        names = {places[gap.window_id].name for slot in here for gap in slot.choices} - {None}
        words = say_place(kind, next(iter(names)) if len(names) == 1 else None, agenda.unit_words)
        shown.append(PlaceTimes("" if only_the_unit else words, tuple(_choice(agenda, s, kind, today) for s in here)))
    return tuple(shown)


def _choice(agenda: Agenda, slot: Slot, kind: PlaceKind, today: date) -> TimeChoice:
    time = say_time(slot.starts_at, agenda.zone)
    day = say_date(_day(slot, agenda.zone), today)
    label = gettext("%(day)s à %(time)s", day=day, time=time)
    if kind is not PlaceKind.UNIT:
        label = f"{label}, {say_kind(kind)}"
    return TimeChoice(write_pick(Pick(agenda.unit_id, slot.starts_at, kind)), time, label)


def _cell(day: date, count: int, today: date, *, chosen: bool) -> Cell:
    words = "" if not count else gettext("1 horaire") if count == 1 else gettext("%(count)s horaires", count=count)
    return Cell(day.day, day.isoformat(), count, words, say_date(day, today), chosen)


def _day(slot: Slot, zone: ZoneInfo) -> date:
    return slot.starts_at.astimezone(zone).date()


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _say_month(day: date) -> str:
    return str(format_date(day, "LLLL y", locale=i18n.language()))


def _read_month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
