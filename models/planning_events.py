"""The events of a unit's planning: its sources come, fall silent, are heard and go; only its terminals hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from models.events import TELL_CHIEFS, Deferral, UnitEvent


@dataclass(frozen=True, kw_only=True)
class PlanningEvent(UnitEvent):
    """Something that happened to a planning source of the unit."""

    subjects: ClassVar[tuple[str, ...]] = ()

    planning_id: str

    @property
    def documents(self) -> tuple[str, ...]:
        return (f"planning/{self.planning_id}",)


@dataclass(frozen=True, kw_only=True)
class PlanningAdded(PlanningEvent):
    """Somebody has named a source; nothing has been read yet."""

    name: ClassVar[str] = "planning_added"


@dataclass(frozen=True, kw_only=True)
class PlanningSaid(PlanningEvent):
    """What the unit's sources say of its people is another than before.

    Args:
        touched: the absences and service positions of which terminals hold something else now. A calendar may have
            thousands, so the history keeps their number only.
    """

    touched: tuple[str, ...] = ()

    @property
    def documents(self) -> tuple[str, ...]:
        return (*super().documents, *self.touched)

    @property
    def data(self) -> dict[str, Any]:
        return {**{name: value for name, value in super().data.items() if name != "touched"}, "told": len(self.touched)}


@dataclass(frozen=True, kw_only=True)
class PlanningChanged(PlanningSaid):
    """Somebody has paused or resumed a source, or reads it from elsewhere or in another way (`how`)."""

    name: ClassVar[str] = "planning_changed"

    how: str


@dataclass(frozen=True, kw_only=True)
class PlanningRead(PlanningSaid):
    """A reading has brought something new: how many absences and positions came, and how many went."""

    name: ClassVar[str] = "planning_read"

    came: int
    went: int


@dataclass(frozen=True, kw_only=True)
class PlanningSilent(PlanningEvent):
    """It has been silent for longer than it may: what depends on it needs a confirmation from now on."""

    name: ClassVar[str] = "planning_silent"
    deferrals: ClassVar[tuple[Deferral, ...]] = (TELL_CHIEFS,)


@dataclass(frozen=True, kw_only=True)
class PlanningHeard(PlanningEvent):
    """It speaks again after a silence."""

    name: ClassVar[str] = "planning_heard"


@dataclass(frozen=True, kw_only=True)
class PlanningRevoked(PlanningSaid):
    """It is no longer read, and all that it said of today and later is gone."""

    name: ClassVar[str] = "planning_revoked"


PLANNING_EVENTS: dict[str, type[PlanningEvent]] = {
    event.name: event
    for event in (PlanningAdded, PlanningChanged, PlanningRead, PlanningSilent, PlanningHeard, PlanningRevoked)
}
