"""What a unit has sold and who of it is there, from the database, for `models.rules.clashes`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, aggregate_order_by
from sqlalchemy.orm import Session

from models.queries.slot_search import agents_of
from models.rules.appointments import BOOKED
from models.rules.clashes import People, Sold
from models.rules.duty import Source
from models.rules.intervals import Interval
from models.tables import Absence, Appointment, AppointmentAgent, PlanningSource


def has_planning(session: Session, unit_id: int) -> bool:
    """Say whether a unit has a planning: a source that is not revoked."""
    living = (PlanningSource.unit_id == unit_id) & PlanningSource.revoked_at.is_(None)
    return bool(session.scalar(select(select(PlanningSource.id).where(living).exists())))


def sold_in(session: Session, unit_id: int, now: datetime) -> list[Sold]:
    """Return whatever takes people's time in a unit from `now` on."""
    receivers = func.array_agg(aggregate_order_by(AppointmentAgent.agent_id, AppointmentAgent.agent_id))
    rows = session.execute(
        select(
            Appointment.id,
            Appointment.starts_at,
            Appointment.ends_at,
            func.upper(Appointment.occupied),
            Appointment.agents_needed,
            Appointment.created_at,
            Appointment.state,
            receivers.filter(AppointmentAgent.agent_id.is_not(None)),
        )
        .outerjoin(AppointmentAgent, AppointmentAgent.appointment_id == Appointment.id)
        .where(Appointment.unit_id == unit_id, Appointment.occupies, Appointment.ends_at > now)
        .group_by(Appointment.id)
    )
    return [
        Sold(
            number,
            _interval(start, end),
            _interval(start, free_at),
            needed,
            frozenset(named or ()),
            sold_at,
            to_come=state in BOOKED and start > now,
        )
        for number, start, end, free_at, needed, sold_at, state, named in rows
    ]


def people_of(session: Session, unit_id: int, sold: Collection[Sold], now: datetime) -> People:
    """Return who serves in a unit and when they, and whoever else receives there, are not free while `sold` lasts.

    Args:
        sold: what `sold_in` says of the unit at `now`.
    """
    named = frozenset(agent for one in sold for agent in one.named)
    agents = frozenset(agents_of(session, unit_id))
    imported: defaultdict[int, list[Interval]] = defaultdict(list)
    absent: defaultdict[int, list[Interval]] = defaultdict(list)
    # Two instants are read faster than one range, and a planning has thousands of them.
    away = select(Absence.agent_id, func.lower(Absence.during), func.upper(Absence.during), Absence.source).where(
        Absence.agent_id.in_(agents | named),
        Absence.cancelled_at.is_(None),
        # Most of a planning lies where nothing is sold: nights, and days that are not offered yet.
        Absence.during.overlaps(_sold_times(unit_id, now)),
    )
    for agent_id, start, end, source in session.execute(away):
        stretch = _interval(start, end)
        absent[agent_id].append(stretch)
        if source == Source.PLANNING:
            imported[agent_id].append(stretch)
    return People(agents, imported, absent, _elsewhere(session, unit_id, agents, now))


def _sold_times(unit_id: int, now: datetime) -> ScalarSelect[Any]:
    # Nothing overlaps the empty set, nor NULL, which is what no row at all comes to.
    return (
        select(func.range_agg(Appointment.occupied, type_=TSTZMULTIRANGE))
        .where(Appointment.unit_id == unit_id, Appointment.occupies, Appointment.ends_at > now)
        .scalar_subquery()
    )


def _elsewhere(session: Session, unit_id: int, agents: frozenset[int], now: datetime) -> dict[int, list[Interval]]:
    found: defaultdict[int, list[Interval]] = defaultdict(list)
    taken = (
        select(AppointmentAgent.agent_id, func.lower(AppointmentAgent.occupied), func.upper(AppointmentAgent.occupied))
        .join(Appointment, Appointment.id == AppointmentAgent.appointment_id)
        .where(
            AppointmentAgent.agent_id.in_(agents),
            AppointmentAgent.occupies,
            Appointment.unit_id != unit_id,
            Appointment.ends_at > now,
        )
    )
    for agent_id, start, end in session.execute(taken):
        found[agent_id].append(_interval(start, end))
    return found


def _interval(start: datetime, end: datetime) -> Interval:
    return Interval(start.astimezone(UTC), end.astimezone(UTC))
