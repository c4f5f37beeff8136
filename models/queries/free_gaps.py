"""The free stretches in which a reason's appointment could begin, as booking itself needs them: with their window.

Searching is `models.queries.slots`; this reads the few gaps around one start, or before one, under the unit's lock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, any_, func, literal, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.queries.slot_search import (
    agents_of,
    agents_serving,
    gaps_serving,
    resources_serving,
    spanned,
    times_of,
)
from models.queries.staffing import capacity_of
from models.queries.taken_time import is_agent, taken_times
from models.rules.intervals import Interval
from models.rules.slots import BookingTerms, Gap, Slot, best_choice, is_bookable, slots_from_gaps
from models.tables import (
    Agent,
    AppointmentAgent,
    AppointmentResource,
    FreeTime,
    OpeningWindow,
    PlanningSource,
    Reason,
    Resource,
)


@dataclass(frozen=True)
class OpenGap:
    """A free stretch of a window, and what an appointment in it takes over from the window."""

    gap: Gap
    occurrence_id: UUID
    place_kind: str
    place_name: str | None


def gaps_at(
    session: Session,
    unit_id: int,
    reason: Reason,
    starts_at: datetime,
    terms: BookingTerms,
    now: datetime,
    places: Collection[str] = (),
    *,
    same_people: bool = False,
) -> list[OpenGap]:
    """Return the gaps of a unit in which an appointment on `terms` can begin at `starts_at`.

    Args:
        places: kinds of place; none means wherever the reason can take place.
        same_people: it is for an appointment of that very time, which has its people or waits for them already.
    """
    ends_at = starts_at + terms.needed
    found, planned = _gaps(session, unit_id, reason, places, _holds(starts_at, ends_at))
    found = [one for one in found if is_bookable(starts_at, one.gap, terms, now)]
    if not found or not planned or same_people:
        return found
    capacity = capacity_of(session, unit_id, reason.agents_needed, terms, [Interval(starts_at, ends_at)])
    return [one for one in found if capacity is None or capacity.allows(starts_at, one.gap.agent_id)]


def slots_between(
    session: Session,
    unit_id: int,
    reason: Reason,
    first: datetime,
    last: datetime,
    terms: BookingTerms,
    now: datetime,
    places: Collection[str] = (),
) -> Iterator[Slot]:
    """Give a unit's slots that begin from `first` up to, not including, `last`, in order of time.

    As a search gives them; a slot for which no room, interpreter or second gendarme is free is left out.
    """
    if first >= last:
        return
    serving = [
        gaps_serving(session, unit_id, reason, Interval(first, last), place_kind) for place_kind in places or (None,)
    ]
    gaps = [gap for one in serving for gap in one.gaps]
    whole = spanned(gaps)
    if whole is None:
        return
    beside = resources_serving(session, unit_id, reason, whole)
    agents = agents_serving(session, unit_id, reason, whole, times_of(gaps))
    planned = any(one.planned for one in serving)
    capacity = capacity_of(session, unit_id, reason.agents_needed, terms, times_of(gaps)) if planned else None
    for slot in slots_from_gaps(gaps, terms, now, also_free=list(beside.values()), agents=agents, capacity=capacity):
        if first <= slot.starts_at < last:
            yield slot


def best_gap(found: Sequence[OpenGap], starts_at: datetime, terms: BookingTerms) -> OpenGap:
    """Return the gap whose booking wastes the least time; `found` must not be empty."""
    by_gap: Mapping[Gap, OpenGap] = {one.gap: one for one in found}
    return by_gap[best_choice(Slot(starts_at, starts_at + terms.duration, tuple(by_gap)), terms)]


def resources_at(session: Session, unit_id: int, reason: Reason, occupied: Range[datetime]) -> list[int] | None:
    """Return one free room or interpreter for each kind that the reason needs; None when one is missing.

    By the rule that a search goes by too: a unit that has listed none of a kind does not manage it here, because a talk
    about violence must stay bookable where nobody has written down the rooms.
    """
    chosen = []
    for kind in reason.resource_kinds:
        rows = session.execute(
            select(Resource.id, _is_taken(occupied))
            .where(Resource.unit_id == unit_id, Resource.kind == kind, Resource.active)
            .order_by(Resource.id)
        ).all()
        free = [resource_id for resource_id, taken in rows if not taken]
        if rows and not free:
            return None
        chosen += free[:1]
    return chosen


def agents_at(
    session: Session, unit_id: int, reason: Reason, occupied: Range[datetime], found: Sequence[OpenGap]
) -> dict[OpenGap, list[int]]:
    """Return those of `found` in which every gendarme is sure whom the reason needs at once, and who they are.

    Whoever has the least to do that week is chosen first. A reason for one gendarme names nobody but whom a window
    names: capacity first, name later. So does a unit that has listed fewer than the reason needs, by the rule that a
    search goes by too.
    """
    named: dict[OpenGap, list[int]] = {one: [] if one.gap.agent_id is None else [one.gap.agent_id] for one in found}
    if reason.agents_needed == 1:
        return named
    agents = agents_of(session, unit_id)
    if len(agents) < reason.agents_needed:
        return named
    free = _free_agents(session, agents, occupied)
    complete = {}
    for one, sure in named.items():
        chosen = [*sure, *(agent for agent in free if agent not in sure)][: reason.agents_needed]
        if len(chosen) == reason.agents_needed:
            complete[one] = chosen
    return complete


def _free_agents(session: Session, agents: Collection[int], occupied: Range[datetime]) -> list[int]:
    assert occupied.lower is not None
    assert occupied.upper is not None
    taken = taken_times(session, agents, [Interval(occupied.lower, occupied.upper)])
    half_week = timedelta(days=3, hours=12)
    around = Range(occupied.lower - half_week, occupied.lower + half_week)
    receives = is_agent(AppointmentAgent.agent_id, Agent.id) & AppointmentAgent.occupies
    load = (
        select(func.count()).where(receives, AppointmentAgent.occupied.overlaps(around)).correlate(Agent)
    ).scalar_subquery()
    free = [agent for agent in agents if not taken[agent]]
    return list(session.scalars(select(Agent.id).where(Agent.id.in_(free)).order_by(load, Agent.id)))


def _is_taken(occupied: Range[datetime]) -> ColumnElement[bool]:
    return (
        select(AppointmentResource.appointment_id)
        .where(
            AppointmentResource.resource_id == Resource.id,
            AppointmentResource.occupies,
            AppointmentResource.occupied.overlaps(occupied),
        )
        .exists()
    )


def _holds(start: datetime, end: datetime) -> ColumnElement[bool]:
    return (FreeTime.starts_at <= start) & (FreeTime.ends_at >= end)


def _gaps(
    session: Session, unit_id: int, reason: Reason, places: Collection[str], when: ColumnElement[bool]
) -> tuple[list[OpenGap], bool]:
    """The gaps, and whether the unit has a planning, so that people count too."""
    kinds = set(reason.place_kinds) & set(places) if places else set(reason.place_kinds)
    rows = session.execute(
        select(
            FreeTime.window_id,
            FreeTime.counter_id,
            FreeTime.agent_id,
            FreeTime.starts_at,
            FreeTime.ends_at,
            OpeningWindow.occurrence_id,
            OpeningWindow.place_kind,
            OpeningWindow.place_name,
            select(PlanningSource.id)
            .where(PlanningSource.unit_id == unit_id, PlanningSource.revoked_at.is_(None))
            .exists(),
        )
        .join(OpeningWindow, OpeningWindow.id == FreeTime.window_id)
        .where(
            FreeTime.unit_id == unit_id,
            when,
            FreeTime.place_kind.in_(kinds),
            (func.cardinality(FreeTime.reason_codes) == 0) | (literal(reason.code) == any_(FreeTime.reason_codes)),
        )
        .order_by(FreeTime.starts_at, FreeTime.counter_id)
    ).all()
    return [OpenGap(Gap(*row[:5]), *row[5:8]) for row in rows], bool(rows) and rows[0][-1]
