"""What a unit's tables of positions say together: whose service position is which, and who is not there.

The daily sheet is newer than the forecast: of a day for which it names somebody, no other table says anything of them.
Nothing else is known of tables here but their order: whichever comes first has the word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from models.rules.duty import Status
from models.rules.intervals import Interval, among, free_times, merged

_DAY = timedelta(days=1)


class Position(StrEnum):
    """What Pulsar calls somebody's position on a day."""

    EMPLOYED = "employed"
    FIRST_TO_GO = "first_to_go"
    COMPLEMENTARY = "complementary"
    DEFERRED = "deferred"
    NOT_EMPLOYABLE = "not_employable"


# Who is employed stands in the service and receives; who is « complémentaire » or « différée » is called in later, and
# is reached by telephone; who is « non employable » (leave, course, rest) is not there.
STATUSES: Mapping[Position, Status] = {
    Position.EMPLOYED: Status.AVAILABLE,
    Position.FIRST_TO_GO: Status.FIRST_TO_GO,
    Position.COMPLEMENTARY: Status.REACHABLE,
    Position.DEFERRED: Status.REACHABLE,
    Position.NOT_EMPLOYABLE: Status.OFF_DUTY,
}
# Only whoever is in the service receives citizens; the other positions take no appointment.
ABSENT = frozenset({Position.COMPLEMENTARY, Position.DEFERRED, Position.NOT_EMPLOYABLE})


@dataclass(frozen=True, slots=True)
class SaidPosition:
    """One gendarme's position as a table says it; `rank` is the table's place among those of the unit, 0 the first."""

    rank: int
    source_id: UUID
    agent_id: int
    times: Interval
    position: Position


@dataclass(frozen=True, slots=True)
class DerivedPosition:
    """What holds of it."""

    source_id: UUID
    agent_id: int
    times: Interval
    status: Status
    is_absence: bool


def derive(said: Iterable[SaidPosition], zone: ZoneInfo) -> list[DerivedPosition]:
    """Return what holds, in order for each agent; no two stretches of one agent overlap.

    Stretches are cut and never joined: each day's position begins anew, as `models.rules.duty.current` needs it so
    that the planning takes over from yesterday's own word.

    Args:
        said: in any order. What one table says twice of one time, which no reader lets through, its first stretch says.
        zone: of the unit, whose days are meant.
    """
    of_agents: defaultdict[int, list[SaidPosition]] = defaultdict(list)
    for one in said:
        of_agents[one.agent_id].append(one)
    return [piece for agent_id in sorted(of_agents) for piece in _of_agent(of_agents[agent_id], zone)]


def _of_agent(said: list[SaidPosition], zone: ZoneInfo) -> list[DerivedPosition]:
    found: list[DerivedPosition] = []
    # Times that are spoken for by tables before this one, and the days that these have named.
    spoken: list[Interval] = []
    for rank in sorted({one.rank for one in said}):
        own = sorted((one for one in said if one.rank == rank), key=lambda one: (one.times, one.position))
        mine: list[Interval] = []
        reached = own[0].times.start
        for one in own:
            # They are in order, so that of what this table has said itself only the latest end can be in the way.
            left = Interval(max(one.times.start, reached), one.times.end)
            if left.start < left.end:
                found.extend(_derived(one, piece) for piece in free_times(left, among(left, spoken)))
            reached = max(reached, one.times.end)
            mine.extend((one.times, *named_days(one.times, zone)))
        spoken = merged((*spoken, *mine))
    return sorted(found, key=lambda piece: piece.times)


def left_of(said: Interval, spoken: Sequence[Interval], own: Sequence[Interval], zone: ZoneInfo) -> list[Interval]:
    """Return what stands of a stretch that a table has said before and does not say now.

    Args:
        spoken: the days of which the table speaks now, in order and apart. What reaches from the last day that a
            stretch names into the next one, as a night does, goes and stays with that day.
        own: what it says now of the same person, in order and apart.
    """
    named = named_days(said, zone)
    days = [day for day in named if among(day, spoken)]
    if days and days[-1] == named[-1]:
        days[-1] = Interval(days[-1].start, max(days[-1].end, said.end))
    return free_times(said, (*days, *among(said, own)))


def named_days(times: Interval, zone: ZoneInfo) -> list[Interval]:
    """Return the days for which a stretch names somebody: the one on which it begins, and those that it fills.

    A night's end is no word about the day after.
    """
    first = times.start.astimezone(zone).date()
    last = (times.end - timedelta(microseconds=1)).astimezone(zone).date()
    days = (first + _DAY * number for number in range((last - first).days + 1))
    spans = (Interval(_midnight(day, zone), _midnight(day + _DAY, zone)) for day in days)
    return [span for number, span in enumerate(spans) if number == 0 or span.end <= times.end]


def last_day(said: Iterable[Interval], zone: ZoneInfo) -> datetime:
    """Return the end of the last day for which one of these stretches names somebody."""
    return max(named_days(times, zone)[-1].end for times in set(said))


def daily_word(said: Iterable[Interval], known_until: datetime | None, midnight: datetime, zone: ZoneInfo) -> datetime:
    """Return up to when a daily sheet has a word, day after day without a gap from today on.

    Of a day it speaks whose stretches begin on it: a leave of a month that stands on today's sheet is no word about the
    rest of the month, nor is one that begins in a fortnight about the days until then. Tonight's sheet may be about
    tomorrow alone.

    Args:
        said: the stretches of the unit's people on the sheet that has come.
        known_until: the same of the sheets before it, which stand.
        midnight: at which today began.

    Returns:
        Today's beginning or an instant before it where there is no word about today or tomorrow.
    """
    ends = {day.start: day.end for day in (named_days(times, zone)[0] for times in set(said))}
    tomorrow = _midnight(midnight.astimezone(zone).date() + _DAY, zone)
    until = midnight if known_until is None else known_until
    if until <= midnight:
        until = next((day for day in (midnight, tomorrow) if day in ends), until)
    while until in ends:
        until = ends[until]
    return until


@lru_cache(maxsize=4096)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _derived(one: SaidPosition, times: Interval) -> DerivedPosition:
    return DerivedPosition(
        one.source_id, one.agent_id, times, STATUSES[one.position], is_absence=one.position in ABSENT
    )
