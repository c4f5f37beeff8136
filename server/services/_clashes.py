"""Brings in line what the planning contradicts: raised for the chief, ended as soon as it is no longer so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import ClashEnded, ClashRaised
from models.events import unit_scope
from models.queries.planned_people import has_planning, people_of, sold_in
from models.record import lock_scopes, record
from models.rules.clashes import Availability, Clash, Sold, find_clashes
from models.tables import Appointment, PlanningClash, Reason
from server.services._next_starts import NEXT, next_starts

P = ParamSpec("P")
R = TypeVar("R")

_TO_WEIGH = "units_to_weigh"


def weighs_once(use_case: Callable[Concatenate[Session, P], R]) -> Callable[Concatenate[Session, P], R]:
    """Let a use case that ends many appointments weigh each of their units once, when all has become what it will be.

    Weighing reads all that a unit has sold. Until `use_case` returns, `weigh_clashes` only notes the unit; of several
    such use cases within one another, the outermost weighs. Where it raises, nothing is weighed: nothing is kept.
    """

    @wraps(use_case)
    def weighing(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if _TO_WEIGH in session.info:
            return use_case(session, *args, **kwargs)
        noted: dict[int, datetime] = session.info.setdefault(_TO_WEIGH, {})
        try:
            result = use_case(session, *args, **kwargs)
        finally:
            del session.info[_TO_WEIGH]
        # In the order in which everybody locks.
        for unit_id, now in sorted(noted.items(), key=lambda one: unit_scope(one[0])):
            weigh_clashes(session, unit_id, now)
        return result

    return weighing


class _Proposing:
    """What the chief could do instead, as far as can be said now.

    One reading may contradict many appointments; the next free starts are looked for once for each reason and place.
    """

    def __init__(self, session: Session, unit_id: int, availability: Availability, now: datetime) -> None:
        self._session, self._unit_id, self._availability, self._now = session, unit_id, availability, now
        self._starts: dict[tuple[str, str], list[datetime]] = {}

    def for_(self, appointment: Appointment, sold: Sold) -> dict[str, Any]:
        """Return who could take it, and when else the citizen could come."""
        others = [start for start in self._next(appointment) if start != sold.during.start]
        return {
            "agent_ids": self._availability.could_take(sold),
            "starts": [start.astimezone(UTC).isoformat() for start in others[:NEXT]],
        }

    def _next(self, appointment: Appointment) -> list[datetime]:
        key = (appointment.reason_code, appointment.place_kind)
        if key not in self._starts:
            reason = self._session.get_one(Reason, appointment.reason_code)
            places = (appointment.place_kind,)
            # One more than is shown, because its own time may be among them.
            self._starts[key] = next_starts(self._session, self._unit_id, reason, self._now, places, NEXT + 1)
        return self._starts[key]


def weigh_clashes(session: Session, unit_id: int, now: datetime) -> int:
    """Raise what the planning contradicts of a unit's appointments to come, and end what it no longer does.

    For whatever changes the planning, absences, appointments or who receives; in the same transaction, after the rows
    are what they will be. Nothing is cancelled, and what the chief has kept stays kept while it stands.

    Returns:
        How many were raised or ended; 0 within a use case that `weighs_once`.
    """
    if _TO_WEIGH in session.info:
        session.info[_TO_WEIGH][unit_id] = now
        return 0
    lock_scopes(session, {unit_scope(unit_id)})
    session.flush()
    standing = _open(session, unit_id)
    planned = has_planning(session, unit_id)
    if not standing and not planned:
        return 0
    sold = sold_in(session, unit_id, now) if planned else []
    people = people_of(session, unit_id, sold, now)
    found = find_clashes(sold, people)
    for clash in standing.keys() - found:
        _end(session, standing[clash], now)
    new = found - standing.keys()
    if new:
        by_id = {one.appointment_id: one for one in sold}
        proposing = _Proposing(session, unit_id, Availability(sold, people), now)
        # In order of time, so that whoever reads the history finds them as the desk lists them.
        for appointment_id, agent_id in sorted(new, key=lambda one: (by_id[one[0]].during, one[1] or 0)):
            _raise(session, by_id[appointment_id], agent_id, proposing, now)
    return len(new) + len(standing.keys() - found)


def _open(session: Session, unit_id: int) -> dict[Clash, PlanningClash]:
    rows = session.scalars(
        select(PlanningClash)
        .where(PlanningClash.unit_id == unit_id, PlanningClash.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return {(one.appointment_id, one.agent_id): one for one in rows}


def _raise(session: Session, sold: Sold, agent_id: int | None, proposing: _Proposing, now: datetime) -> None:
    appointment = session.get_one(Appointment, sold.appointment_id)
    assert appointment.booking_id is not None, "only what is booked can clash"
    clash = PlanningClash(
        id=uuid4(),
        unit_id=appointment.unit_id,
        appointment_id=appointment.id,
        agent_id=agent_id,
        raised_at=now,
        proposals=proposing.for_(appointment, sold),
    )
    session.add(clash)
    session.flush()
    record(
        session,
        ClashRaised(
            at=now,
            unit_id=appointment.unit_id,
            booking_id=appointment.booking_id,
            appointment_id=appointment.id,
            clash_id=str(clash.id),
            about_agent_id=agent_id,
        ),
    )


def _end(session: Session, clash: PlanningClash, now: datetime) -> None:
    clash.ended_at = now
    session.flush()
    appointment = session.get_one(Appointment, clash.appointment_id)
    assert appointment.booking_id is not None, "only what is booked can clash"
    record(
        session,
        ClashEnded(
            at=now,
            unit_id=clash.unit_id,
            booking_id=appointment.booking_id,
            appointment_id=appointment.id,
            clash_id=str(clash.id),
            about_agent_id=clash.agent_id,
        ),
    )
