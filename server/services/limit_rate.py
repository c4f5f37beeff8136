from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.rules.errors import TooMany
from server.tokens import Tokens


@dataclass(frozen=True)
class RateLimitOn:
    """At most `limit` times in each `window` for one `who` (an address or a login; only its hash is stored)."""

    kind: str
    who: str
    limit: int
    window: timedelta


def limit_rate(session: Session, command: RateLimitOn, now: datetime, tokens: Tokens) -> TooMany | None:
    """Count one more time. The edge gives a transaction of its own, so that a refused or failed try counts too.

    Once the limit is passed nothing more is counted: whoever goes on costs no write, and nobody waits for them.

    Returns:
        None while the limit holds, else the refusal for the edge to raise once the count is committed.
    """
    seconds = int(command.window.total_seconds())
    start = now.timestamp() // seconds * seconds
    count = session.execute(
        text(
            "WITH passed AS (SELECT count FROM rate_limits"
            " WHERE bucket = :bucket AND window_start = to_timestamp(:start) AND count > :limit),"
            " counted AS (INSERT INTO rate_limits (bucket, window_start, count)"
            " SELECT :bucket, to_timestamp(:start), 1 WHERE NOT EXISTS (SELECT FROM passed)"
            " ON CONFLICT (bucket, window_start) DO UPDATE SET count = rate_limits.count + 1 RETURNING count)"
            " SELECT count FROM passed UNION ALL SELECT count FROM counted"
        ),
        {
            "bucket": tokens.stored_hash(f"rate:{command.kind}", command.who),
            "start": start,
            "limit": command.limit,
        },
    ).scalar_one()
    if count <= command.limit:
        return None
    return TooMany("too_many", {"retry_after": max(1, int(start + seconds - now.timestamp()))})
