"""What may happen to an appointment.

    held ──────────▶ requested ──────────▶ confirmed ──────────▶ honoured | no_show
     │    book          │       approve        │       outcome
     │                  │                      ├── move (another appointment takes its place) ──▶ moved
     │                  └── move, cancel ──────┴── cancel (citizen or unit) ────────────────────▶ cancelled
     ├── book (a reason that needs no approval) ──▶ confirmed
     ├── let go ──▶ cancelled
     └── ten minutes pass (an offer: its own time) ──▶ expired

Who comes is decided first (capacity), which gendarme receives later (name): taking one changes no state.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

HOLD = timedelta(minutes=10)


class State(StrEnum):
    HELD = "held"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    HONOURED = "honoured"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    MOVED = "moved"
    EXPIRED = "expired"


# These take their counter's time, and their gendarmes'; the database lets no two of them overlap.
OCCUPYING = frozenset({State.HELD, State.REQUESTED, State.CONFIRMED})
BOOKED = frozenset({State.REQUESTED, State.CONFIRMED})


class Offer(StrEnum):
    """Why the unit holds a time for a citizen."""

    EARLIER = "earlier"
    INSTEAD = "instead"


class EndedBy(StrEnum):
    CITIZEN = "citizen"
    UNIT = "unit"
    TIME = "time"
