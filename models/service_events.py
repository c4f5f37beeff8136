"""The events of a unit's own time and people: positions, absences, openings. Only its terminals hear of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from models.events import EVENTS, UnitEvent


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
    """Something that happened to an opening of the unit."""

    subjects: ClassVar[tuple[str, ...]] = ("opening_id",)

    opening_id: UUID

    @property
    def documents(self) -> tuple[str, ...]:
        return (f"opening/{self.opening_id}",)


@dataclass(frozen=True, kw_only=True)
class OpeningProposed(OpeningEvent):
    name: ClassVar[str] = "opening_proposed"


@dataclass(frozen=True, kw_only=True)
class OpeningApproved(OpeningEvent):
    name: ClassVar[str] = "opening_approved"


@dataclass(frozen=True, kw_only=True)
class OpeningRefused(OpeningEvent):
    name: ClassVar[str] = "opening_refused"


@dataclass(frozen=True, kw_only=True)
class OpeningWithdrawn(OpeningEvent):
    name: ClassVar[str] = "opening_withdrawn"


SERVICE_EVENTS: dict[str, type[UnitEvent]] = {
    event.name: event
    for event in (
        DutyStatusSet,
        AgentChanged,
        AbsenceDeclared,
        AbsenceCancelled,
        OpeningProposed,
        OpeningApproved,
        OpeningRefused,
        OpeningWithdrawn,
    )
}

ALL_EVENTS: dict[str, type[UnitEvent]] = {**EVENTS, **SERVICE_EVENTS}
