"""Which starts a citizen may pick: what remains of the openings when everything that takes time is taken away.

        windows ── free_times ──▶ gaps ── slots_from_gaps ──▶ slots ── best_choice ──▶ the gap that is booked
    (approved openings)      (kept in a table)         (merged by start)

The grid of starts begins with each gap: with the opening, and again after each busy stretch. Hence taking time away may
move the starts that are offered, but no start is ever bookable that was not bookable before: see `is_bookable`.

Every time is aware and in UTC, best with `datetime.UTC` itself as its zone: comparing two zones costs ten times more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from models.rules.capacity import Capacity
from models.rules.intervals import Interval, free_times
from models.rules.openings import PlaceKind
from models.rules.resources import Resource, ResourceGap, ResourceKind, common_times, resources_for

_MARK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class BookingTerms:
    """What a reason asks of an appointment.

    Attributes:
        duration: of the appointment, above zero.
        buffer: kept free after it, for the report; not below zero.
        notice: how long before the start it must be booked.
        horizon: how far ahead it can be booked.

    Raises:
        ValueError: one of them is out of these bounds.
    """

    duration: timedelta
    buffer: timedelta = timedelta(0)
    notice: timedelta = timedelta(0)
    horizon: timedelta = timedelta(days=366)

    def __post_init__(self) -> None:
        zero = timedelta(0)
        if self.duration <= zero or self.buffer < zero or self.notice < zero or self.horizon < zero:
            raise ValueError(f"no appointment can be booked on these terms: {self}")

    @property
    def needed(self) -> timedelta:
        """The time that one appointment takes from a counter: duration and buffer."""
        return self.duration + self.buffer


class Window(NamedTuple):
    """One counter during one approved occurrence of an opening; N counters make N windows.

    Attributes:
        agent_id: the gendarme named for it; None when anybody of the unit may take what is booked.
        reason_codes: those received; none means every reason.
    """

    window_id: int
    counter_id: int
    agent_id: int | None
    start: datetime
    end: datetime
    reason_codes: Collection[str] = ()
    place_kind: PlaceKind = PlaceKind.UNIT

    @property
    def interval(self) -> Interval:
        return Interval(self.start, self.end)

    def serves(self, reason_code: str, places: Collection[PlaceKind]) -> bool:
        """Say whether this reason is received here, at one of `places` (none: wherever)."""
        return (not self.reason_codes or reason_code in self.reason_codes) and (not places or self.place_kind in places)


class Gap(NamedTuple):
    """A free stretch of a window: for a named gendarme, one in which they are free too."""

    window_id: int
    counter_id: int
    agent_id: int | None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A start that can be picked; `ends_at` is without the buffer, and `choices` the gaps that have room for it."""

    starts_at: datetime
    ends_at: datetime
    choices: tuple[Gap, ...]


def ceil5(moment: datetime) -> datetime:
    """Return `moment`, or the next time on a mark of five minutes (on the clock of its zone)."""
    over = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (_MARK - over) if over else moment


def bookable_from(terms: BookingTerms, now: datetime) -> datetime:
    """Return the earliest start that is offered at `now`: after the notice, on a mark of five minutes."""
    return ceil5(now + terms.notice)


def starts_in(gap: Interval | Gap, terms: BookingTerms, now: datetime) -> list[datetime]:
    """Return the starts offered in one gap.

    The first is the gap's own start, or `bookable_from` if that is later; each following one leaves room for the
    appointment before it and its buffer. The last leaves room for its own, and is not beyond the horizon.
    """
    start, needed = max(gap.start, bookable_from(terms, now)), terms.needed
    last = min(gap.end - needed, now + terms.horizon)
    starts = []
    while start <= last:
        starts.append(start)
        start += needed
    return starts


def is_bookable(starts_at: datetime, gap: Interval | Gap, terms: BookingTerms, now: datetime) -> bool:
    """Say whether an appointment can begin at `starts_at` in `gap`, on the grid or not.

    The notice counts to the second here, without rounding: so a start that was offered a moment ago is not refused
    because the five-minute mark has passed meanwhile. Taking time away from a gap never makes this true.
    """
    return (
        gap.start <= starts_at
        and starts_at + terms.needed <= gap.end
        and now + terms.notice <= starts_at <= now + terms.horizon
    )


def gaps_of(
    windows: Iterable[Window],
    busy_by_counter: Mapping[int, Iterable[Interval]],
    busy_by_agent: Mapping[int, Iterable[Interval]],
) -> list[Gap]:
    """Return the free stretches of `windows`, in their order.

    Args:
        busy_by_counter: appointments and holds, each with its buffer.
        busy_by_agent: absences, imported time, and appointments on whichever counter. It counts for the windows that
            name the gendarme; at the others somebody else can receive.
    """
    gaps = []
    for window in windows:
        busy = [*busy_by_counter.get(window.counter_id, ())]
        if window.agent_id is not None:
            busy += busy_by_agent.get(window.agent_id, ())
        gaps += [
            Gap(window.window_id, window.counter_id, window.agent_id, start, end)
            for start, end in free_times(window.interval, busy)
        ]
    return gaps


def slots(
    windows: Iterable[Window],
    busy_by_counter: Mapping[int, Iterable[Interval]],
    busy_by_agent: Mapping[int, Iterable[Interval]],
    reason_code: str,
    terms: BookingTerms,
    now: datetime,
    *,
    places: Collection[PlaceKind] = (),
    also_free: Sequence[Sequence[ResourceGap]] = (),
    agents: Sequence[Sequence[ResourceGap]] = (),
    capacity: Capacity | None = None,
) -> list[Slot]:
    """Return the slots of approved windows for one reason, in order of time.

    Args:
        busy_by_counter, busy_by_agent: as `gaps_of` takes them.
        places: where the reason can be received; none means wherever.
        also_free, agents, capacity: as `slots_from_gaps` takes them.
    """
    serving = [window for window in windows if window.serves(reason_code, places)]
    gaps = gaps_of(serving, busy_by_counter, busy_by_agent)
    return slots_from_gaps(gaps, terms, now, also_free=also_free, agents=agents, capacity=capacity)


def slots_from_gaps(
    gaps: Iterable[Gap],
    terms: BookingTerms,
    now: datetime,
    *,
    also_free: Sequence[Sequence[ResourceGap]] = (),
    agents: Sequence[Sequence[ResourceGap]] = (),
    capacity: Capacity | None = None,
) -> list[Slot]:
    """Return the slots of gaps that are known already, in order of time; equal starts become one slot.

    Args:
        gaps: of windows that serve the reason.
        also_free: what the appointment needs besides a counter: for each thing needed (a room, an interpreter) the free
            stretches of everything that could be it. One and the same must be free for the whole appointment and its
            buffer; a room that is busy restarts the grid as a busy counter does.
        agents: the same for gendarmes, a list for each one that must be sure from the beginning. Whoever a window names
            is the first of them. None: whoever is there receives, and is named later.
        capacity: of a unit that has a planning, for appointments on `terms`: starts for which nobody is left go. It
            moves no grid, because it is no counter's own. None: counters alone decide.
    """
    choices: defaultdict[datetime, list[Gap]] = defaultdict(list)
    if also_free or agents:
        for gap in gaps:
            for start in starts_with(gap, terms, now, [*also_free, *agents_besides(gap, agents)]):
                choices[start].append(gap)
    else:
        # `starts_in` written out: a search goes through thousands of gaps, and this loop is what it costs.
        earliest, latest, needed = bookable_from(terms, now), now + terms.horizon, terms.needed
        for gap in gaps:
            _, _, _, start, end = gap
            if start < earliest:
                start = earliest
            last = end - needed
            if last > latest:
                last = latest
            while start <= last:
                choices[start].append(gap)
                start += needed
    if capacity is not None:
        for start, found in choices.items():
            if not capacity.allows(start):
                choices[start] = [gap for gap in found if gap.agent_id and capacity.allows(start, gap.agent_id)]
    return [Slot(start, start + terms.duration, tuple(choices[start])) for start in sorted(choices) if choices[start]]


def best_choice(slot: Slot, terms: BookingTerms) -> Gap:
    """Return the gap of a slot whose booking wastes the least time.

    Waste is what would remain before or after the appointment and is too short for a further one of the same terms.
    Among equal ones the shorter gap goes first, which keeps long ones whole; then the lowest counter.
    """

    def cost(gap: Gap) -> tuple[timedelta, timedelta, int, int]:
        before, after = slot.starts_at - gap.start, gap.end - slot.starts_at - terms.needed
        waste = sum((rest for rest in (before, after) if rest < terms.needed), timedelta(0))
        return waste, gap.end - gap.start, gap.counter_id, gap.window_id

    return min(slot.choices, key=cost)


def taken_by(gap: Gap) -> set[Resource]:
    """Return what an appointment in `gap` uses already: its counter, and the gendarme named for it."""
    taken = {Resource(ResourceKind.COUNTER, gap.counter_id)}
    return taken if gap.agent_id is None else {*taken, Resource(ResourceKind.AGENT, gap.agent_id)}


def agents_besides(gap: Gap, agents: Sequence[Sequence[ResourceGap]]) -> Sequence[Sequence[ResourceGap]]:
    """Return the lists of `agents` from which somebody is still to be chosen: the first is whom the window names."""
    return agents if gap.agent_id is None else agents[1:]


def starts_with(
    gap: Gap, terms: BookingTerms, now: datetime, also_free: Sequence[Sequence[ResourceGap]]
) -> list[datetime]:
    """Return the starts offered in one gap when `also_free` (as `slots_from_gaps` takes it) must be free too."""
    if not also_free:
        return starts_in(gap, terms, now)
    taken = taken_by(gap)
    starts = {
        start
        for together in common_times(Interval(gap.start, gap.end), also_free, taken)
        for start in starts_in(together, terms, now)
    }
    return sorted(
        start for start in starts if resources_for(Interval(start, start + terms.needed), also_free, taken) is not None
    )
