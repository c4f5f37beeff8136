"""Who asks. Every service takes an `Actor`; none looks it up by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    GENDARME = "gendarme"
    CHIEF = "chief"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class AgentActor:
    """A signed-in agent, as the database knew them when this request began."""

    agent_id: int
    name: str
    unit_id: int | None
    roles: frozenset[Role]

    @property
    def serves_in_unit(self) -> int | None:
        """The unit whose requests this agent may read and treat, or None for desk roles."""
        return self.unit_id if self.roles & {Role.GENDARME, Role.CHIEF} else None

    @property
    def is_chief(self) -> bool:
        return Role.CHIEF in self.roles


@dataclass(frozen=True)
class CitizenActor:
    """Somebody without an account; one of the ids is set when they came through a follow link."""

    request_id: UUID | None = None
    booking_id: UUID | None = None


@dataclass(frozen=True)
class PartnerActor:
    """A partner's machine; `scopes` are those of its key, and `unit_id` the one unit it is for (None: any)."""

    api_key_id: int
    scopes: frozenset[str]
    unit_id: int | None = None


@dataclass(frozen=True)
class SystemActor:
    """A job or the command line."""

    job: str


Actor = AgentActor | CitizenActor | PartnerActor | SystemActor
