"""When a text message may ring at a citizen's: not at night, unless they have just done something with us."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)
# Whoever has just sent something waits for the answer to it.
JUST_NOW = timedelta(minutes=10)


def may_ring_at(now: datetime, time_zone: str, acted_at: datetime | None) -> datetime:
    """Say from when on a text message may be sent.

    Args:
        time_zone: of the unit, as an IANA name.
        acted_at: when the citizen last did something; None: long ago.

    Returns:
        `now`, or seven o'clock of the morning that ends this night.
    """
    local = now.astimezone(ZoneInfo(time_zone))
    is_night = local.time() >= NIGHT_BEGINS or local.time() < NIGHT_ENDS
    # A clock that was put back makes the last act lie ahead: that says nothing about who is up.
    if not is_night or (acted_at is not None and abs(now - acted_at) <= JUST_NOW):
        return now
    day = local.date() + timedelta(days=1 if local.time() >= NIGHT_BEGINS else 0)
    return datetime.combine(day, NIGHT_ENDS, local.tzinfo).astimezone(now.tzinfo)
