"""When gendarmes are not free: absences, imported time, and the appointments that each is named on, wherever.

A planning has thousands of stretches. Only those that meet the times asked for are read, joined where they overlap or
touch, and each agent's come as two arrays of instants: what a driver does for each row would be most of the cost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, text
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, Range
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.rules.intervals import Interval

# What is taken at `:times` from the agent of a row `serving`, for a LATERAL. An integer range of one number stands for
# the agent, as in the indexes: see `Absence`.
TAKEN = """
    SELECT array_agg(lower(stretch)) AS starts, array_agg(upper(stretch)) AS ends
    FROM unnest((
        SELECT range_agg(busy.during) FROM (
            SELECT named.occupied AS during FROM appointment_agents named
            WHERE int4range(named.agent_id, named.agent_id, '[]') = int4range(serving.id, serving.id, '[]')
                AND named.occupies AND named.occupied && :times
            UNION ALL
            SELECT absent.during FROM absences absent
            WHERE int4range(absent.agent_id, absent.agent_id, '[]') = int4range(serving.id, serving.id, '[]')
                AND absent.cancelled_at IS NULL AND absent.during && :times
        ) busy
    )) stretch
"""
TIMES = bindparam("times", type_=TSTZMULTIRANGE)

_AGENTS = """
    SELECT serving.id, taken.starts, taken.ends
    FROM unnest(CAST(:agents AS integer[])) serving (id) CROSS JOIN LATERAL (
"""
_TAKEN_FROM_AGENTS = text(f"{_AGENTS} {TAKEN} ) taken").bindparams(TIMES)


def taken_times(session: Session, agent_ids: Collection[int], times: Sequence[Interval]) -> dict[int, list[Interval]]:
    """Return, for each of the agents, what of their time is taken and meets `times`, in order and without overlaps.

    Args:
        times: in order, none of them empty, as `models.rules.intervals.merged` gives them.
    """
    rows = session.execute(_TAKEN_FROM_AGENTS, {"agents": list(agent_ids), "times": multirange(times)}).all()
    return {agent_id: stretches(starts, ends) for agent_id, starts, ends in rows}


def multirange(times: Sequence[Interval]) -> list[Range[datetime]]:
    """Return `times` as `TIMES` takes them."""
    return [Range(*one) for one in times]


def stretches(starts: Iterable[datetime] | None, ends: Iterable[datetime] | None) -> list[Interval]:
    """Return what two arrays of `TAKEN` say; None, which is what nothing at all aggregates to, is nothing."""
    return [
        Interval(start.astimezone(UTC), end.astimezone(UTC))
        for start, end in zip(starts or (), ends or (), strict=True)
    ]


def is_agent(column: InstrumentedAttribute[int], agent: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Say that two columns hold the same agent, as the indexes over agents and their time have it."""

    def as_range(one: InstrumentedAttribute[int]) -> ColumnElement[Any]:
        # Written out: a plan that is kept for any parameter could not know that the expression is the index's.
        return func.int4range(one, one, literal_column("'[]'"))

    return as_range(column) == as_range(agent)
