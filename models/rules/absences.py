"""What an absence must be, who may cancel it, and how long terminals hold it.

That two absences of one agent do not overlap is no rule here: a constraint of the database decides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.rules.actor import AgentActor
from models.rules.colleagues import require_chief, require_unit
from models.rules.duty import Source
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.openings import FORTNIGHT
from models.rules.request_lifecycle import Verdict

# A terminal may have been offline for days; what is older is no longer of use to anybody.
OLDEST = timedelta(days=7)
LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=731)


@dataclass(frozen=True)
class AbsenceFacts:
    """What the rules need to know of an absence; `unit_id` is where its agent serves now."""

    agent_id: int
    unit_id: int | None
    source: Source
    is_cancelled: bool


def declare(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Check the bounds of an absence.

    Raises:
        Invalid: `ends_at` is `before_start`, `too_old` (over for a week) or `too_long` (over 366 days), or
            `starts_at` is `too_far` (two years).
    """
    if ends_at <= starts_at:
        raise _invalid("ends_at", "before_start")
    if now - ends_at > OLDEST:
        raise _invalid("ends_at", "too_old")
    if ends_at - starts_at > LONGEST:
        raise _invalid("ends_at", "too_long")
    if starts_at - now > FARTHEST:
        raise _invalid("starts_at", "too_far")


def cancel(absence: AbsenceFacts, actor: AgentActor) -> Verdict:
    """Decide whether the absence goes: its own agent, or the unit's chief.

    Raises:
        Forbidden: `chief_only` for a colleague's.
        NotFound: `no_such_absence`: none of the actor's unit.
        Conflict: `absence_imported`: it comes from the planning and goes there.
    """
    if absence.unit_id != require_unit(actor):
        raise NotFound("no_such_absence")
    if absence.agent_id != actor.agent_id:
        require_chief(actor)
    if absence.source is not Source.OWN:
        raise Conflict("absence_imported")
    return Verdict.NOOP if absence.is_cancelled else Verdict.APPLY


def is_held(ends_at: datetime, is_cancelled: bool, midnight: datetime) -> bool:
    """Say whether terminals hold an absence on the day that begins at `midnight`: today's and all that come."""
    return not is_cancelled and ends_at > midnight


def is_imported_held(starts_at: datetime, ends_at: datetime, midnight: datetime) -> bool:
    """Say the same of an imported one: only those that begin within the fortnight, because a calendar has thousands."""
    return ends_at > midnight and starts_at < midnight + FORTNIGHT


def _invalid(field: str, code: str) -> Invalid:
    return Invalid("invalid_arguments", {"fields": {field: code}})
