"""What an event says, whose feeds it touches and what must follow from it; and every event of a contact request.

The events of the unit's own time and people are in `models.service_events`. A new event is a new class; a table test
checks that each one reaches somebody.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Deferral:
    """A background job that must follow.

    Args:
        task: its registered name.
        queue: the worker's queue.
        priority: among what waits in the queue, the higher goes first.
    """

    task: str
    queue: str
    priority: int = 0


DELIVER = Deferral(task="deliver", queue="delivery")
# What waits from here on climbs until somebody has taken it; mails to citizens let it pass.
CLIMB = Deferral(task="climb", queue="calls", priority=10)
# What waited waits no longer: terminals that were called for it are told so.
CLEAR = Deferral(task="clear", queue="calls")
# The unit's chiefs hear of it on their terminals, once.
TELL_CHIEFS = Deferral(task="tell_chiefs", queue="calls")
# What gendarmes' agendas say is no longer what it was: another time, place, state, or other people.
EXPORT = Deferral(task="want_export", queue="upkeep")


@dataclass(frozen=True, kw_only=True)
class UnitEvent:
    """Something that happened in a unit at an instant, by an agent or (None) by others.

    `subjects` names the fields that say to what: each is a column of the history.
    """

    name: ClassVar[str]
    deferrals: ClassVar[tuple[Deferral, ...]] = ()
    subjects: ClassVar[tuple[str, ...]]
    # The fields in which somebody wrote freely: the history keeps them only as long as the request's own words.
    free_text: ClassVar[tuple[str, ...]] = ()

    at: datetime
    unit_id: int
    agent_id: int | None = None

    @property
    def unit_scopes(self) -> tuple[str, ...]:
        """The feeds in which the event's documents change."""
        return (unit_scope(self.unit_id),)

    @property
    def documents(self) -> tuple[str, ...]:
        """The keys of the documents that change."""
        raise NotImplementedError

    @property
    def follower_scopes(self) -> tuple[str, ...]:
        """The scopes besides the units' that hear of it."""
        return ()

    @property
    def subject(self) -> dict[str, Any]:
        """What it happened to, by column of the history."""
        return {name: getattr(self, name) for name in self.subjects}

    @property
    def data(self) -> dict[str, Any]:
        """The event's own fields, JSON-ready, for the history."""
        known = {*(f.name for f in fields(UnitEvent)), *self.subjects}
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in known}


@dataclass(frozen=True, kw_only=True)
class RequestEvent(UnitEvent):
    """Something that happened to a contact request."""

    subjects: ClassVar[tuple[str, ...]] = ("request_id",)

    request_id: UUID

    @property
    def documents(self) -> tuple[str, ...]:
        return (f"request/{self.request_id}",)

    @property
    def follower_scopes(self) -> tuple[str, ...]:
        """The scopes that the citizen's follow page listens to."""
        return (request_scope(self.request_id),)


@dataclass(frozen=True, kw_only=True)
class RequestCreated(RequestEvent):
    name: ClassVar[str] = "request_created"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLIMB)


@dataclass(frozen=True, kw_only=True)
class RequestAccepted(RequestEvent):
    name: ClassVar[str] = "request_accepted"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLEAR)


@dataclass(frozen=True, kw_only=True)
class RequestReleased(RequestEvent):
    name: ClassVar[str] = "request_released"
    deferrals: ClassVar[tuple[Deferral, ...]] = (CLIMB,)


@dataclass(frozen=True, kw_only=True)
class RequestTransferred(RequestEvent):
    """`unit_id` is where the request waits from now on; the unit it leaves learns it too."""

    name: ClassVar[str] = "request_transferred"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLIMB, CLEAR)
    free_text: ClassVar[tuple[str, ...]] = ("word",)

    from_unit_id: int
    word: str = ""

    @property
    def unit_scopes(self) -> tuple[str, ...]:
        return (unit_scope(self.unit_id), unit_scope(self.from_unit_id))


@dataclass(frozen=True, kw_only=True)
class RequestNoted(RequestEvent):
    """A note between gendarmes; the citizen never sees it."""

    name: ClassVar[str] = "request_noted"
    free_text: ClassVar[tuple[str, ...]] = ("text",)

    text: str

    @property
    def follower_scopes(self) -> tuple[str, ...]:
        # Even an empty poke would tell the citizen that something was written about them just now.
        return ()


@dataclass(frozen=True, kw_only=True)
class RequestClosed(RequestEvent):
    name: ClassVar[str] = "request_closed"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLEAR)

    outcome: str


@dataclass(frozen=True, kw_only=True)
class CitizenWordAdded(RequestEvent):
    name: ClassVar[str] = "citizen_word_added"
    free_text: ClassVar[tuple[str, ...]] = ("text",)

    text: str


@dataclass(frozen=True, kw_only=True)
class RequestWithdrawn(RequestEvent):
    name: ClassVar[str] = "request_withdrawn"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLEAR)


@dataclass(frozen=True, kw_only=True)
class RequestExpired(RequestEvent):
    name: ClassVar[str] = "request_expired"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER, CLEAR)


@dataclass(frozen=True, kw_only=True)
class RequestLate(RequestEvent):
    """Nobody has taken the request in time: the supervisors have it on their list, and the citizen is told."""

    name: ClassVar[str] = "request_late"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER,)


@dataclass(frozen=True, kw_only=True)
class RequestOpinionAsked(RequestEvent):
    """It was closed the day before: the citizen is asked how it was, once."""

    name: ClassVar[str] = "request_opinion_asked"
    deferrals: ClassVar[tuple[Deferral, ...]] = (DELIVER,)


@dataclass(frozen=True, kw_only=True)
class RequestErased(RequestEvent):
    """The retention period is over: personal data is gone, terminals forget theirs."""

    name: ClassVar[str] = "request_erased"


# What happens to contact requests: these have a citizen behind them, who is told and later forgotten.
EVENTS: dict[str, type[RequestEvent]] = {
    event.name: event
    for event in (
        RequestCreated,
        RequestAccepted,
        RequestReleased,
        RequestTransferred,
        RequestNoted,
        RequestClosed,
        CitizenWordAdded,
        RequestWithdrawn,
        RequestExpired,
        RequestLate,
        RequestOpinionAsked,
        RequestErased,
    )
}


def unit_scope(unit_id: int) -> str:
    """The feed of a unit's terminals."""
    return f"unit:{unit_id}"


def request_scope(request_id: UUID) -> str:
    """The feed of whoever follows one request."""
    return f"request:{request_id}"


def supervisors_scope() -> str:
    """What the supervisors listen to: their list of what nobody has taken in time has changed."""
    return "supervisors"
