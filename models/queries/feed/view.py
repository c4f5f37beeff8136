"""Through whose eyes documents are read: a unit, at an instant, on a day of its own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

Bodies = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class View:
    """A unit's terminals at `now`."""

    unit_id: int
    time_zone: str
    now: datetime

    @property
    def day(self) -> date:
        """The day it is in the unit."""
        return self.now.astimezone(ZoneInfo(self.time_zone)).date()

    def midnight(self, day: date) -> datetime:
        """The instant at which a day begins in the unit."""
        return datetime.combine(day, time.min, ZoneInfo(self.time_zone)).astimezone(UTC)


def iso(at: datetime | None) -> str | None:
    """An instant as documents have it: ISO 8601 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat()


def person(agent_id: int | None, name: str | None) -> dict[str, Any] | None:
    """Somebody of the gendarmerie, as documents name them."""
    return None if agent_id is None else {"id": agent_id, "name": name}
