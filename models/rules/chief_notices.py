"""How long a unit's chiefs are looked for who can be told of their planning."""

from __future__ import annotations

from datetime import datetime, timedelta

# Whoever comes on duty meanwhile hears of it then.
ASK_AGAIN = timedelta(hours=1)
# A day of duty has begun at least once by then.
LONGEST_WAIT = timedelta(hours=6)
# The desk shows it all the same, for as long as it is so.
GIVEN_UP_AFTER = timedelta(days=7)


def ask_again_at(since: datetime, now: datetime) -> datetime | None:
    """Say when to look again for somebody to tell of what happened at `since`: each wait is as long as all before it.

    Returns:
        None: no more.
    """
    waited = now - since
    return None if waited >= GIVEN_UP_AFTER else now + min(max(waited, ASK_AGAIN), LONGEST_WAIT)
