"""What a delivery needs to know of an event of an appointment, read in one go as in `models.queries.delivery`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import APPOINTMENT_EVENTS, AppointmentEvent
from models.queries.agenda import Changes, changes_of
from models.rules.appointments import BOOKED, State
from models.tables import Appointment, Booking, Event, Reason, Unit


@dataclass(frozen=True)
class AppointmentDelivery:
    """An event, and its appointment, booking, reason and unit as they are now.

    Attributes:
        offers: what the unit holds for the citizen, by time.
        has_another: the booking has an appointment other than the event's.
        changes: how often the booking has changed, at the time of what is read here or before.
    """

    event: AppointmentEvent
    appointment: Appointment
    booking: Booking
    reason: Reason
    unit: Unit
    offers: Sequence[Appointment]
    has_another: bool
    changes: Changes


def find_appointment_delivery(session: Session, event_id: int) -> AppointmentDelivery | None:
    """Read again what happened and to whom; None when the event is unknown or concerns no appointment."""
    booking_id = session.scalar(select(Event.booking_id).where(Event.id == event_id))
    if booking_id is None:
        return None
    # Read first: a change in between is told with too low a number, which its own message mends; too high a one would
    # make what is old look new.
    changes = changes_of(session, [booking_id])[booking_id]
    row = session.execute(
        select(Event, Appointment, Booking, Reason, Unit)
        .join(Appointment, Appointment.id == Event.appointment_id)
        .join(Booking, Booking.id == Event.booking_id)
        .join(Reason, Reason.code == Booking.reason_code)
        .join(Unit, Unit.id == Booking.unit_id)
        .where(Event.id == event_id)
    ).one_or_none()
    if row is None or row[0].name not in APPOINTMENT_EVENTS:
        return None
    event, appointment, booking, reason, unit = row
    others = session.scalars(
        select(Appointment).where(Appointment.booking_id == booking.id).order_by(Appointment.starts_at)
    ).all()
    known = APPOINTMENT_EVENTS[event.name](
        at=event.at, unit_id=event.unit_id, agent_id=event.agent_id, **_subjects(event), **event.data
    )
    assert isinstance(known, AppointmentEvent)
    return AppointmentDelivery(
        event=known,
        appointment=appointment,
        booking=booking,
        reason=reason,
        unit=unit,
        offers=[one for one in others if one.state == State.HELD and one.offer is not None],
        has_another=any(one.state in BOOKED and one.id != appointment.id for one in others),
        changes=changes,
    )


def _subjects(event: Event) -> dict[str, object]:
    return {"booking_id": event.booking_id, "appointment_id": event.appointment_id}
