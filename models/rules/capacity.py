"""How many of a unit's gendarmes are left for one more appointment, by what its planning says.

    left = those who are free for the whole time  −  places of overlapping appointments that nobody is named for

Capacity comes first and the name later, so that whoever is free may be the one whom an earlier appointment waits for:
each such place keeps one of them back, however briefly the two overlap. That is careful rather than exact, and can be
said in one sentence to whoever asks why a start is not offered.

Only a unit with a planning is asked: elsewhere nobody says when gendarmes are there, and counters alone decide.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from models.rules.intervals import Interval


class OpenPlaces(NamedTuple):
    """The time that an appointment occupies, and how many gendarmes it still waits for, above zero."""

    start: datetime
    end: datetime
    lacking: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who serves in a unit, when they are not free, and which places nobody is named for.

    Attributes:
        agents: who may receive there.
        busy: absences, imported time, and the appointments that each is named on, wherever; of those of `agents` only.
        open_places: of the unit's appointments and holds.
    """

    agents: frozenset[int]
    busy: Mapping[int, Sequence[Interval]] = field(default_factory=dict)
    open_places: Sequence[OpenPlaces] = ()


def free_agents(staffing: Staffing, during: Interval) -> list[int]:
    """Return who of the unit is free for the whole of `during`, in order of their ids."""
    return sorted(
        agent
        for agent in staffing.agents
        if not any(busy.overlaps(during) for busy in staffing.busy.get(agent, ()) if busy.start < busy.end)
    )


def left_during(staffing: Staffing, during: Interval) -> int:
    """Return how many gendarmes are left for one more appointment that occupies `during`; may be below zero."""
    waited_for = sum(count for start, end, count in staffing.open_places if Interval(start, end).overlaps(during))
    return len(free_agents(staffing, during)) - waited_for


class Capacity:
    """Whether enough are left at any number of starts of equally long appointments: a search asks for thousands.

    A stretch that is not free stands in the way of every start from its own start minus `needed` (excluded) to its end
    (excluded). Hence what stands in the way of a start is what has begun to minus what has ceased to: two look-ups.

    Args:
        needed: the time that one appointment occupies, above zero.
        agents_needed: gendarmes that one appointment needs. Where fewer serve, as many as there are: an unfinished list
            of gendarmes must not turn away those who ask for two.
    """

    def __init__(self, staffing: Staffing, needed: timedelta, agents_needed: int = 1) -> None:
        ranges = [(place.start - needed, place.end, place.lacking) for place in staffing.open_places]
        for agent in staffing.agents:
            # Two stretches of one gendarme still take away one gendarme only.
            ranges += [(start, end, 1) for start, end in _merged(staffing.busy.get(agent, ()), needed)]
        self._agents = staffing.agents
        self._enough = max(1, min(agents_needed, len(staffing.agents)))
        self._begins, self._begun = _running_totals((start, count) for start, _, count in ranges)
        self._ceases, self._ceased = _running_totals((end, count) for _, end, count in ranges)

    def left(self, starts_at: datetime) -> int:
        """Return what `left_during` does for an appointment that begins at `starts_at`."""
        begun = self._begun[bisect_left(self._begins, starts_at)]
        return len(self._agents) - begun + self._ceased[bisect_right(self._ceases, starts_at)]

    def allows(self, starts_at: datetime, agent_id: int | None = None) -> bool:
        """Say whether an appointment can begin at `starts_at`, as far as people go.

        Args:
            agent_id: whom the window names, who is free: somebody of another unit comes on top of those who serve here.
        """
        comes_along = agent_id is not None and agent_id not in self._agents
        return self.left(starts_at) + comes_along >= self._enough


def _running_totals(counted: Iterable[tuple[datetime, int]]) -> tuple[list[datetime], list[int]]:
    """Return the instants in order, and for each number of them how much the first ones count together."""
    ordered = sorted(counted)
    return [instant for instant, _ in ordered], [0, *accumulate(count for _, count in ordered)]


def _merged(busy: Iterable[Interval], needed: timedelta) -> list[tuple[datetime, datetime]]:
    """Return the ranges of starts that `busy` stands in the way of, those that overlap as one."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted((start - needed, end) for start, end in busy if start < end):
        # Both ends are excluded: a start just between two ranges that only touch is free.
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
