"""How many gendarmes are left, from the database: what `models.rules.capacity` needs of units that have a planning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.queries.taken_time import TAKEN, TIMES, multirange, stretches
from models.rules.actor import Role
from models.rules.capacity import Capacity, OpenPlaces, Staffing
from models.rules.intervals import Interval, merged
from models.rules.openings import LONGEST
from models.rules.slots import BookingTerms

# Appointments are read by their starts: one that still lasts began no earlier, its pause included.
_LOOK_BACK = LONGEST + timedelta(days=1)

# In one query, so that a search costs one more where there is a planning, and none where there is none.
_SERVING = """
    WITH planned AS (
        SELECT DISTINCT unit_id FROM planning_sources WHERE unit_id = ANY (:units) AND revoked_at IS NULL
    ),
    serving AS (
        SELECT agents.id, agents.unit_id FROM agents JOIN planned ON planned.unit_id = agents.unit_id
        WHERE agents.active AND agents.roles && CAST(:roles AS text[])
    )
    SELECT serving.unit_id, serving.id AS agent_id, taken.starts, taken.ends, 0 AS needed, 0 AS named
    FROM serving CROSS JOIN LATERAL (
"""
_WAITING = """
    ) taken
    UNION ALL
    SELECT waiting.unit_id, NULL, array_agg(lower(waiting.occupied)), array_agg(upper(waiting.occupied)),
        waiting.agents_needed, waiting.named
    FROM (
        SELECT appointment.unit_id, appointment.occupied, appointment.agents_needed, count(receiver.agent_id) AS named
        FROM planned JOIN appointments appointment ON appointment.unit_id = planned.unit_id
        LEFT JOIN appointment_agents receiver ON receiver.appointment_id = appointment.id
        WHERE appointment.starts_at > :since AND appointment.starts_at < :until
            AND appointment.occupies AND appointment.occupied && :times
        GROUP BY appointment.id
        HAVING count(receiver.agent_id) < appointment.agents_needed
    ) waiting
    GROUP BY waiting.unit_id, waiting.agents_needed, waiting.named
"""
_STAFFING = text(f"{_SERVING} {TAKEN} {_WAITING}").bindparams(TIMES)


def staffings(session: Session, unit_ids: Collection[int], times: Iterable[Interval]) -> dict[int, Staffing]:
    """Return, for each of the units that has a planning, who is left of it at some times; nothing for the others.

    A planning counts until it is revoked: paused, failing or silent, it is still the best that is known.

    Args:
        times: what is asked about, such as the gaps of a search; of what lies wholly beside them nothing is said.
    """
    around = merged(times)
    if not around:
        return {}
    rows = session.execute(
        _STAFFING,
        {
            "units": list(unit_ids),
            "roles": [Role.GENDARME.value, Role.CHIEF.value],
            "times": multirange(around),
            "since": around[0].start - _LOOK_BACK,
            "until": around[-1].end,
        },
    ).all()
    agents: defaultdict[int, set[int]] = defaultdict(set)
    busy: dict[int, list[Interval]] = {}
    waiting: defaultdict[int, list[tuple[datetime, datetime, int, int]]] = defaultdict(list)
    for unit_id, agent_id, starts, ends, needed, named in rows:
        if agent_id is not None:
            agents[unit_id].add(agent_id)
            busy[agent_id] = stretches(starts, ends)
        else:
            waiting[unit_id] += [(start, end, needed, named) for start, end in stretches(starts, ends)]
    return {
        unit_id: Staffing(
            frozenset(serving),
            {agent_id: busy[agent_id] for agent_id in serving if busy[agent_id]},
            # An appointment that needs more than there are waits for as many as there are.
            [
                OpenPlaces(start, end, min(needed, len(serving)) - named)
                for start, end, needed, named in waiting[unit_id]
                if named < min(needed, len(serving))
            ],
        )
        for unit_id, serving in agents.items()
    }


def capacities(
    session: Session, unit_ids: Collection[int], agents_needed: int, terms: BookingTerms, times: Iterable[Interval]
) -> dict[int, Capacity]:
    """Return, for each of the units that has a planning, whether enough of it are left for appointments on `terms`.

    Args:
        times: what the appointments may occupy; nothing is said of those that reach beyond them.
    """
    return {
        unit_id: Capacity(staffing, terms.needed, agents_needed)
        for unit_id, staffing in staffings(session, unit_ids, times).items()
    }


def capacity_of(
    session: Session, unit_id: int, agents_needed: int, terms: BookingTerms, times: Iterable[Interval]
) -> Capacity | None:
    """Return the same for one unit; None when it has no planning."""
    return capacities(session, [unit_id], agents_needed, terms, times).get(unit_id)
