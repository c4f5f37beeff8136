"""What a unit has sold and who of it is there, from the database, for `models.rules.clashes`."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import Range, aggregate_order_by
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
        select(Appointment, receivers.filter(AppointmentAgent.agent_id.is_not(None)))
        .outerjoin(AppointmentAgent, AppointmentAgent.appointment_id == Appointment.id)
        .where(Appointment.unit_id == unit_id, Appointment.occupies, Appointment.ends_at > now)
        .group_by(Appointment.id)
        .execution_options(populate_existing=True)
    )
    return [
        Sold(
            one.id,
            Interval(one.starts_at.astimezone(UTC), one.ends_at.astimezone(UTC)),
            _interval(one.occupied),
            one.agents_needed,
            frozenset(named or ()),
            one.created_at,
            to_come=one.state in BOOKED and one.starts_at > now,
        )
        for one, named in rows
    ]


def people_of(session: Session, unit_id: int, named: frozenset[int], now: datetime) -> People:
    """Return who serves in a unit and when they, and whoever is `named` besides them, are not free from `now` on."""
    agents = frozenset(agents_of(session, unit_id))
    imported: defaultdict[int, list[Interval]] = defaultdict(list)
    absent: defaultdict[int, list[Interval]] = defaultdict(list)
    away = select(Absence.agent_id, Absence.during, Absence.source).where(
        Absence.agent_id.in_(agents | named), Absence.cancelled_at.is_(None), _lasts(Absence.during, now)
    )
    for agent_id, during, source in session.execute(away):
        absent[agent_id].append(_interval(during))
        if source == Source.PLANNING:
            imported[agent_id].append(_interval(during))
    return People(agents, imported, absent, _elsewhere(session, unit_id, agents, now))


def _elsewhere(session: Session, unit_id: int, agents: frozenset[int], now: datetime) -> dict[int, list[Interval]]:
    found: defaultdict[int, list[Interval]] = defaultdict(list)
    taken = (
        select(AppointmentAgent.agent_id, AppointmentAgent.occupied)
        .join(Appointment, Appointment.id == AppointmentAgent.appointment_id)
        .where(
            AppointmentAgent.agent_id.in_(agents),
            AppointmentAgent.occupies,
            Appointment.unit_id != unit_id,
            Appointment.ends_at > now,
        )
    )
    for agent_id, occupied in session.execute(taken):
        found[agent_id].append(_interval(occupied))
    return found


def _lasts(during: Any, now: datetime) -> ColumnElement[bool]:
    # The end does not belong to it.
    return func.upper(during) > now


def _interval(during: Range[datetime]) -> Interval:
    assert during.lower is not None
    assert during.upper is not None
    return Interval(during.lower.astimezone(UTC), during.upper.astimezone(UTC))
