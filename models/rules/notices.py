"""How far a notice to a citizen has come."""

from __future__ import annotations

from enum import StrEnum


class NoticeState(StrEnum):
    """In rising order: a state only ever moves up, because receipts and reports are repeated and overtake each other.

    Whatever has arrived proves an earlier failure wrong. `SENT`: the relay, the provider or the push service has it;
    `DELIVERED`: the device has it; `SEEN`: somebody opened it, or the page that it leads to.
    """

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    SEEN = "seen"


def rises(before: NoticeState, after: NoticeState) -> bool:
    """Say whether `after` is news to whoever knows `before`."""
    order = tuple(NoticeState)
    return order.index(after) > order.index(before)
