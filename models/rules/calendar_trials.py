"""Who may have an address tested before it becomes a planning source or an export, and how long a test is good for."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from models.rules import plannings
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit
from models.rules.errors import Forbidden

# Whoever tests looks at the screen, and does not look for longer; no password is sent anywhere after that.
GOOD_FOR = timedelta(minutes=10)


class TrialKind(StrEnum):
    ICAL = "ical"
    CALDAV = "caldav"
    POSITIONS_DAILY = "positions_daily"
    POSITIONS_FORECAST = "positions_forecast"
    CALDAV_EXPORT = "caldav_export"

    @property
    def is_table(self) -> bool:
        """Whether it is a table of positions."""
        return self in (TrialKind.POSITIONS_DAILY, TrialKind.POSITIONS_FORECAST)


def ask(actor: AgentActor, kind: TrialKind) -> int:
    """Return the unit for which the actor may have an address tested.

    Raises:
        Forbidden: `not_in_a_unit`; `chief_only` for a table of positions.
    """
    unit_id = require_unit(actor)
    if kind.is_table and not plannings.manages_plannings(actor):
        raise Forbidden("chief_only")
    return unit_id


def is_over(created_at: datetime, now: datetime) -> bool:
    """Say whether nobody waits for a test any more."""
    return now - created_at > GOOD_FOR
