"""Why there is no slot: which rule removed each start that the openings alone would have given.

The candidates of a window are the starts of its grid as if nothing were in the way. Each is either offered or removed
by exactly one rule, so that a chief can add up: « mardi 24 novembre : 3 pris, 1 trop court, 2 proposés ». What is
offered comes from the functions of `slots` themselves; this module only says why the rest is not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.rules.capacity import Capacity
from models.rules.intervals import Interval, free_times
from models.rules.occurrences import Closure
from models.rules.openings import PlaceKind
from models.rules.resources import ResourceGap, ResourceKind, resources_for
from models.rules.slots import BookingTerms, Gap, Window, agents_besides, bookable_from, starts_with, taken_by


class Rule(StrEnum):
    """What removes a candidate, in the order in which a chief reads them and, by and large, in which they are asked."""

    NO_OPENING = "no_opening"
    NOT_APPROVED = "not_approved"
    CLOSED = "closed"
    OTHER_REASON = "other_reason"
    OTHER_PLACE = "other_place"
    PAST = "past"
    APPOINTMENT = "appointment"
    HELD = "held"
    ABSENCE = "absence"
    IMPORTED = "imported"
    TOO_SHORT = "too_short"
    BUFFER = "buffer"
    NOTICE = "notice"
    HORIZON = "horizon"
    NO_RESOURCE = "no_resource"
    NOBODY_LEFT = "nobody_left"
    SHIFTED = "shifted"


class BusyKind(StrEnum):
    """What takes time; the words are those of `Rule`."""

    APPOINTMENT = "appointment"
    HELD = "held"
    ABSENCE = "absence"
    IMPORTED = "imported"


class Busy(NamedTuple):
    """A stretch that is not free at a counter, for a gendarme, or (an appointment that is taken) for both."""

    start: datetime
    end: datetime
    kind: BusyKind
    counter_id: int | None = None
    agent_id: int | None = None

    def concerns(self, window: Window) -> bool:
        """Say whether it takes time from the window: from its counter, or from the gendarme named for it."""
        if self.counter_id is not None and self.counter_id == window.counter_id:
            return True
        return self.agent_id is not None and self.agent_id == window.agent_id


class ClosedWindow(NamedTuple):
    """A window that does not take place, and why: a holiday, none where only holidays count, or that it was dropped."""

    window: Window
    closure: Closure


class Need(NamedTuple):
    """One thing needed besides a counter, and the free stretches of everything that could be it."""

    kind: ResourceKind
    free: Sequence[ResourceGap]


@dataclass(frozen=True, slots=True)
class UnitCalendar:
    """What a unit's time is made of, as far as slots go; windows of every reason, and of the days asked about.

    Attributes:
        agents: gendarmes who must be sure from the beginning, as `slots_from_gaps` takes them.
        capacity: of a unit that has a planning, for appointments on the terms asked about.
    """

    approved: Sequence[Window]
    proposed: Sequence[Window] = ()
    closed: Sequence[ClosedWindow] = ()
    busy: Sequence[Busy] = ()
    needs: Sequence[Need] = ()
    agents: Sequence[Sequence[ResourceGap]] = ()
    capacity: Capacity | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """A candidate that is not offered, and the facts of the rule that removed it.

    Attributes:
        starts_at: the candidate, in UTC; for `NO_OPENING` the beginning of the day.
        window: None for `NO_OPENING` alone.
        by: the busy stretch that covers the candidate, or, for `TOO_SHORT` and `BUFFER`, that follows too soon; None
            there when it is the window itself that ends.
        free_until: `TOO_SHORT`, `BUFFER`: until when it would have been free.
        closure: `CLOSED`: why, and the holiday's name.
        resource: `NO_RESOURCE`: the first thing needed that nobody has free.
        left: `NOBODY_LEFT`: how many gendarmes are left by the planning, fewer than the reason needs; below zero where
            earlier appointments already wait for more than there are.
        instead: `SHIFTED`: the nearest start that the window offers. The grid has begun anew after something busy, or
            at the earliest start; so this candidate could be booked, but is not on the grid. None when nobody is left
            for those on the grid.
    """

    rule: Rule
    starts_at: datetime
    window: Window | None = None
    by: Busy | None = None
    free_until: datetime | None = None
    closure: Closure | None = None
    resource: ResourceKind | None = None
    left: int | None = None
    instead: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayExplanation:
    """One local day: the starts that are offered, and each candidate that is not; both in order of time."""

    day: date
    offered: tuple[datetime, ...]
    removed: tuple[Removed, ...]

    @property
    def counts(self) -> dict[Rule, int]:
        """How many candidates each rule removed, those of every counter, in the order of `Rule`."""
        found = Counter(one.rule for one in self.removed)
        return {rule: found[rule] for rule in Rule if rule in found}


def explain(
    calendar: UnitCalendar,
    reason_code: str,
    terms: BookingTerms,
    now: datetime,
    zone: ZoneInfo,
    from_day: date,
    to_day: date,
    *,
    places: Collection[PlaceKind] = (),
) -> list[DayExplanation]:
    """Explain each local day from `from_day` to `to_day`, both included, for one reason.

    Args:
        places: where the reason can be received; none means wherever.

    The starts offered are those that `slots` gives for the same values.
    """
    offered: set[datetime] = set()
    removed = [Removed(Rule.NOT_APPROVED, at, window) for window in calendar.proposed for at in _grid(window, terms)]
    for window, closure in calendar.closed:
        removed += [Removed(Rule.CLOSED, at, window, closure=closure) for at in _grid(window, terms)]
    for window in calendar.approved:
        if window.serves(reason_code, places):
            starts, others = _explain_window(window, calendar, terms, now)
            offered.update(starts)
            removed += others
        else:
            rule = Rule.OTHER_PLACE if window.serves(reason_code, ()) else Rule.OTHER_REASON
            removed += [Removed(rule, at, window) for at in _grid(window, terms)]
    return _by_day(offered, removed, zone, from_day, to_day)


def _explain_window(
    window: Window, calendar: UnitCalendar, terms: BookingTerms, now: datetime
) -> tuple[list[datetime], list[Removed]]:
    busy = sorted(
        (one for one in calendar.busy if one.start < one.end and one.concerns(window)),
        key=lambda one: (one.start, one.end, one.kind),
    )
    gaps = [
        Gap(window.window_id, window.counter_id, window.agent_id, *free)
        for free in free_times(window.interval, [Interval(one.start, one.end) for one in busy])
    ]
    needs = _needs_of(window, calendar)
    also_free = [need.free for need in needs]
    capacity = calendar.capacity
    starts = [
        start
        for gap in gaps
        for start in starts_with(gap, terms, now, also_free)
        if capacity is None or capacity.allows(start, window.agent_id)
    ]
    offered = set(starts)
    removed = []
    for at in _grid(window, terms):
        if at in offered:
            continue
        found = (
            _past(at, window, terms, now)
            or _covered(at, window, busy)
            or _cramped(at, window, busy, gaps, terms)
            or _out_of_terms(at, window, terms, now)
            or _without_resource(at, window, needs, terms)
            or _without_people(at, window, capacity)
        )
        # Every rule lets it pass, so its gap has room, and the grid of that gap a start, unless nobody is left for it.
        nearest = min(starts, key=lambda one: abs(one - at), default=None)
        removed.append(found or Removed(Rule.SHIFTED, at, window, instead=nearest))
    return starts, removed


def _past(at: datetime, window: Window, terms: BookingTerms, now: datetime) -> Removed | None:
    # Without a notice, the minutes up to the next mark of five are as good as over.
    over = at < now or (not terms.notice and at < bookable_from(terms, now))
    return Removed(Rule.PAST, at, window) if over else None


def _covered(at: datetime, window: Window, busy: Sequence[Busy]) -> Removed | None:
    for one in busy:
        if one.start <= at < one.end:
            return Removed(Rule(one.kind), at, window, by=one)
    return None


def _cramped(
    at: datetime, window: Window, busy: Sequence[Busy], gaps: Sequence[Gap], terms: BookingTerms
) -> Removed | None:
    until = next(gap.end for gap in gaps if gap.start <= at < gap.end)
    if at + terms.needed <= until:
        return None
    rule = Rule.BUFFER if at + terms.duration <= until else Rule.TOO_SHORT
    following = next((one for one in busy if one.start == until), None) if until < window.end else None
    return Removed(rule, at, window, by=following, free_until=until)


def _out_of_terms(at: datetime, window: Window, terms: BookingTerms, now: datetime) -> Removed | None:
    if at < bookable_from(terms, now):
        return Removed(Rule.NOTICE, at, window)
    return Removed(Rule.HORIZON, at, window) if at > now + terms.horizon else None


def _needs_of(window: Window, calendar: UnitCalendar) -> list[Need]:
    gap = Gap(window.window_id, window.counter_id, window.agent_id, window.start, window.end)
    return [*calendar.needs, *(Need(ResourceKind.AGENT, free) for free in agents_besides(gap, calendar.agents))]


def _without_resource(at: datetime, window: Window, needs: Sequence[Need], terms: BookingTerms) -> Removed | None:
    during = Interval(at, at + terms.needed)
    taken = taken_by(Gap(window.window_id, window.counter_id, window.agent_id, *during))
    for number, need in enumerate(needs, 1):
        if resources_for(during, [one.free for one in needs[:number]], taken) is None:
            return Removed(Rule.NO_RESOURCE, at, window, resource=need.kind)
    return None


def _without_people(at: datetime, window: Window, capacity: Capacity | None) -> Removed | None:
    if capacity is None or capacity.allows(at, window.agent_id):
        return None
    return Removed(Rule.NOBODY_LEFT, at, window, left=capacity.left(at))


def _grid(window: Window, terms: BookingTerms) -> Iterator[datetime]:
    at = window.start
    while at < window.end:
        yield at
        at += terms.needed


def _by_day(
    offered: Collection[datetime], removed: Sequence[Removed], zone: ZoneInfo, from_day: date, to_day: date
) -> list[DayExplanation]:
    starts_of: defaultdict[date, list[datetime]] = defaultdict(list)
    removed_on: defaultdict[date, list[Removed]] = defaultdict(list)
    for at in sorted(offered):
        starts_of[at.astimezone(zone).date()].append(at)
    for one in sorted(removed, key=_place_in_order):
        removed_on[one.starts_at.astimezone(zone).date()].append(one)
    days = []
    for number in range((to_day - from_day).days + 1):
        day = from_day + timedelta(days=number)
        if day not in starts_of and day not in removed_on:
            midnight = datetime.combine(day, time(), zone).astimezone(UTC)
            removed_on[day] = [Removed(Rule.NO_OPENING, midnight)]
        days.append(DayExplanation(day, tuple(starts_of[day]), tuple(removed_on[day])))
    return days


def _place_in_order(one: Removed) -> tuple[datetime, int, int]:
    return (one.starts_at, one.window.counter_id, one.window.window_id) if one.window else (one.starts_at, 0, 0)
