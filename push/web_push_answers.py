"""What a push service's answer means (RFC 8030, RFC 8292, RFC 9110), and when to try again. Pure but for the jitter."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from push.web_push_values import Outcome, PushMessage, PushResult

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
# Never sooner, whatever a service says: the same tag is not sent to twice within a second.
SHORTEST_WAIT = timedelta(seconds=1)
# A service that asks for more has made a slip; it is asked once a day whether it is still meant.
LONGEST_WAIT = timedelta(days=1)
LONGEST_TTL = timedelta(days=28)

_FINAL = {
    401: Outcome.KEY_WRONG,
    403: Outcome.KEY_WRONG,
    404: Outcome.GONE,
    410: Outcome.GONE,
}
# Too early or too slow is no mistake of the message.
_TEMPORARY = frozenset({408, 425, 429})
TOO_MANY = 429
BUSY = frozenset({TOO_MANY, 503})


def outcome_of(status: int) -> Outcome:
    """What an HTTP status means. Redirections are an error: a payload goes only where its subscriber said."""
    if 200 <= status < 300:
        return Outcome.DELIVERED
    if status in _TEMPORARY or status >= 500:
        return Outcome.RETRY
    return _FINAL.get(status, Outcome.REFUSED)


def read_retry_after(value: str | None, now: datetime) -> datetime | None:
    """Read a Retry-After header: seconds or an HTTP date (RFC 9110, section 10.2.3).

    Returns:
        The instant, at least `SHORTEST_WAIT` and at most `LONGEST_WAIT` from now, or None when nothing can be read.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        # Longer numbers are cut, because what they say is the same: for ever.
        wait = timedelta(seconds=int(value[:9]))
    else:
        try:
            at = parsedate_to_datetime(value)
            # A date without a zone is one in GMT: it cannot mean anything else.
            wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
        except (ValueError, OverflowError):
            return None
    return now + min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def back_off(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s … one hour, each shorter by up to a half, so that those who failed together do not return so."""
    longest: timedelta = min(FIRST_PAUSE * 2 ** min(attempts, 20), LONGEST_PAUSE)
    return max(longest * random.uniform(0.5, 1), SHORTEST_WAIT)  # noqa: S311 -- jitter, not a secret.


def try_again(
    message: PushMessage, cause: str, at: datetime, *, spread: timedelta = timedelta(0), tried: bool = True
) -> PushResult:
    """Say that `message` is to be tried again at `at`, or that this would be too late.

    Args:
        spread: up to so much later, by chance, but while it is still of use.
    """
    if at >= message.expires_at:
        return PushResult(message=message, outcome=Outcome.EXPIRED, cause=cause, tried=tried)
    at += min(spread, (message.expires_at - at) / 2) * random.random()  # noqa: S311 -- jitter, not a secret.
    return PushResult(message=message, outcome=Outcome.RETRY, cause=cause, retry_at=at, tried=tried)


def ttl_seconds(expires_at: datetime, now: datetime) -> int:
    """The TTL header: whole seconds until it is useless, one at least, 28 days at most."""
    left = min(expires_at - now, LONGEST_TTL)
    return max(1, -int(-left.total_seconds() // 1))
