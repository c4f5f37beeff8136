"""What may happen to an opening, and to whom it is allowed.

              approve (chief)
    proposed ────────────────▶ approved
     │    │                       │
     │    │ refuse (chief)        │ withdraw (chief)
     │    └────────────▶ refused  ▼
     │ withdraw (proposer, chief) withdrawn
     └───────────────────────────────▶

First commit wins. A proposal is not bookable; only what the chief approved is. The chief may amend a proposal; one
occurrence of what comes back can be moved, shortened or dropped alone, before the decision and after it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.rules.actor import AgentActor
from models.rules.colleagues import Colleague, require_chief, require_unit
from models.rules.errors import Conflict, Forbidden, Invalid, NotFound
from models.rules.occurrences import HolidayRule
from models.rules.opening_series import NoOccurrence, series_end
from models.rules.recurrence import Recurrence
from models.rules.request_lifecycle import Verdict

LONGEST = timedelta(hours=24)
FARTHEST = timedelta(days=366)
MOST_COUNTERS = 20
# Terminals hold the coming fortnight, whatever waits for a decision, and decisions of the last week, so that
# whoever proposed something far ahead reads what became of it.
FORTNIGHT = timedelta(days=15)
DECISION_STAYS = timedelta(days=7)


class State(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class PlaceKind(StrEnum):
    UNIT = "unit"
    TOWN_HALL = "town_hall"
    FRANCE_SERVICES = "france_services"
    HOME = "home"
    VIDEO = "video"


class Handling(StrEnum):
    """What becomes of an appointment whose opening goes: another time, another counter at the same time, or its end."""

    REOFFER = "reoffer"
    MOVE = "move"
    CANCEL = "cancel"


# Without its name nobody would know where to go.
NAMED_PLACES = frozenset({PlaceKind.TOWN_HALL, PlaceKind.FRANCE_SERVICES})


@dataclass(frozen=True)
class Proposal:
    """An opening as somebody proposes it; no reason code means every reason, no agent anybody of the unit.

    With a recurrence, the times are those of the first occurrence, and on the unit's clock of every one.
    """

    starts_at: datetime
    ends_at: datetime
    counters: int
    reason_codes: tuple[str, ...]
    place_kind: PlaceKind
    place_name: str
    agent_id: int | None
    recurrence: Recurrence | None = None
    holiday_rule: HolidayRule = HolidayRule.CLOSED


@dataclass(frozen=True)
class OpeningFacts:
    """What the rules need to know of an opening; who decided and when explains a conflict.

    `ends_at` is the end of its last occurrence, None for one without end.
    """

    unit_id: int
    state: State
    proposed_by_id: int
    ends_at: datetime | None
    decided_by_name: str | None
    decided_at: datetime | None


def propose(
    proposal: Proposal,
    actor: AgentActor,
    now: datetime,
    *,
    reasons: Collection[str],
    named: Colleague | None,
    zone: ZoneInfo,
) -> int:
    """Check a proposal and return the unit that it is for.

    Args:
        reasons: codes of the reasons that citizens may choose.
        named: the agent whom `proposal.agent_id` names, when there is one.
        zone: the unit's; on its clock the occurrences keep their times.

    Raises:
        Forbidden: `not_in_a_unit`.
        NotFound: `no_such_agent`: the named one is not of the unit.
        Conflict: `opening_over`: it ended before the proposal arrived.
        Invalid: by field: `before_start`, `too_long` (24 h), `too_far` (366 days), `out_of_range` (1 to 20 counters),
            `one_for_an_agent` (a named agent has one counter), `unknown` (reasons), `missing` (the place's name),
            `recurrence`: `no_occurrence` (its rule gives no day before its end) or `too_far` (it ends in over 5 years).
    """
    unit_id = require_unit(actor)
    fields = check_times(proposal.starts_at, proposal.ends_at, now)
    if not 1 <= proposal.counters <= MOST_COUNTERS:
        fields["counters"] = "out_of_range"
    elif proposal.agent_id is not None and proposal.counters != 1:
        fields["counters"] = "one_for_an_agent"
    if not set(proposal.reason_codes) <= set(reasons):
        fields["reasons"] = "unknown"
    if proposal.place_kind in NAMED_PLACES and not proposal.place_name:
        fields["place_name"] = "missing"
    over_at: datetime | None = None
    if "ends_at" not in fields:
        try:
            over_at = series_end(proposal.starts_at, proposal.ends_at, proposal.recurrence, zone, now)
        except NoOccurrence as none:
            fields["recurrence"] = none.code
    if fields:
        raise Invalid("invalid_arguments", {"fields": fields})
    if proposal.agent_id is not None and (named is None or named.serves_in_unit != unit_id):
        raise NotFound("no_such_agent")
    if over_at is not None and over_at <= now:
        raise Conflict("opening_over")
    return unit_id


def check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> dict[str, str]:
    """Return what is wrong with the times of one occurrence, by field: `before_start`, `too_long`, `too_far`."""
    fields: dict[str, str] = {}
    if ends_at <= starts_at:
        fields["ends_at"] = "before_start"
    elif ends_at - starts_at > LONGEST:
        fields["ends_at"] = "too_long"
    if starts_at - now > FARTHEST:
        fields["starts_at"] = "too_far"
    return fields


def amend(opening: OpeningFacts, actor: AgentActor, *, same: bool) -> Verdict:
    """Decide whether the chief changes a proposal before deciding about it.

    Args:
        same: the opening is already as the amendment wants it.

    Raises:
        NotFound, Forbidden: as `approve`.
        Conflict: `already_decided`; what is approved is withdrawn, or one occurrence of it changed.
    """
    _require_chief_of_its_unit(opening, actor)
    _require_state(opening, State.PROPOSED)
    return Verdict.NOOP if same else Verdict.APPLY


def approve(opening: OpeningFacts, actor: AgentActor, now: datetime) -> Verdict:
    """Decide whether the unit receives as proposed.

    Raises:
        NotFound: `no_such_opening`: none of the actor's unit.
        Forbidden: `chief_only`.
        Conflict: `already_decided` (with `state`, `by`, `at`), or `opening_over`.
    """
    _require_chief_of_its_unit(opening, actor)
    if opening.state is State.APPROVED:
        return Verdict.NOOP
    _require_state(opening, State.PROPOSED)
    _require_to_come(opening.ends_at, now)
    return Verdict.APPLY


def change_occurrence(
    opening: OpeningFacts, actor: AgentActor, now: datetime, *, over_at: datetime | None, same: bool
) -> Verdict:
    """Decide whether one occurrence gets times of its own: by the chief, or by who proposed while nobody has decided.

    Args:
        over_at: when the occurrence is over as it stands; None: the opening has none on that day.
        same: it is already as the change wants it.

    Raises:
        NotFound: as `approve`, or `no_such_occurrence`.
        Forbidden: `not_yours`.
        Conflict: `already_decided`, or `opening_over`: what is over is not changed any more.
    """
    _require_its_unit(opening, actor)
    if not actor.is_chief and opening.proposed_by_id != actor.agent_id:
        raise Forbidden("not_yours")
    _require_state(opening, *((State.PROPOSED, State.APPROVED) if actor.is_chief else (State.PROPOSED,)))
    if over_at is None:
        raise NotFound("no_such_occurrence")
    if same:
        return Verdict.NOOP
    _require_to_come(over_at, now)
    return Verdict.APPLY


def refuse(opening: OpeningFacts, actor: AgentActor) -> Verdict:
    """Decide whether the proposal is turned down.

    Raises:
        NotFound, Forbidden: as `approve`.
        Conflict: `already_decided`; what is approved is withdrawn instead.
    """
    _require_chief_of_its_unit(opening, actor)
    if opening.state is State.REFUSED:
        return Verdict.NOOP
    _require_state(opening, State.PROPOSED)
    return Verdict.APPLY


def withdraw(opening: OpeningFacts, actor: AgentActor) -> Verdict:
    """Decide whether the opening goes: the chief at any time, who proposed it only while nobody has decided.

    Raises:
        NotFound: as `approve`.
        Forbidden: `not_yours`: somebody else's proposal.
        Conflict: `already_decided`: it was refused, or it was approved and the actor is no chief.
    """
    _require_its_unit(opening, actor)
    if not actor.is_chief and opening.proposed_by_id != actor.agent_id:
        raise Forbidden("not_yours")
    if opening.state is State.WITHDRAWN:
        return Verdict.NOOP
    _require_state(opening, *((State.PROPOSED, State.APPROVED) if actor.is_chief else (State.PROPOSED,)))
    return Verdict.APPLY


def is_held(
    starts_at: datetime, ends_at: datetime | None, state: State, decided_at: datetime | None, midnight: datetime
) -> bool:
    """Say whether terminals hold an opening on the day that begins at `midnight` in the unit's zone.

    Args:
        starts_at: of the first occurrence.
        ends_at: of the last one; None: without end.
    """
    if ends_at is not None and ends_at <= midnight:
        return False
    if state is State.PROPOSED or starts_at < midnight + FORTNIGHT:
        return True
    return decided_at is not None and decided_at >= midnight - DECISION_STAYS


def _require_its_unit(opening: OpeningFacts, actor: AgentActor) -> None:
    if opening.unit_id != require_unit(actor):
        raise NotFound("no_such_opening")


def _require_chief_of_its_unit(opening: OpeningFacts, actor: AgentActor) -> None:
    _require_its_unit(opening, actor)
    require_chief(actor)


def _require_to_come(ends_at: datetime | None, now: datetime) -> None:
    if ends_at is not None and ends_at <= now:
        raise Conflict("opening_over")


def _require_state(opening: OpeningFacts, *states: State) -> None:
    if opening.state not in states:
        at = opening.decided_at.isoformat() if opening.decided_at else None
        raise Conflict("already_decided", {"state": opening.state.value, "by": opening.decided_by_name, "at": at})
