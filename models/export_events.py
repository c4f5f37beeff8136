"""The events of gendarmes' agendas: an export comes, stands still, and goes; only the unit's terminals hear of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from models.events import UnitEvent


@dataclass(frozen=True, kw_only=True)
class ExportEvent(UnitEvent):
    """Something that happened to an export of the appointments of `about_agent_id`."""

    subjects: ClassVar[tuple[str, ...]] = ("about_agent_id",)

    about_agent_id: int
    export_id: str
    kind: str

    @property
    def documents(self) -> tuple[str, ...]:
        # A colleague's document says which of their agendas stand still.
        return (f"agent/{self.about_agent_id}",)


@dataclass(frozen=True, kw_only=True)
class ExportAdded(ExportEvent):
    name: ClassVar[str] = "export_added"


@dataclass(frozen=True, kw_only=True)
class ExportChanged(ExportEvent):
    """Somebody has `paused`, `resumed`, `renamed` or `readdressed` it."""

    name: ClassVar[str] = "export_changed"

    how: str


@dataclass(frozen=True, kw_only=True)
class ExportStopped(ExportEvent):
    """Nothing more is tried until somebody has done something about it; `cause` as `CalendarExport.pause_cause`."""

    name: ClassVar[str] = "export_stopped"

    cause: str


@dataclass(frozen=True, kw_only=True)
class ExportFailing(ExportEvent):
    """It has not been brought into line for too long, because of `cause`, and is tried again all the same."""

    name: ClassVar[str] = "export_failing"

    cause: str


@dataclass(frozen=True, kw_only=True)
class ExportRecovered(ExportEvent):
    """What was told as failing is in line again."""

    name: ClassVar[str] = "export_recovered"


@dataclass(frozen=True, kw_only=True)
class ExportRevoked(ExportEvent):
    """Nothing more is written there; what was written is taken out."""

    name: ClassVar[str] = "export_revoked"


@dataclass(frozen=True, kw_only=True)
class ExportEnded(ExportEvent):
    """The address is forgotten; `emptied` is false when what we had written there had to be left."""

    name: ClassVar[str] = "export_ended"

    emptied: bool


@dataclass(frozen=True, kw_only=True)
class AgendaWordsSet(UnitEvent):
    """The unit lets its gendarmes' agendas say more of an appointment, or less."""

    name: ClassVar[str] = "agenda_words_set"
    subjects: ClassVar[tuple[str, ...]] = ()

    shows_subject: bool
    shows_place: bool

    @property
    def documents(self) -> tuple[str, ...]:
        return (f"unit/{self.unit_id}",)


EXPORT_EVENTS: dict[str, type[UnitEvent]] = {
    event.name: event
    for event in (
        ExportAdded,
        ExportChanged,
        ExportStopped,
        ExportFailing,
        ExportRecovered,
        ExportRevoked,
        ExportEnded,
        AgendaWordsSet,
    )
}
