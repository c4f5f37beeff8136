"""Earliest anywhere: the first slots of the competent unit, of its siblings and of its neighbours, in one query.

Any brigade takes a complaint, so that a neighbour who is free tomorrow may serve better than one's own unit in three
weeks. The competent unit always comes first, and is listed even when it has nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from models.queries.booking_terms import terms_of
from models.queries.competence import find_competent
from models.queries.slot_search import LOOK_BACK, bookable_reason
from models.queries.slots import looks, next_slots, slots_of_planned
from models.queries.staffing import capacities
from models.rules.capacity import Capacity
from models.rules.errors import NotFound
from models.rules.intervals import Interval
from models.rules.jurisdiction import Competent
from models.rules.slots import BookingTerms, Gap, Slot, bookable_from, slots_from_gaps
from models.tables import Reason

# Further than this one would rather wait.
FARTHEST_KM = 50
# So many of the nearest neighbours are looked at, to list those who are free first.
MOST_NEIGHBOURS = 20
_NEVER = datetime.max.replace(tzinfo=UTC)

# Of each unit, the gaps that hold its first starts: the longest of those that began already, then the longest at each
# of the next different starts. Every gap that fits begins with a slot, so that as many gaps as starts are enough.
_EARLIEST = text("""
    WITH around AS (
        SELECT u.id, u.name, u.commune_name, u.time_zone, d.km,
            CASE WHEN u.id = own.id THEN 0 WHEN u.grouping = own.grouping THEN 1 ELSE 2 END AS nearness
        FROM units own
        JOIN units u ON u.id = own.id
            OR u.grouping = own.grouping
            OR (u.latitude BETWEEN own.latitude - :degrees AND own.latitude + :degrees)
        CROSS JOIN LATERAL (
            SELECT 2 * 6371 * asin(least(1, sqrt(
                sin(radians(u.latitude - own.latitude) / 2) ^ 2
                + cos(radians(own.latitude)) * cos(radians(u.latitude))
                * sin(radians(u.longitude - own.longitude) / 2) ^ 2
            ))) AS km
        ) d
        WHERE own.id = :unit AND u.institution = 'GN' AND u.receives_contact_requests
            AND (u.id = own.id OR u.grouping = own.grouping OR d.km <= :farthest)
    ),
    ranked AS (
        SELECT around.*, row_number() OVER (PARTITION BY nearness ORDER BY km, id) AS rank FROM around
    )
    SELECT ranked.id, ranked.name, ranked.commune_name, ranked.time_zone, ranked.km, ranked.nearness,
        EXISTS (SELECT FROM planning_sources p WHERE p.unit_id = ranked.id AND p.revoked_at IS NULL) AS planned,
        gap.window_id, gap.counter_id, gap.agent_id, gap.starts_at, gap.ends_at
    FROM ranked
    LEFT JOIN LATERAL (
        (
            SELECT f.window_id, f.counter_id, f.agent_id, f.starts_at, f.ends_at FROM free_times f
            WHERE f.unit_id = ranked.id AND f.starts_at > :since AND f.starts_at < :earliest
                AND f.ends_at >= :enough
                AND (f.reason_codes = '{}' OR :reason = ANY (f.reason_codes)) AND f.place_kind = ANY (:places)
            ORDER BY f.ends_at DESC LIMIT 1
        )
        UNION ALL
        (
            -- One row for each start, jumped to in the index: a unit with twenty counters has each start twenty times.
            WITH RECURSIVE first AS (
                SELECT CAST(NULL AS bigint) AS window_id, CAST(NULL AS integer) AS counter_id,
                    CAST(NULL AS integer) AS agent_id, CAST(:before AS timestamptz) AS starts_at,
                    CAST(NULL AS timestamptz) AS ends_at, 0 AS number
                UNION ALL
                SELECT following.*, first.number + 1 FROM first CROSS JOIN LATERAL (
                    SELECT f.window_id, f.counter_id, f.agent_id, f.starts_at, f.ends_at FROM free_times f
                    WHERE f.unit_id = ranked.id AND f.starts_at > first.starts_at AND f.starts_at <= :latest
                        AND f.ends_at - f.starts_at >= :needed
                        AND (f.reason_codes = '{}' OR :reason = ANY (f.reason_codes))
                        AND f.place_kind = ANY (:places)
                    ORDER BY f.starts_at, f.ends_at DESC LIMIT 1
                ) following
                WHERE first.number < :starts
            )
            SELECT window_id, counter_id, agent_id, starts_at, ends_at FROM first WHERE number > 0
        )
    ) gap ON :look
    WHERE ranked.nearness < 2 OR ranked.rank <= :neighbours
    ORDER BY ranked.nearness, ranked.km, ranked.id
""")


class Nearness(StrEnum):
    """What a unit is to the commune: its own, one of the same grouping, or one nearby."""

    COMPETENT = "competent"
    SIBLING = "sibling"
    NEIGHBOUR = "neighbour"


@dataclass(frozen=True, slots=True)
class UnitEarliest:
    """A unit and its first slots, in order of time; `km` from the competent unit, None when its place is unknown.

    The choices of a slot name one gap that has room for it, not all of them.
    """

    unit_id: int
    name: str
    commune_name: str
    zone: ZoneInfo
    nearness: Nearness
    km: float | None
    slots: tuple[Slot, ...]


def earliest_anywhere(
    session: Session, commune_insee: str, reason_code: str, now: datetime, *, limit: int = 6, starts: int = 3
) -> list[UnitEarliest]:
    """Return who can receive a citizen of a commune first.

    Args:
        commune_insee: any INSEE code, today's or one that has merged.
        limit: how many units at most.
        starts: how many slots of each at most.

    Returns:
        The competent unit, even without slots, then siblings and then neighbours that have some, those who are free
        first leading. Empty when we cannot tell who is competent, or it is the police: `find_competent` says why.

    Raises:
        Invalid: there is no such reason, or appointments are not made for it.
    """
    competence = find_competent(session, commune_insee, now.astimezone(UTC).date())
    if not isinstance(competence, Competent):
        bookable_reason(session, reason_code)
        return []
    return earliest_around(session, competence.unit.id, reason_code, now, limit=limit, starts=starts)


def earliest_around(
    session: Session, unit_id: int, reason_code: str, now: datetime, *, limit: int = 6, starts: int = 3
) -> list[UnitEarliest]:
    """Return the same as `earliest_anywhere` around a unit that is known already, such as one that the citizen chose.

    Raises:
        NotFound: there is no such unit, or it receives nobody.
        Invalid: there is no such reason, or appointments are not made for it.
    """
    reason = bookable_reason(session, reason_code)
    rows = _read(session, unit_id, reason, now, starts)
    if not rows:
        raise NotFound("no_such_unit")
    units: list[UnitEarliest] = []
    for _, group in groupby(rows, attrgetter("id")):
        if _needs_more(reason) and sum(map(_is_listed, units)) >= limit:
            # Each further unit costs queries of its own here, and those that are nearer are listed already.
            break
        units.append(_unit(session, list(group), reason, now, starts))
    units = _with_people(session, rows, units, reason, now, limit, starts)
    return sorted(filter(_is_listed, units), key=_order)[:limit]


def _read(session: Session, unit_id: int, reason: Reason, now: datetime, starts: int) -> list[Row[Any]]:
    terms = terms_of(reason)
    earliest = bookable_from(terms, now)
    return list(
        session.execute(
            _EARLIEST,
            {
                "unit": unit_id,
                "degrees": FARTHEST_KM / 111,
                "farthest": FARTHEST_KM,
                "neighbours": MOST_NEIGHBOURS,
                "since": earliest - LOOK_BACK,
                "earliest": earliest,
                # The jump is to whatever is later than the last one, and PostgreSQL counts microseconds.
                "before": earliest - timedelta(microseconds=1),
                "enough": earliest + terms.needed,
                "latest": now + terms.horizon,
                "needed": terms.needed,
                "reason": reason.code,
                "places": reason.place_kinds,
                "starts": starts,
                # Where a room is needed too, a gap alone says nothing: each unit's slots are looked for below.
                "look": not _needs_more(reason),
            },
        )
    )


def _unit(session: Session, rows: list[Row[Any]], reason: Reason, now: datetime, starts: int) -> UnitEarliest:
    unit = rows[0]
    if _needs_more(reason):
        slots = next_slots(session, unit.id, reason.code, now, starts)
    else:
        slots = _first(rows, terms_of(reason), now)[:starts]
    nearness = list(Nearness)[unit.nearness]
    return UnitEarliest(
        unit.id, unit.name, unit.commune_name, ZoneInfo(unit.time_zone), nearness, unit.km, tuple(slots)
    )


def _with_people(
    session: Session,
    rows: Sequence[Row[Any]],
    units: list[UnitEarliest],
    reason: Reason,
    now: datetime,
    limit: int,
    starts: int,
) -> list[UnitEarliest]:
    """Return `units` with, of those that have a planning, the first slots for which somebody is left.

    The gaps that were read hold the first starts as counters go. Where nobody is left for one, later ones come up: they
    are looked for in all such units at once, and no longer in those that others have pushed off the list.
    """
    asked = {row.id for row in rows if row.planned}
    if not asked or _needs_more(reason):
        # Where a counter is not enough, each unit's slots were looked for together with its people.
        return units
    first_look, *later_looks = looks(terms_of(reason), now)
    staffed = _staffed_first(session, asked, units, reason, first_look)
    found: dict[int, list[Slot]] = {
        unit.unit_id: []
        for unit in units
        if (capacity := staffed.get(unit.unit_id)) is not None
        and not all(capacity.allows(slot.starts_at, slot.choices[0].agent_id) for slot in unit.slots)
    }
    places = {unit.unit_id: number for number, unit in enumerate(units)}
    units = [replace(unit, slots=()) if unit.unit_id in found else unit for unit in units]
    wanted = set(found)
    for during in (first_look, *later_looks) if wanted else ():
        known = staffed if during is first_look else None
        for unit_id, slots in slots_of_planned(session, wanted, reason, during, now, known).items():
            found[unit_id] += slots
            units[places[unit_id]] = replace(units[places[unit_id]], slots=tuple(found[unit_id][:starts]))
        orders = sorted(_order(unit) for unit in units if _is_listed(unit))
        wanted = {
            unit_id
            for unit_id in wanted
            if len(found[unit_id]) < starts and bisect_left(orders, _order(units[places[unit_id]], during.end)) < limit
        }
        if not wanted:
            break
    return units


def _staffed_first(
    session: Session, asked: set[int], units: Sequence[UnitEarliest], reason: Reason, first_look: Interval
) -> dict[int, Capacity]:
    """Return whether enough are left for the slots that were found, and for whichever start during the first look."""
    terms = terms_of(reason)
    starts = [slot.starts_at for unit in units if unit.unit_id in asked for slot in unit.slots]
    if not starts:
        return {}
    times = [
        Interval(first_look.start, first_look.end + terms.needed),
        *(Interval(at, at + terms.needed) for at in starts),
    ]
    return capacities(session, asked, reason.agents_needed, terms, times)


def _needs_more(reason: Reason) -> bool:
    """Say whether a free counter is not enough: a room, an interpreter or a second gendarme must be free as well."""
    return bool(reason.resource_kinds) or reason.agents_needed > 1


def _first(rows: list[Row[Any]], terms: BookingTerms, now: datetime) -> list[Slot]:
    gaps = [
        Gap(row.window_id, row.counter_id, row.agent_id, row.starts_at.astimezone(UTC), row.ends_at.astimezone(UTC))
        for row in rows
        if row.window_id is not None
    ]
    return slots_from_gaps(gaps, terms, now)


def _is_listed(unit: UnitEarliest) -> bool:
    return bool(unit.slots) or unit.nearness is Nearness.COMPETENT


def _order(unit: UnitEarliest, looked_until: datetime = _NEVER) -> tuple[int, datetime, float, int]:
    """Where the unit stands; without slots up to some time, the best place that it could still have."""
    if unit.slots:
        return list(Nearness).index(unit.nearness), unit.slots[0].starts_at, unit.km or 0.0, unit.unit_id
    return list(Nearness).index(unit.nearness), looked_until, 0.0, 0
