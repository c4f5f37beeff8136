"""What an export by mail remembers of the mails that a relay would not take for its mailbox, among what it knows.

A mail that is refused for good is refused again half an hour later: it is not sent again until the appointment says
something else, or until somebody lets the export be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

INTRODUCTION = "refused.introduction"
_PREFIX = "refused."


def refused_name(booking_id: UUID, digest: bytes) -> str:
    """The name of one invitation that was refused: what it said, and of which booking."""
    return f"{_PREFIX}{booking_id}.{digest.hex()}"


def refused_of(known: Iterable[str]) -> frozenset[str]:
    """The mails that were refused, of all that an export knows."""
    return frozenset(name for name in known if name.startswith(_PREFIX))


def count_refused(known: Iterable[str]) -> int:
    """How many invitations have not arrived; the mail that introduces them is none."""
    return len(refused_of(known) - {INTRODUCTION})
