"""Slots of one unit, from the database: what a citizen may pick, read from `free_times` alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.queries.booking_terms import terms_of
from models.queries.slot_search import (
    agents_serving,
    bookable_reason,
    days_in_utc,
    gaps_of_several,
    gaps_serving,
    resources_serving,
    spanned,
    times_of,
    unit_zone,
)
from models.queries.staffing import capacities, capacity_of
from models.rules.capacity import Capacity
from models.rules.intervals import Interval
from models.rules.slots import BookingTerms, Slot, bookable_from, slots_from_gaps
from models.tables import OpeningWindow, Reason

# How far a search for the next slots looks at first, in days; when that holds too few it looks further.
_FIRST_LOOK = (2, 9, 30)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an appointment takes place; the unit itself has no name of its own here."""

    kind: str
    name: str | None


def find_slots(
    session: Session,
    unit_id: int,
    reason_code: str,
    first_day: date,
    last_day: date,
    now: datetime,
    *,
    place_kind: str | None = None,
) -> list[Slot]:
    """Return the slots of a unit on some days, in order of time.

    Args:
        session: any open session; the answer is what its transaction sees.
        first_day, last_day: local days of the unit, both included.
        now: what is past, too soon for the reason's notice, or beyond its horizon is left out.
        place_kind: only there; None means wherever the reason can be received.

    Raises:
        NotFound: there is no such unit.
        Invalid: there is no such reason, or appointments are not made for it.
    """
    reason = bookable_reason(session, reason_code)
    days = days_in_utc(first_day, last_day, unit_zone(session, unit_id))
    return _slots_during(session, unit_id, reason, days, now, place_kind)


def next_slots(
    session: Session, unit_id: int, reason_code: str, now: datetime, limit: int, *, place_kind: str | None = None
) -> list[Slot]:
    """Return the first `limit` slots of a unit from `now` on; fewer when there are no more within the horizon.

    Raises:
        NotFound: there is no such unit.
        Invalid: there is no such reason, or appointments are not made for it.
    """
    reason = bookable_reason(session, reason_code)
    unit_zone(session, unit_id)
    found: list[Slot] = []
    for during in looks(terms_of(reason), now):
        found += _slots_during(session, unit_id, reason, during, now, place_kind)
        if len(found) >= limit:
            break
    return found[:limit]


def looks(terms: BookingTerms, now: datetime) -> Iterator[Interval]:
    """Give, one after the other, the stretches in which to look for the next slots, up to the horizon."""
    start, end = bookable_from(terms, now), now + terms.horizon + timedelta(seconds=1)
    for days in (*_FIRST_LOOK, None):
        until = end if days is None else min(end, start + timedelta(days=days))
        yield Interval(start, until)
        if until == end:
            return
        start = until


def slots_of_planned(
    session: Session,
    unit_ids: Collection[int],
    reason: Reason,
    during: Interval,
    now: datetime,
    staffed: Mapping[int, Capacity] | None = None,
) -> dict[int, list[Slot]]:
    """Return the slots of several units that have a planning which start during `during`: two queries for all of them.

    For a reason that needs a free counter and one gendarme. Of a unit that has none there may be no entry.

    Args:
        staffed: whether enough of each are left for whatever starts during `during`, where the caller knows it already.
    """
    gaps, terms = gaps_of_several(session, unit_ids, reason, during), terms_of(reason)
    if staffed is None:
        times = times_of(gap for serving in gaps.values() for gap in serving)
        staffed = capacities(session, gaps.keys(), reason.agents_needed, terms, times)
    found = {}
    for unit_id, serving in gaps.items():
        # Where nobody is listed who receives, counters alone decide.
        slots = slots_from_gaps(serving, terms, now, capacity=staffed.get(unit_id))
        found[unit_id] = [slot for slot in slots if during.start <= slot.starts_at < during.end]
    return found


def places_of(session: Session, slots: Iterable[Slot]) -> dict[int, Place]:
    """Return where each window of `slots` receives, by window id."""
    windows = {gap.window_id for slot in slots for gap in slot.choices}
    if not windows:
        return {}
    rows = session.execute(
        select(OpeningWindow.id, OpeningWindow.place_kind, OpeningWindow.place_name).where(
            OpeningWindow.id.in_(windows)
        )
    )
    return {number: Place(kind, name) for number, kind, name in rows}


def _slots_during(
    session: Session, unit_id: int, reason: Reason, during: Interval, now: datetime, place_kind: str | None
) -> list[Slot]:
    """Return the slots that start during `during`."""
    serving, terms = gaps_serving(session, unit_id, reason, during, place_kind), terms_of(reason)
    whole = spanned(serving.gaps)
    if whole is None:
        return []
    beside = resources_serving(session, unit_id, reason, whole)
    agents = agents_serving(session, unit_id, reason, whole, times_of(serving.gaps))
    capacity = None
    if serving.planned:
        capacity = capacity_of(session, unit_id, reason.agents_needed, terms, times_of(serving.gaps))
    found = slots_from_gaps(serving.gaps, terms, now, also_free=list(beside.values()), agents=agents, capacity=capacity)
    return [slot for slot in found if during.start <= slot.starts_at < during.end]
