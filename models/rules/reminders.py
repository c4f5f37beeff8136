"""When a citizen is reminded of an appointment, and when they are asked how it was.

Both are asked anew every minute of what is true then, so that a clock that jumps, a worker that was away and an
appointment that has moved need no care of their own.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum


class Ahead(StrEnum):
    TWO_DAYS = "two_days"
    TWO_HOURS = "two_hours"


BEFORE = {Ahead.TWO_DAYS: timedelta(hours=48), Ahead.TWO_HOURS: timedelta(hours=2)}
# Nearer than that the reminder comes too late to be one: the next one is due soon, or they are on their way.
TOO_NEAR = {Ahead.TWO_DAYS: timedelta(hours=24), Ahead.TWO_HOURS: timedelta(minutes=30)}

# How it was is asked on the day after, and no more once nobody remembers.
ASKED_AFTER, ASKED_WITHIN = timedelta(days=1), timedelta(days=3)


def due_reminder(starts_at: datetime, agreed_at: datetime, now: datetime, reminded: Collection[Ahead]) -> Ahead | None:
    """Say which reminder of a confirmed appointment is due.

    Args:
        agreed_at: when it was booked, or approved: whoever has made an appointment in the time of a reminder knows.
        reminded: what was sent for this appointment.
    """
    left = starts_at - now
    for ahead, before in BEFORE.items():
        if TOO_NEAR[ahead] < left <= before and agreed_at <= starts_at - before and ahead not in reminded:
            return ahead
    return None


def still_helps(ahead: Ahead, until_start: timedelta) -> bool:
    """Say whether a reminder that was due may still be sent, after the night or after a relay was away."""
    return until_start > (BEFORE[Ahead.TWO_HOURS] if ahead is Ahead.TWO_DAYS else timedelta(0))
