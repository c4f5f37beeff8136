"""An instant as a person says it, in the unit's own zone and always with the day's name."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

_NO_BREAK = "\N{NO-BREAK SPACE}"


def say_instant(at: datetime, zone: str, language: str) -> str:
    """Return « mardi 24 novembre à 14 h 30 » or “Tuesday 24 November at 2:30 pm”.

    Args:
        at: an aware instant.
        zone: an IANA name, such as `Europe/Paris`.
        language: `fr` or `en`.
    """
    local = at.astimezone(ZoneInfo(zone))
    return _in_english(local) if language == "en" else _in_french(local)


def _in_french(local: datetime) -> str:
    weekday = format_datetime(local, "EEEE", locale="fr")
    month = format_datetime(local, "MMMM", locale="fr")
    day = "1er" if local.day == 1 else str(local.day)
    minutes = f"{_NO_BREAK}{local.minute:02d}" if local.minute else ""
    return f"{weekday} {day}{_NO_BREAK}{month} à {local.hour}{_NO_BREAK}h{minutes}"


def _in_english(local: datetime) -> str:
    day = format_datetime(local, "EEEE d", locale="en_GB") + _NO_BREAK + format_datetime(local, "MMMM", locale="en_GB")
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02d}" if local.minute else ""
    return f"{day} at {hour}{minutes}{_NO_BREAK}{'am' if local.hour < 12 else 'pm'}"
