"""Appointments of the unit: the coming fortnight, what is still to be decided or said, and what ended last week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, or_, select
from sqlalchemy.orm import Session

from models.queries.agenda_findings import open_findings
from models.queries.feed import clashes
from models.queries.feed.told import Told, of_appointments
from models.queries.feed.view import Bodies, View, iso, person
from models.rules.appointments import ENDED_STAYS, State, is_held
from models.rules.openings import FORTNIGHT
from models.rules.reached_by import reached_by
from models.tables import Agent, Appointment, AppointmentAgent, Booking, Counter, PushFollow, Reason

_People = defaultdict[UUID, list[dict[str, Any] | None]]
_Row = Row[Appointment, Booking, int, bool, str, bool]


def bodies(session: Session, view: View, ids: Collection[str]) -> Bodies:
    """Those of the given appointments that the unit's terminals hold today."""
    rows = session.execute(_of_unit(view.unit_id).where(Appointment.id.in_([UUID(one) for one in ids]))).all()
    midnight = view.midnight(view.day)
    held = [row for row in rows if _held(row, midnight)]
    return _bodies(session, held)


def turned(session: Session, view: View, since: date) -> dict[str, dict[str, Any] | None]:
    """What the calendar alone has changed since a day: some came into the fortnight, some ended a week ago."""
    then, now = view.midnight(since), view.midnight(view.day)
    first, last = min(then, now), max(then, now)
    rows = session.execute(
        _of_unit(view.unit_id).where(
            or_(
                (Appointment.starts_at >= first + FORTNIGHT) & (Appointment.starts_at < last + FORTNIGHT),
                (Appointment.ended_at >= first - ENDED_STAYS) & (Appointment.ended_at < last - ENDED_STAYS),
            )
        )
    ).all()
    changed = [row for row in rows if _held(row, then) != _held(row, now)]
    written = _bodies(session, [row for row in changed if _held(row, now)])
    return {str(row.Appointment.id): written.get(str(row.Appointment.id)) for row in changed}


def _bodies(session: Session, rows: Collection[_Row]) -> Bodies:
    ids = [row.Appointment.id for row in rows]
    people, told = _receivers(session, ids), of_appointments(session, ids)
    contradicted, asked = clashes.of_appointments(session, ids), open_findings(session, ids)
    return {
        str(row.Appointment.id): {
            **_body(row, people, told[row.Appointment.id]),
            "clashes": contradicted[row.Appointment.id],
            "agenda": [
                {"id": one.id, "agent": person(one.agent_id, one.agent_name), "deed": one.deed, "found_at": iso(one.at)}
                for one in asked.get(row.Appointment.id, ())
            ],
        }
        for row in rows
    }


def _of_unit(unit_id: int) -> Select[Appointment, Booking, int, bool, str, bool]:
    return (
        select(
            Appointment,
            Booking,
            Counter.number.label("counter"),
            Reason.needs_approval.label("needs_approval"),
            Agent.name.label("decider"),
            exists().where(PushFollow.booking_id == Booking.id).label("follows"),
        )
        .join(Booking, Booking.id == Appointment.booking_id)
        .join(Counter, Counter.id == Appointment.counter_id)
        .join(Reason, Reason.code == Appointment.reason_code)
        .outerjoin(Agent, Agent.id == Appointment.decided_by_id)
        .where(Appointment.unit_id == unit_id)
        .order_by(Appointment.starts_at, Appointment.id)
    )


def _held(row: _Row, midnight: datetime) -> bool:
    one: Appointment = row.Appointment
    has_booking = row.Booking.erased_at is None
    return is_held(
        State(one.state),
        one.starts_at,
        one.ended_at,
        has_booking=has_booking,
        only_held=one.booked_at is None and one.offer is None,
        midnight=midnight,
    )


def _receivers(session: Session, ids: Iterable[UUID]) -> _People:
    rows = session.execute(
        select(AppointmentAgent.appointment_id, Agent.id, Agent.name)
        .join(Agent, Agent.id == AppointmentAgent.agent_id)
        .where(AppointmentAgent.appointment_id.in_(list(ids)))
        .order_by(AppointmentAgent.taken_at, Agent.id)
    )
    found: _People = defaultdict(list)
    for appointment_id, agent_id, name in rows:
        found[appointment_id].append(person(agent_id, name))
    return found


def _body(row: _Row, people: _People, told: Told) -> dict[str, Any]:
    one: Appointment = row.Appointment
    booking: Booking = row.Booking
    return {
        "id": str(one.id),
        "reference": booking.reference,
        "state": one.state,
        "starts_at": iso(one.starts_at),
        "ends_at": iso(one.ends_at),
        "free_at": iso(one.occupied.upper),
        "reason": one.reason_code,
        "discreet": booking.discreet,
        "language": booking.language,
        "place": {"kind": one.place_kind, "name": one.place_name, "address": booking.address},
        "counter": {"id": one.counter_id, "number": row.counter},
        "occurrence_id": None if one.occurrence_id is None else str(one.occurrence_id),
        "agents": people[one.id],
        "agents_needed": one.agents_needed,
        "needs_approval": row.needs_approval,
        "to_confirm_because": one.to_confirm_because,
        "citizen": _citizen(booking),
        "reached_by": reached_by(
            told_by=booking.told_by,
            follows=row.follows,
            email=bool(booking.email),
            last=told.last,
            stopped=told.stopped,
        ),
        "offer": one.offer,
        "held_until": iso(one.held_until),
        "released_at": iso(one.released_at),
        "word": one.word,
        "citizen_word": one.citizen_word,
        "decided_by": person(one.decided_by_id, row.decider),
        "decided_at": iso(one.decided_at),
        "ended_at": iso(one.ended_at),
        "ended_by": one.ended_by,
        "told": told.shown,
    }


def _citizen(booking: Booking) -> dict[str, Any] | None:
    if booking.caller_name is None and booking.phone is None and not booking.facts:
        # A partner keeps everything to itself.
        return None
    return {
        "name": booking.caller_name,
        "phone": booking.phone,
        "may_leave_message": booking.may_leave_message,
        "facts": booking.facts,
    }
