"""What calendars hold of appointments: a gendarme's own ones, and how often a booking has changed for its citizen.

How often is counted in the history, which is written in the change's own transaction and never loses a row: no count
falls, and no change is without its number.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models.appointment_events import (
    APPOINTMENT_EVENTS,
    AppointmentApproved,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
)
from models.events import EXPORT
from models.queries.feed.view import View
from models.rules.appointments import State
from models.rules.openings import PlaceKind
from models.tables import Appointment, AppointmentAgent, Booking, Counter, Event, Reason, Unit

# What is over stays for a week, as it does on terminals.
STAYS = timedelta(days=7)
# Whoever came, or did not, was waited for: the time stays what it was in the calendar.
_STAND = (State.REQUESTED, State.CONFIRMED, State.HONOURED, State.NO_SHOW)
# What brings agendas into line is what they count.
CHANGES_FOR_GENDARMES = frozenset(name for name, event in APPOINTMENT_EVENTS.items() if EXPORT in event.deferrals)
# Who of the unit receives is the unit's own matter, and not to be told from a number either.
CHANGES_FOR_CITIZENS = frozenset(
    event.name for event in (AppointmentBooked, AppointmentApproved, AppointmentMoved, AppointmentCancelled)
)


@dataclass(frozen=True)
class Changes:
    """How often a booking has changed since it was made, and when it did so last."""

    sequence: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class HeldAppointment:
    """An appointment as a gendarme's calendar holds it.

    Args:
        sequence: rises with each change of time, place, state or people, also when the booking gets another
            appointment.
        subject: the reason's name in French.
        place_name: of a town hall or of a France services place.
    """

    appointment_id: UUID
    booking_id: UUID
    unit_name: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    confirmed: bool
    discreet: bool
    subject: str = field(repr=False)
    place_kind: PlaceKind
    place_name: str | None = field(repr=False)
    counter: int
    sequence: int
    changed_at: datetime


def held_by(session: Session, unit: Unit, agent_id: int, now: datetime) -> list[HeldAppointment]:
    """The appointments that an agent receives in a unit, from the day a week ago to all that come, by time.

    What is only held or offered is nobody's business yet.
    """
    rows = session.execute(
        select(Appointment, Booking.id, Booking.discreet, Reason.label_fr, Counter.number)
        .join(AppointmentAgent, AppointmentAgent.appointment_id == Appointment.id)
        .join(Booking, Booking.id == Appointment.booking_id)
        .join(Reason, Reason.code == Appointment.reason_code)
        .join(Counter, Counter.id == Appointment.counter_id)
        .where(AppointmentAgent.agent_id == agent_id, _is_held(unit, now))
        .order_by(Appointment.starts_at, Appointment.id)
        .execution_options(populate_existing=True)
    ).all()
    changes = changes_of(session, [row.id for row in rows], CHANGES_FOR_GENDARMES)
    return [
        HeldAppointment(
            appointment_id=one.id,
            booking_id=booking_id,
            unit_name=unit.name,
            time_zone=unit.time_zone,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            confirmed=one.state != State.REQUESTED,
            discreet=discreet,
            subject=label,
            place_kind=PlaceKind(one.place_kind),
            place_name=one.place_name,
            counter=number,
            sequence=changes[booking_id].sequence,
            changed_at=changes[booking_id].changed_at,
        )
        for one, booking_id, discreet, label, number in rows
    ]


def count_held(session: Session, unit: Unit, agent_ids: Collection[int], now: datetime) -> dict[int, int]:
    """How many appointments `held_by` gives for each of these; who has none is left out."""
    rows = session.execute(
        select(AppointmentAgent.agent_id, func.count().label("appointments"))
        .join(Appointment, Appointment.id == AppointmentAgent.appointment_id)
        .join(Booking, Booking.id == Appointment.booking_id)
        .where(AppointmentAgent.agent_id.in_(agent_ids), _is_held(unit, now))
        .group_by(AppointmentAgent.agent_id)
    )
    return {row.agent_id: row.appointments for row in rows}


def _is_held(unit: Unit, now: datetime) -> ColumnElement[bool]:
    view = View(unit.id, unit.time_zone, now)
    return and_(
        Appointment.unit_id == unit.id,
        Appointment.state.in_(_STAND),
        Appointment.starts_at >= view.midnight(view.day - STAYS),
        Booking.erased_at.is_(None),
    )


def changes_of(
    session: Session, booking_ids: Collection[UUID], which: Collection[str] = CHANGES_FOR_CITIZENS
) -> dict[UUID, Changes]:
    """How often each of these bookings has changed, and when last; one without a history has not.

    Args:
        which: the names of the events that count; the first is how it began.
    """
    counted = (
        select(Event.booking_id, func.count().label("count"), func.max(Event.at).label("at"))
        .where(Event.booking_id.in_(booking_ids), Event.name.in_(which))
        .group_by(Event.booking_id)
        .subquery()
    )
    rows = session.execute(
        select(Booking.id, func.coalesce(counted.c.count, 1), func.coalesce(counted.c.at, Booking.created_at))
        .outerjoin(counted, counted.c.booking_id == Booking.id)
        .where(Booking.id.in_(booking_ids))
    )
    return {booking_id: Changes(count - 1, at) for booking_id, count, at in rows}
