"""Which appointments to come the planning contradicts. Each is raised for the chief, who decides; none is cancelled.

Two things contradict one: a gendarme who is named for it is away by what was imported; or it waits for somebody, and
nobody is left who could be named. The second goes by the rule that sold it (`models.rules.capacity`), asked again in
the order in which times were sold: whoever booked first keeps who is left, and only what is too much is raised. So
nothing is raised as long as nothing has changed since it was sold.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.rules.actor import AgentActor
from models.rules.appointments import AppointmentFacts, require_chief_of_its_unit
from models.rules.errors import NotFound
from models.rules.intervals import Interval
from models.rules.request_lifecycle import Verdict

# Nearer than this, the chiefs are told at once; what is farther away waits on their desk.
NEAR = timedelta(hours=72)

# Of one appointment: who is not there; None when nobody is left for it.
Clash = tuple[UUID, int | None]


@dataclass(frozen=True, slots=True)
class Sold:
    """An appointment that is held or booked, as far as its people go.

    Attributes:
        during: from its start to its end; `occupied` is the pause after it too.
        sold_at: when its time was taken, which decides who comes first.
        to_come: booked, and not begun: only these can clash; the others take people away from them.
    """

    appointment_id: UUID
    during: Interval
    occupied: Interval
    agents_needed: int
    named: frozenset[int]
    sold_at: datetime
    to_come: bool


@dataclass(frozen=True, slots=True)
class People:
    """Who serves in a unit, and when they are not free.

    Attributes:
        imported: absences that the planning says; of whoever is named on an appointment, and of `agents`.
        absent: those and what people declared themselves; of `agents`.
        elsewhere: when they receive in another unit.
    """

    agents: frozenset[int]
    imported: Mapping[int, Sequence[Interval]]
    absent: Mapping[int, Sequence[Interval]]
    elsewhere: Mapping[int, Sequence[Interval]]


class _Busy:
    """Stretches in order, for many questions whether one meets a time."""

    def __init__(self, stretches: Iterable[Interval]) -> None:
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        for start, end in sorted(stretches):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            elif start < end:
                self._starts.append(start)
                self._ends.append(end)

    def meets(self, during: Interval) -> bool:
        before = bisect_left(self._starts, during.end) - 1
        return before >= 0 and self._ends[before] > during.start


class Availability:
    """Who could be named for a time, whatever else waits for them."""

    def __init__(self, sold: Collection[Sold], people: People) -> None:
        receives = {
            agent: [one.occupied for one in sold if agent in one.named] + [*people.elsewhere.get(agent, ())]
            for agent in people.agents
        }
        self._receives = {agent: _Busy(stretches) for agent, stretches in receives.items()}
        self._absent = {agent: _Busy(people.absent.get(agent, ())) for agent in people.agents}

    def could_take(self, one: Sold) -> list[int]:
        """Return who is free for an appointment besides those who are named for it, in order of their ids.

        Only the appointment itself asks for presence, as when somebody is named; the pause after it is for the report.
        """
        return [
            agent
            for agent in sorted(self._receives)
            if agent not in one.named
            and not self._absent[agent].meets(one.during)
            and not self._receives[agent].meets(one.occupied)
        ]


def find_clashes(sold: Collection[Sold], people: People) -> set[Clash]:
    """Return what the planning contradicts.

    Args:
        sold: whatever takes people's time in the unit and is not over.
    """
    imported = {agent: _Busy(stretches) for agent, stretches in people.imported.items()}
    found: set[Clash] = {
        (one.appointment_id, agent)
        for one in sold
        if one.to_come
        for agent in one.named
        if agent in imported and imported[agent].meets(one.during)
    }
    return found | {(one.appointment_id, None) for one in _without_anybody(sold, people)}


def _without_anybody(sold: Collection[Sold], people: People) -> list[Sold]:
    availability = Availability(sold, people)
    # By their starts, so that only what is near is looked at: a unit may have hundreds.
    waiting: list[tuple[datetime, datetime, int]] = []
    longest = max((one.occupied.end - one.occupied.start for one in sold), default=timedelta(0))
    found = []
    for one in sorted(sold, key=lambda one: (one.sold_at, one.appointment_id)):
        lacking = min(one.agents_needed, len(people.agents)) - len(one.named)
        if lacking <= 0:
            continue
        start, end = one.occupied
        near = waiting[bisect_left(waiting, (start - longest,)) : bisect_left(waiting, (end,))]
        before = sum(count for _, other_end, count in near if other_end > start)
        if one.to_come and len(availability.could_take(one)) - before < lacking:
            # Whatever the chief does about it, it takes nobody from those who booked later.
            found.append(one)
        else:
            insort(waiting, (start, end, lacking))
    return found


def keep(appointment: AppointmentFacts, actor: AgentActor, *, known: bool, undecided: bool) -> Verdict:
    """Decide whether the chief receives the citizen all the same.

    Args:
        known: there is such a clash of this appointment.
        undecided: it still stands, and nobody has kept it yet. What ended by itself needs no decision any more.

    Raises:
        NotFound: `no_such_appointment`: none of the actor's unit; `no_such_clash`.
        Forbidden: `chief_only`.
    """
    require_chief_of_its_unit(appointment, actor)
    if not known:
        raise NotFound("no_such_clash")
    return Verdict.APPLY if undecided else Verdict.NOOP
