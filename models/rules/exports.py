"""A gendarme's exports: who may have one, what its state is called, and when a worker looks at it again.

waiting ──▶ fresh ◀──▶ failing
   │          │           │  sign_in, forbidden, gone
   │          │           ▼
   └──────────┴──────▶ paused          (a person pauses and resumes)
              │ revoke
              ▼
           ending ──▶ ended            (what was written there is taken out first, for a week at most)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.actor import AgentActor, Role
from models.rules.colleagues import Colleague, require_unit, speak_for
from models.rules.errors import Forbidden, NotFound

# Two failures in a row are told as such: one visit in a thousand fails for no reason, and the next one mends it.
FAILING_AFTER = 2
# However long an agenda answers, its worker gives up before this: then another one may take it in hand.
LEASE = timedelta(minutes=5)
# Nobody tells us what a gendarme does in the agenda.
LOOK_AGAIN = timedelta(minutes=30)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
# A server that wants to be left alone for longer than this is asked again all the same.
LONGEST_ASKED = timedelta(days=1)
# For so long a server may be away before anybody is to look after it.
TOLD_AFTER = timedelta(hours=6)
# One whose time came so long ago, and where nobody has been since, is not in line whatever its last visit found.
UNVISITED_AFTER = timedelta(hours=1)
# Its code: nobody has failed there, too many wait before it.
UNVISITED = "unvisited"
# After this, what stands in an agenda that lets nobody in stays there.
GIVE_UP_ENDING = timedelta(days=7)
MOST_OF_AN_AGENT = 5
# What a person or a change wants goes before what is only looked at again.
WANTED_PRIORITY = 5
BY_PERSON = "person"


class Kind(StrEnum):
    FEED = "feed"
    CALDAV = "caldav"
    MAIL = "mail"


class State(StrEnum):
    """What an export's state is called, the first of these that is true."""

    ENDING = "ending"
    PAUSED = "paused"
    FAILING = "failing"
    WAITING = "waiting"
    FRESH = "fresh"


class Result(StrEnum):
    """What has become of a visit to an agenda; see docs/calendars.md."""

    DONE = "done"
    SIGN_IN = "sign_in"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    CONFLICT = "conflict"
    REFUSED = "refused"
    RETRY = "retry"
    # It went well as far as it went: the rest is for the next visit, which begins at once.
    GOES_ON = "goes_on"
    # The keys were changed without keeping the old one: the address has to be entered again.
    UNSEALABLE = "unsealable"


# Whoever tries again fares the same until a person has done something.
PAUSING = frozenset({Result.SIGN_IN, Result.FORBIDDEN, Result.GONE, Result.UNSEALABLE})


@dataclass(frozen=True)
class Health:
    """What is known of an export; see `models.tables.CalendarExport`."""

    paused: bool
    revoked: bool
    succeeded_at: datetime | None
    failures_in_a_row: int
    failure_code: str | None


def state_of(health: Health) -> State:
    """Return the state of an export."""
    if health.revoked:
        return State.ENDING
    if health.paused:
        return State.PAUSED
    if health.failures_in_a_row >= FAILING_AFTER or health.failure_code == UNVISITED:
        return State.FAILING
    return State.WAITING if health.succeeded_at is None else State.FRESH


def manages_exports(actor: AgentActor) -> bool:
    """Say whether the actor answers for all agendas of the unit: its chief, or an administrator who serves in it."""
    return actor.serves_in_unit is not None and (actor.is_chief or Role.ADMINISTRATOR in actor.roles)


def add(actor: AgentActor, owner: Colleague | None) -> Colleague:
    """Return the agent whose appointments the actor may let out: themself, or whom they answer for.

    Raises:
        Forbidden, NotFound: as `models.rules.colleagues.speak_for`.
    """
    if owner is not None and manages_exports(actor) and owner.serves_in_unit == actor.serves_in_unit:
        return owner
    return speak_for(actor, owner)


def change(actor: AgentActor, unit_id: int, agent_id: int) -> None:
    """Let the agent whose appointments they are, and whoever answers for the unit, change or end an export.

    Raises:
        Forbidden: `not_in_a_unit`.
        NotFound: `no_such_export`: for everybody else there is none.
    """
    if unit_id != require_unit(actor) or not (agent_id == actor.agent_id or manages_exports(actor)):
        raise NotFound("no_such_export")


def set_shown(actor: AgentActor) -> int:
    """Return the unit whose agendas the actor may let say more.

    Raises:
        Forbidden: `not_in_a_unit` or `chief_only`.
    """
    unit_id = require_unit(actor)
    if not manages_exports(actor):
        raise Forbidden("chief_only")
    return unit_id


def look_priority(failures_in_a_row: int) -> int:
    """Return how an agenda that is only looked at again stands in the queue: the more often it has failed the later.

    A server that lets every worker wait for its answer keeps only those waiting that fare no better.
    """
    return -min(failures_in_a_row, 10)


def next_look(result: Result, failures: int, now: datetime, retry_at: datetime | None = None) -> datetime:
    """Return when a worker looks again after a visit.

    Args:
        failures: in a row, this one among them.
        retry_at: before when the server wants to hear nothing.
    """
    if result in (Result.DONE, Result.REFUSED):
        # What is refused is our mistake or the address's, and no less so in a minute.
        return now + LOOK_AGAIN
    wait = now + min(FIRST_WAIT * (1 << min(failures - 1, 10)), LONGEST_WAIT)
    return wait if retry_at is None else max(wait, min(retry_at, now + LONGEST_ASKED))


def is_told_failing(well_at: datetime, failed_at: datetime, failures: int) -> bool:
    """Say whether an agenda has been failing for so long that its unit is told, although it is still tried.

    Args:
        well_at: when it was last brought into line, or else added.
        failed_at: when it last failed: it is a visit that makes it so, never the clock.
    """
    return failures >= FAILING_AFTER and failed_at - well_at >= TOLD_AFTER


def is_given_up(result: Result, revoked_at: datetime, now: datetime) -> bool:
    """Say whether an export that is ending is over although its agenda was not emptied."""
    return result in (Result.GONE, Result.UNSEALABLE) or now - revoked_at >= GIVE_UP_ENDING
