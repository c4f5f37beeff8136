"""What a search for slots reads: a reason's terms, the free stretches that serve it, and its rooms and interpreters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, bindparam, select, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Session

from models.queries.booking_terms import terms_of
from models.queries.taken_time import taken_times
from models.rules.actor import Role
from models.rules.errors import Invalid, NotFound
from models.rules.intervals import Interval, free_times, merged
from models.rules.openings import LONGEST
from models.rules.resources import Resource, ResourceGap, ResourceKind
from models.rules.slots import Gap
from models.tables import Agent, AppointmentResource, Reason, Unit
from models.tables import Resource as ResourceRow

# The index is read by starts: this far back lies the start of what is still free, even when clocks go back.
LOOK_BACK = LONGEST + timedelta(hours=1)

# Plain SQL, because a search reads thousands of rows and what the ORM does for each would be most of its cost.
_OF_ONE = (
    "SELECT window_id, counter_id, agent_id, starts_at, ends_at,"
    # Asked with every row, once for all of them: no unit pays a query to learn that it has no planning.
    " EXISTS (SELECT FROM planning_sources WHERE unit_id = :unit AND revoked_at IS NULL) FROM free_times"
    " WHERE unit_id = :unit"
)
_OF_SEVERAL = (
    "SELECT window_id, counter_id, agent_id, starts_at, ends_at, unit_id FROM free_times WHERE unit_id = ANY (:units)"
)
_SERVING = (
    "AND starts_at > :since AND starts_at < :until AND ends_at > :from"
    " AND ends_at - starts_at >= :needed"
    " AND (reason_codes = '{}' OR :reason = ANY (reason_codes)) AND place_kind = ANY (:places)"
    " ORDER BY starts_at, counter_id"
)
_GAPS = text(f"{_OF_ONE} {_SERVING}").bindparams(bindparam("places"))
_GAPS_OF_SEVERAL = text(f"{_OF_SEVERAL} {_SERVING}").bindparams(bindparam("places"))


@dataclass(frozen=True, slots=True)
class ServingGaps:
    """The free stretches that serve a reason; `planned` says that people count too, because the unit has a planning."""

    gaps: list[Gap]
    planned: bool


def bookable_reason(session: Session, reason_code: str) -> Reason:
    """Return the reason that a citizen asked for.

    Raises:
        Invalid: there is none of this code, or appointments are not made for it (`unknown` for `reason_code`).
    """
    reason = session.get(Reason, reason_code)
    if reason is None or not reason.active or not reason.bookable:
        raise Invalid("invalid_details", {"fields": {"reason_code": "unknown"}})
    return reason


def days_in_utc(first_day: date, last_day: date, zone: ZoneInfo) -> Interval:
    """Return the local days, the last one included, as instants."""
    return Interval(
        datetime.combine(first_day, time.min, zone).astimezone(UTC),
        datetime.combine(last_day + timedelta(days=1), time.min, zone).astimezone(UTC),
    )


def gaps_serving(
    session: Session, unit_id: int, reason: Reason, during: Interval, place_kind: str | None = None
) -> ServingGaps:
    """Return the free stretches of a unit that serve a reason and overlap `during`, in order of time.

    They are whole, because the grid of starts begins with each, and those too short for the reason are left out.

    Args:
        place_kind: only there; None means wherever the reason can be received.
    """
    rows = session.execute(_GAPS, {"unit": unit_id, **_asked(reason, during, place_kind)}).all()
    return ServingGaps([_gap(row) for row in rows], bool(rows) and rows[0][-1])


def gaps_of_several(
    session: Session, unit_ids: Collection[int], reason: Reason, during: Interval
) -> dict[int, list[Gap]]:
    """Return the same of several units in one query, by unit; of one that has none there is no entry."""
    found: defaultdict[int, list[Gap]] = defaultdict(list)
    for row in session.execute(_GAPS_OF_SEVERAL, {"units": list(unit_ids), **_asked(reason, during)}).all():
        found[row.unit_id].append(_gap(row))
    return found


def _asked(reason: Reason, during: Interval, place_kind: str | None = None) -> dict[str, Any]:
    return {
        "since": during.start - LOOK_BACK,
        "from": during.start,
        "until": during.end,
        "needed": terms_of(reason).needed,
        "reason": reason.code,
        "places": [kind for kind in reason.place_kinds if place_kind in (None, kind)],
    }


def _gap(row: Sequence[Any]) -> Gap:
    window, counter, agent, start, end, _ = row
    return Gap(window, counter, agent, start.astimezone(UTC), end.astimezone(UTC))


def resources_serving(session: Session, unit_id: int, reason: Reason, during: Interval) -> dict[str, list[ResourceGap]]:
    """Return, for each kind of resource that the reason needs, when each one of the unit's is free during `during`.

    A unit that has listed none of a kind does not manage it here, and nothing is left out for it: an unfinished list
    must not turn away those for whom the room is meant. Booking goes by the same rule.
    """
    if not reason.resource_kinds:
        return {}
    taken = (
        select(AppointmentResource.resource_id, AppointmentResource.occupied)
        .where(AppointmentResource.occupies)
        .where(AppointmentResource.occupied.op("&&")(bindparam("during", Range(*during), TSTZRANGE)))
        .subquery()
    )
    rows = session.execute(
        select(ResourceRow.id, ResourceRow.kind, taken.c.occupied)
        .join_from(ResourceRow, taken, taken.c.resource_id == ResourceRow.id, isouter=True)
        .where(ResourceRow.unit_id == unit_id, ResourceRow.active, ResourceRow.kind.in_(reason.resource_kinds))
        .order_by(ResourceRow.id)
    )
    busy: dict[tuple[str, int], list[Interval]] = {}
    for number, kind, occupied in rows:
        stretches = busy.setdefault((kind, number), [])
        if occupied is not None:
            stretches.append(Interval(occupied.lower.astimezone(UTC), occupied.upper.astimezone(UTC)))
    listed = {kind for kind, _ in busy}
    return {kind: _free(kind, busy, during) for kind in reason.resource_kinds if kind in listed}


def serves_in(unit_id: int) -> ColumnElement[bool]:
    """Who may receive in a unit: its gendarmes and its chiefs."""
    return and_(Agent.unit_id == unit_id, Agent.active, Agent.roles.overlap([Role.GENDARME, Role.CHIEF]))


def agents_of(session: Session, unit_id: int) -> list[int]:
    """Return who may receive in a unit."""
    return list(session.scalars(select(Agent.id).where(serves_in(unit_id)).order_by(Agent.id)))


def agents_serving(
    session: Session, unit_id: int, reason: Reason, during: Interval, times: Iterable[Interval]
) -> list[list[ResourceGap]]:
    """Return when gendarmes are free during `during`, once for each one whom the reason needs at once.

    Nothing for a reason that one gendarme is enough for: capacity first, name later. Nothing either where fewer are
    listed than the reason needs, because an unfinished list must not turn away those who ask for two.

    Args:
        times: what of `during` is asked about, such as the gaps of a search; beside them everybody counts as free.
    """
    if reason.agents_needed == 1:
        return []
    agents = agents_of(session, unit_id)
    if len(agents) < reason.agents_needed:
        return []
    taken = taken_times(session, agents, merged(times))
    busy = {(str(ResourceKind.AGENT), agent): taken[agent] for agent in agents}
    return [_free(ResourceKind.AGENT, busy, during)] * reason.agents_needed


def _free(kind: str, busy: dict[tuple[str, int], list[Interval]], during: Interval) -> list[ResourceGap]:
    return [
        ResourceGap(Resource(ResourceKind(kind), number), start, end)
        for (own_kind, number), stretches in busy.items()
        if own_kind == kind
        for start, end in free_times(during, stretches)
    ]


def spanned(gaps: Sequence[Gap]) -> Interval | None:
    """Return the stretch from the first start to the last end of `gaps`; None when there are none."""
    if not gaps:
        return None
    return Interval(min(gap.start for gap in gaps), max(gap.end for gap in gaps))


def times_of(gaps: Iterable[Gap]) -> Iterator[Interval]:
    """Give the stretches of time that `gaps` are; only whoever needs people goes through them."""
    return (Interval(start, end) for _, _, _, start, end in gaps)


def unit_zone(session: Session, unit_id: int) -> ZoneInfo:
    """Return the time zone of a unit.

    Raises:
        NotFound: there is no such unit.
    """
    name = session.scalar(select(Unit.time_zone).where(Unit.id == unit_id))
    if name is None:
        raise NotFound("no_such_unit")
    return ZoneInfo(name)
