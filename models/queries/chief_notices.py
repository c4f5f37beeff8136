"""What chiefs are told of their planning, as it still is: a source that is silent, appointments that it contradicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, cast, select
from sqlalchemy.orm import Session

from models.appointment_events import ClashRaised
from models.planning_events import PlanningSilent
from models.rules.appointments import BOOKED
from models.rules.clashes import NEAR
from models.tables import Appointment, Booking, Event, PlanningClash, PlanningSource


@dataclass(frozen=True)
class Told:
    """One event that is still worth telling; one of `planning_id` and `appointment_id` is set."""

    event_id: int
    unit_id: int
    planning_id: UUID | None = None
    appointment_id: UUID | None = None
    discreet: bool = False


def worth_telling(session: Session, event_id: int, now: datetime) -> list[Told]:
    """Return what a chief should hear because of an event; nothing when it is no longer so.

    Clashes are told together: one reading of a planning may contradict many appointments at once.
    """
    event = session.get(Event, event_id)
    if event is None:
        return []
    if event.name == PlanningSilent.name:
        return _silence(session, event)
    return _clashes(session, event.unit_id, now) if event.name == ClashRaised.name else []


def is_overtaken(session: Session, event_id: int) -> bool:
    """Say whether a clash was raised in the unit after the one of an event: whoever tells of it tells of both."""
    event = session.get_one(Event, event_id)
    later = (
        select(Event.id)
        .join(PlanningClash, PlanningClash.appointment_id == Event.appointment_id)
        .where(
            PlanningClash.unit_id == event.unit_id,
            PlanningClash.raised_at >= event.at,
            Event.unit_id == event.unit_id,
            Event.name == ClashRaised.name,
            Event.id > event_id,
        )
    )
    return event.name == ClashRaised.name and bool(session.scalar(select(later.exists())))


def _silence(session: Session, event: Event) -> list[Told]:
    source = session.get(PlanningSource, UUID(event.data["planning_id"]), populate_existing=True)
    # It was heard and has fallen silent again since: that is another event.
    if source is None or source.revoked_at is not None or source.silent_since is None or source.silent_since > event.at:
        return []
    return [Told(event.id, event.unit_id, planning_id=source.id)]


def _clashes(session: Session, unit_id: int, now: datetime) -> list[Told]:
    rows = session.execute(
        select(Event.id, Appointment.id, Booking.discreet)
        .join(PlanningClash, PlanningClash.id == cast(Event.data["clash_id"].astext, Uuid))
        .join(Appointment, Appointment.id == PlanningClash.appointment_id)
        .join(Booking, Booking.id == Appointment.booking_id)
        .where(
            Event.unit_id == unit_id,
            Event.name == ClashRaised.name,
            Event.appointment_id == Appointment.id,
            PlanningClash.unit_id == unit_id,
            PlanningClash.ended_at.is_(None),
            PlanningClash.kept_at.is_(None),
            Appointment.state.in_(BOOKED),
            Appointment.starts_at > now,
            Appointment.starts_at <= now + NEAR,
        )
        .order_by(Appointment.starts_at, Event.id)
    )
    return [Told(event_id, unit_id, appointment_id=one, discreet=discreet) for event_id, one, discreet in rows]
