"""What a partner's key may do, and how a key is written."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from enum import StrEnum

# Tells people and programs that search files for lost secrets what they have found.
KEY_PREFIX = "bn_"
KEY_BYTES = 32
# Writing the last use at every call would make each read a write.
LAST_USE_STEP = timedelta(minutes=1)
LONGEST_NAME = 120


class Scope(StrEnum):
    """What a key opens; one may have several."""

    SLOTS_READ = "slots:read"
    BOOKINGS_WRITE = "bookings:write"
    # The whole of the remote complaints' interface, and nothing else.
    VISIOPLAINTE = "visioplainte"


def draw_key(urlsafe: Callable[[int], str]) -> str:
    """Draw a key of 256 random bits.

    Args:
        urlsafe: returns so many random bytes as base64url, such as `secrets.token_urlsafe`.
    """
    return KEY_PREFIX + urlsafe(KEY_BYTES)


def key_problems(name: str, scopes: Collection[Scope], unit_id: int | None, reason_code: str | None) -> dict[str, str]:
    """Name what a new key lacks, by field (`missing`, `too_long`); whether unit and reason exist is not asked here.

    The remote complaints' interface names neither unit nor reason in its calls: its keys must.
    """
    found: dict[str, str] = {}
    if not name.strip():
        found["name"] = "missing"
    elif len(name.strip()) > LONGEST_NAME:
        found["name"] = "too_long"
    if not scopes:
        found["scope"] = "missing"
    if Scope.VISIOPLAINTE in scopes:
        if unit_id is None:
            found["unit"] = "missing"
        if reason_code is None:
            found["reason"] = "missing"
    return found


def use_is_due(last_used_at: datetime | None, now: datetime) -> bool:
    """Whether the use at `now` is written down."""
    return last_used_at is None or now - last_used_at >= LAST_USE_STEP
