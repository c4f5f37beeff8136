"""A reason's terms, as the rules of slots take them: one place for searching and for booking."""

from __future__ import annotations

from datetime import timedelta

from models.rules.slots import BookingTerms
from models.tables import Reason


def terms_of(reason: Reason) -> BookingTerms:
    """Return what a reason asks of an appointment."""
    return BookingTerms(
        duration=timedelta(minutes=reason.duration_minutes),
        buffer=timedelta(minutes=reason.buffer_minutes),
        notice=timedelta(minutes=reason.notice_minutes),
        horizon=timedelta(days=reason.horizon_days),
    )
