"""The events of a unit's own time and people: positions, absences, openings. Only its terminals hear of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from models.appointment_events import APPOINTMENT_EVENTS
from models.events import EVENTS, UnitEvent
from models.export_events import EXPORT_EVENTS
from models.planning_events import PLANNING_EVENTS


@dataclass(frozen=True, kw_only=True)
class AgentEvent(UnitEvent):
    """Something that happened to an agent of the unit (`about_agent_id`)."""

    subjects: ClassVar[tuple[str, ...]] = ("about_agent_id",)

    about_agent_id: int


@dataclass(frozen=True, kw_only=True)
class DutyStatusSet(AgentEvent):
    """An agent's service position changed; `until` is ISO 8601, None when it stands until further notice."""

    name: ClassVar[str] = "duty_status_set"

    status: str
    until: str | None

    @property
    def documents(self) -> tuple[str, ...]:
        return (f"duty/{self.about_agent_id}",)


@dataclass(frozen=True, kw_only=True)
class AgentChanged(AgentEvent):
    """A colleague came, left, or has other roles."""

    name: ClassVar[str] = "agent_changed"

    @property
    def documents(self) -> tuple[str, ...]:
        # Who leaves takes their service position with them.
        return (f"agent/{self.about_agent_id}", f"duty/{self.about_agent_id}")


@dataclass(frozen=True, kw_only=True)
class AbsenceEvent(UnitEvent):
    """Something that happened to an absence of an agent of the unit."""

    subjects: ClassVar[tuple[str, ...]] = ("absence_id", "about_agent_id")

    absence_id: UUID
    about_agent_id: int
    # It came or went with an intervention and nobody said so by itself.
    intervention: bool = False

    @property
    def documents(self) -> tuple[str, ...]:
        return (f"absence/{self.absence_id}",)


@dataclass(frozen=True, kw_only=True)
class AbsenceDeclared(AbsenceEvent):
    name: ClassVar[str] = "absence_declared"


@dataclass(frozen=True, kw_only=True)
class AbsenceCancelled(AbsenceEvent):
    name: ClassVar[str] = "absence_cancelled"


@dataclass(frozen=True, kw_only=True)
class OpeningEvent(UnitEvent):
    """Something that happened to an opening of the unit; `occurrence_ids` are those that terminals may hold."""

    subjects: ClassVar[tuple[str, ...]] = ("opening_id",)

    opening_id: UUID
    occurrence_ids: tuple[str, ...] = ()

    @property
    def documents(self) -> tuple[str, ...]:
        return (f"opening/{self.opening_id}", *(f"occurrence/{one}" for one in self.occurrence_ids))


@dataclass(frozen=True, kw_only=True)
class OpeningProposed(OpeningEvent):
    name: ClassVar[str] = "opening_proposed"


@dataclass(frozen=True, kw_only=True)
class OpeningAmended(OpeningEvent):
    """The chief changed a proposal before deciding about it."""

    name: ClassVar[str] = "opening_amended"


@dataclass(frozen=True, kw_only=True)
class OpeningApproved(OpeningEvent):
    name: ClassVar[str] = "opening_approved"


@dataclass(frozen=True, kw_only=True)
class OpeningRefused(OpeningEvent):
    name: ClassVar[str] = "opening_refused"


@dataclass(frozen=True, kw_only=True)
class OpeningWithdrawn(OpeningEvent):
    name: ClassVar[str] = "opening_withdrawn"


@dataclass(frozen=True, kw_only=True)
class OccurrenceChanged(OpeningEvent):
    """One occurrence was moved, shortened, dropped or restored; `day` is the one that the recurrence gives."""

    name: ClassVar[str] = "occurrence_changed"

    day: str


@dataclass(frozen=True, kw_only=True)
class OpeningExtended(OpeningEvent):
    """More occurrences of an approved opening are stored, because time went by."""

    name: ClassVar[str] = "opening_extended"


@dataclass(frozen=True, kw_only=True)
class HolidaySet(UnitEvent):
    """The unit says whether a day is a public holiday for it; `holiday` is its name, None for an ordinary day.

    `occurrence_ids` are those that this closed or opened again.
    """

    name: ClassVar[str] = "holiday_set"
    subjects: ClassVar[tuple[str, ...]] = ()

    day: str
    holiday: str | None
    occurrence_ids: tuple[str, ...] = ()

    @property
    def documents(self) -> tuple[str, ...]:
        return (f"holidays/{self.unit_id}", *(f"occurrence/{one}" for one in self.occurrence_ids))


SERVICE_EVENTS: dict[str, type[UnitEvent]] = {
    event.name: event
    for event in (
        DutyStatusSet,
        AgentChanged,
        AbsenceDeclared,
        AbsenceCancelled,
        OpeningProposed,
        OpeningAmended,
        OpeningApproved,
        OpeningRefused,
        OpeningWithdrawn,
        OccurrenceChanged,
        OpeningExtended,
        HolidaySet,
    )
}

ALL_EVENTS: dict[str, type[UnitEvent]] = {
    **EVENTS,
    **SERVICE_EVENTS,
    **APPOINTMENT_EVENTS,
    **EXPORT_EVENTS,
    **PLANNING_EVENTS,
}
