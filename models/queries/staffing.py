"""How many gendarmes are left, from the database: what `models.rules.capacity` needs of units that have a planning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Session

from models.rules.actor import Role
from models.rules.capacity import Capacity, OpenPlaces, Staffing
from models.rules.intervals import Interval
from models.rules.openings import LONGEST
from models.rules.slots import BookingTerms

# Appointments are read by their starts: one that still lasts began no earlier, its pause included.
_LOOK_BACK = LONGEST + timedelta(days=1)

# In one query, so that a search costs one more where there is a planning, and none where there is none.
_STAFFING = text("""
    WITH planned AS (
        SELECT DISTINCT unit_id FROM planning_sources WHERE unit_id = ANY (:units) AND revoked_at IS NULL
    ),
    serving AS (
        SELECT agents.id, agents.unit_id FROM agents JOIN planned ON planned.unit_id = agents.unit_id
        WHERE agents.active AND agents.roles && CAST(:roles AS text[])
    )
    SELECT unit_id, id AS agent_id, CAST(NULL AS timestamptz) AS starts_at, CAST(NULL AS timestamptz) AS ends_at,
        0 AS needed, 0 AS named
    FROM serving
    UNION ALL
    SELECT serving.unit_id, serving.id, lower(busy.during), upper(busy.during), 0, 0
    FROM serving CROSS JOIN LATERAL (
        SELECT occupied AS during FROM appointment_agents
        WHERE agent_id = serving.id AND occupies AND occupied && :during
        UNION ALL
        SELECT during FROM absences WHERE agent_id = serving.id AND cancelled_at IS NULL AND during && :during
    ) busy
    UNION ALL
    SELECT appointment.unit_id, NULL, lower(appointment.occupied), upper(appointment.occupied),
        appointment.agents_needed, count(receiver.agent_id)
    FROM planned JOIN appointments appointment ON appointment.unit_id = planned.unit_id
    LEFT JOIN appointment_agents receiver ON receiver.appointment_id = appointment.id
    WHERE appointment.starts_at > :since AND appointment.starts_at < :until
        AND appointment.occupies AND appointment.occupied && :during
    GROUP BY appointment.id
    HAVING count(receiver.agent_id) < appointment.agents_needed
""").bindparams(bindparam("during", type_=TSTZRANGE))


def staffings(session: Session, unit_ids: Collection[int], during: Interval) -> dict[int, Staffing]:
    """Return, for each of the units that has a planning, who is left of it during `during`; nothing for the others.

    A planning counts until it is revoked: paused, failing or silent, it is still the best that is known.
    """
    rows = session.execute(
        _STAFFING,
        {
            "units": list(unit_ids),
            "roles": [Role.GENDARME.value, Role.CHIEF.value],
            "during": Range(*during),
            "since": during.start - _LOOK_BACK,
            "until": during.end,
        },
    )
    agents: defaultdict[int, set[int]] = defaultdict(set)
    busy: defaultdict[int, list[Interval]] = defaultdict(list)
    waiting: defaultdict[int, list[tuple[datetime, datetime, int, int]]] = defaultdict(list)
    for unit_id, agent_id, start, end, needed, named in rows:
        if agent_id is None:
            waiting[unit_id].append((start.astimezone(UTC), end.astimezone(UTC), needed, named))
        elif start is None:
            agents[unit_id].add(agent_id)
        else:
            busy[agent_id].append(Interval(start.astimezone(UTC), end.astimezone(UTC)))
    return {
        unit_id: Staffing(
            frozenset(serving),
            {agent_id: busy[agent_id] for agent_id in serving if agent_id in busy},
            # An appointment that needs more than there are waits for as many as there are.
            [
                OpenPlaces(start, end, min(needed, len(serving)) - named)
                for start, end, needed, named in waiting[unit_id]
                if named < min(needed, len(serving))
            ],
        )
        for unit_id, serving in agents.items()
    }


def capacity_of(
    session: Session, unit_id: int, agents_needed: int, terms: BookingTerms, during: Interval
) -> Capacity | None:
    """Return whether enough of a unit are left for appointments on `terms` within `during`; None without a planning."""
    staffing = staffings(session, [unit_id], during).get(unit_id)
    return None if staffing is None else Capacity(staffing, terms.needed, agents_needed)
