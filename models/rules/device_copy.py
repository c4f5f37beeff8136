"""How long a citizen's own device may keep a copy of their follow page, which it opens without network."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_KEPT = timedelta(days=7)


def kept_until(*, discreet: bool, ended_at: datetime | None, now: datetime, retention: timedelta) -> datetime | None:
    """The instant after which a copy made at `now` must be gone; None when there may be no copy at all.

    A device that stays offline never hears of the end of a request. So a copy of an open one counts from `now`: the end
    comes later, hence no copy outlives it by more than a week.

    Args:
        discreet: such a request leaves no trace on a device.
        ended_at: when the request ended; None while it is open.
        retention: how long the server keeps the request after its end; no copy is kept for longer.
    """
    if discreet:
        return None
    until = (ended_at or now) + min(LONGEST_KEPT, retention)
    return until if until > now else None
