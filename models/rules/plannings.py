"""A unit's planning sources: who may add and change one, what its state is called, and when it is asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.actor import AgentActor, Role
from models.rules.colleagues import Colleague, require_unit
from models.rules.errors import Forbidden, NotFound

# Two failures in a row are told as such: one poll in a thousand fails for no reason, and the next one mends it.
FAILING_AFTER = 2
LONGEST_WAIT = timedelta(hours=6)
# A table whose last day is past says nothing of today. Today's may come in the morning: nobody is told at midnight.
WITHOUT_A_WORD = timedelta(hours=12)
# What it is then refused for. It has answered all the same: nothing is wrong with where it is.
OVER = "over"


class Kind(StrEnum):
    ICAL = "ical"
    CALDAV = "caldav"
    POSITIONS_DAILY = "positions_daily"
    POSITIONS_FORECAST = "positions_forecast"

    @property
    def is_calendar(self) -> bool:
        """Whether it tells when one agent is not free; a table of positions names its agents itself."""
        return self in (Kind.ICAL, Kind.CALDAV)


# How long a source may be silent unless somebody says otherwise: what is asked by the clock is missed within a day,
# while a forecast that somebody hands in is for four weeks.
USUAL_SILENCE = timedelta(days=1)
HANDED_IN_SILENCE: Mapping[Kind, timedelta] = {
    Kind.POSITIONS_DAILY: timedelta(days=1),
    Kind.POSITIONS_FORECAST: timedelta(days=28),
}


class State(StrEnum):
    """What a source's state is called, the first of these that is true."""

    PAUSED = "paused"
    SILENT = "silent"
    FAILING = "failing"
    WAITING = "waiting"
    FRESH = "fresh"


@dataclass(frozen=True)
class Health:
    """What is known of how a source has been read; see `models.tables.PlanningSource`.

    Args:
        speaks_until: the end of the last day that a table names; None for calendars, and where that is not known.
    """

    created_at: datetime
    paused_at: datetime | None
    succeeded_at: datetime | None
    changed_at: datetime | None
    failures_in_a_row: int
    silent_since: datetime | None
    speaks_until: datetime | None = None


def state_of(health: Health) -> tuple[State, datetime]:
    """Return the state of a source and since when it has been so.

    A source fails since it was last read. One that is fresh is so since what it says has changed: since its last
    reading would be another instant at each poll, and each poll news for every terminal of the unit.
    """
    heard_at = health.succeeded_at or health.created_at
    if health.paused_at is not None:
        return State.PAUSED, health.paused_at
    if health.silent_since is not None:
        return State.SILENT, health.silent_since
    if health.failures_in_a_row >= FAILING_AFTER:
        return State.FAILING, heard_at
    if health.succeeded_at is None:
        return State.WAITING, health.created_at
    return State.FRESH, health.changed_at or heard_at


def silent_from(health: Health, silent_after: timedelta) -> datetime:
    """Return when a source has been silent for longer than it may, if nothing is heard of it until then.

    A table is not heard any more half a day after its last day, whenever it was last read.
    """
    limit = (health.succeeded_at or health.created_at) + silent_after
    return limit if health.speaks_until is None else min(limit, health.speaks_until + WITHOUT_A_WORD)


def is_silent(health: Health, silent_after: timedelta, now: datetime) -> bool:
    """Say whether a source has been silent for longer than it may; a paused one falls silent too."""
    return silent_from(health, silent_after) < now


def usual_silence(kind: Kind, poll_every: timedelta, *, is_asked: bool) -> timedelta:
    """Return how long a source may be silent unless somebody says otherwise; one missed poll is no silence.

    Args:
        is_asked: whether it has an address; otherwise it is only handed in.
    """
    return max(USUAL_SILENCE if is_asked else HANDED_IN_SILENCE[kind], 2 * poll_every)


def manages_plannings(actor: AgentActor) -> bool:
    """Say whether the actor answers for the whole unit's planning: its chief, or an administrator who serves in it."""
    return actor.serves_in_unit is not None and (actor.is_chief or Role.ADMINISTRATOR in actor.roles)


def add(actor: AgentActor, kind: Kind, owner: Colleague | None) -> int:
    """Return the unit to which the actor may add a source.

    Args:
        owner: whose calendar it is; of no meaning for a table of positions.

    Raises:
        Forbidden: `not_in_a_unit`; `chief_only` for a table of positions or a colleague's calendar.
        NotFound: `no_such_agent`: nobody of the actor's unit.
    """
    unit_id = require_unit(actor)
    if kind.is_calendar and (owner is None or owner.serves_in_unit != unit_id):
        raise NotFound("no_such_agent")
    own = kind.is_calendar and owner is not None and owner.agent_id == actor.agent_id
    if not own and not manages_plannings(actor):
        raise Forbidden("chief_only")
    return unit_id


def change(actor: AgentActor, unit_id: int | None, agent_id: int | None) -> None:
    """Let an agent change and revoke their own calendars, and who answers for the unit's planning everything of it.

    Args:
        unit_id: whose the source is; None: there is none, or it is revoked.

    Raises:
        Forbidden: `not_in_a_unit`.
        NotFound: `no_such_planning`: for everybody else there is none.
    """
    if require_unit(actor) != unit_id or not (agent_id == actor.agent_id or manages_plannings(actor)):
        raise NotFound("no_such_planning")


def failures_after(failures_in_a_row: int, code: str) -> int:
    """Return how many failures in a row there are once a source was refused for that.

    Yesterday's sheet, which lies there all night until today's takes its place, is none, and ends those before it: it
    is asked again as often as ever, and nobody is told of it before today's is late.
    """
    return 0 if code == OVER else failures_in_a_row + 1


def wait(poll_every: timedelta, failures_in_a_row: int, jitter: float) -> timedelta:
    """Return how long to wait until a source is asked again.

    Twice as long after each failure in a row, six hours at most: whoever was unreachable for a night is not asked a
    hundred times, and is heard again before noon.

    Args:
        jitter: from 0 to 1, drawn anew each time. Up to a tenth is added, so that sources which were added in one
            morning are not asked in one second for ever.
    """
    longest = max(poll_every, LONGEST_WAIT)
    doubled: int = 2 ** min(failures_in_a_row, 10)
    waited = min(poll_every * doubled, longest)
    return waited * (1 + jitter / 10)
