"""Days and times as people say them, in a unit's own zone: « mardi 24 novembre à 14 h 30 »."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from server import i18n
from server.i18n import gettext

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
DEADLINE_STEP = timedelta(minutes=5)


def say_clock(hour: int, minute: int) -> str:
    """`14 h 30`, `9 h`, `midi`; in English `2:30 pm`, `9 am`, `noon`."""
    if (hour, minute) == (12, 0):
        return gettext("midi")
    if hour in (0, 24) and minute == 0:
        return gettext("minuit")
    if i18n.language() == "en":
        half = "am" if hour < 12 else "pm"
        return f"{(hour - 1) % 12 + 1}:{minute:02d} {half}" if minute else f"{(hour - 1) % 12 + 1} {half}"
    parts = (str(hour), "h", f"{minute:02d}") if minute else (str(hour), "h")
    return NARROW_SPACE.join(parts)


def say_minutes(minutes: int) -> str:
    """Minutes since midnight, up to 1440, as `say_clock` says them."""
    return say_clock(*divmod(minutes, 60))


def say_day(day: date, today: date, *, near_words: bool = True) -> str:
    """`aujourd’hui`, `demain`, `hier`, else `mardi 24 novembre`; with the year when it is another one.

    Args:
        near_words: False names the day in any case, for what is read later than today.
    """
    if not near_words:
        return say_date(day, today)
    near = {0: gettext("aujourd’hui"), 1: gettext("demain"), -1: gettext("hier")}
    return near.get((day - today).days) or say_date(day, today)


def say_date(day: date, today: date) -> str:
    """`mardi 24 novembre`, with the year when it is not today's."""
    pattern = "EEEE d MMMM" if day.year == today.year else "EEEE d MMMM y"
    said = format_date(day, pattern, locale=i18n.language())
    if i18n.language() == "fr" and day.day == 1:
        said = said.replace(" 1 ", " 1er ", 1)
    return said


def say_moment(at: datetime, now: datetime, zone: ZoneInfo, *, near_words: bool = True) -> str:
    """`aujourd’hui à 14 h 30`, `mardi 24 novembre à 14 h 30`."""
    local = at.astimezone(zone)
    day = say_day(local.date(), now.astimezone(zone).date(), near_words=near_words)
    return gettext("%(day)s à %(time)s", day=day, time=say_clock(local.hour, local.minute))


def say_deadline(at: datetime, now: datetime, zone: ZoneInfo, *, near_words: bool = True) -> str:
    """`aujourd’hui avant 18 h`; rounded up to five minutes, because people do not say `avant 17 h 58`."""
    local = round_up(at).astimezone(zone)
    day = say_day(local.date(), now.astimezone(zone).date(), near_words=near_words)
    return gettext("%(day)s avant %(time)s", day=day, time=say_clock(local.hour, local.minute))


def round_up(at: datetime) -> datetime:
    """The next multiple of five minutes, `at` itself when it is one."""
    over = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at + DEADLINE_STEP - over if over else at
