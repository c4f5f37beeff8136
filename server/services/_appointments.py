"""How each use case takes hold of an appointment before it decides, and what ends with it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes
from models.rules.actor import AgentActor
from models.rules.appointments import AppointmentFacts, EndedBy, Receiver, State
from models.rules.colleagues import require_unit
from models.rules.errors import NotFound
from models.tables import Agent, Appointment, AppointmentAgent, Booking
from server.services._holds import held_of, let_go


def lock_appointment(session: Session, appointment_id: UUID, actor: AgentActor) -> tuple[Appointment, AppointmentFacts]:
    """Lock the actor's unit, then return the appointment and what the rules need of it.

    An appointment never moves to another unit, so that the actor's own lock is enough: rules refuse any other's.

    Raises:
        Forbidden: the actor serves in no unit.
        NotFound: there is no such appointment, or a citizen only holds the time while typing.
    """
    lock_scopes(session, {unit_scope(require_unit(actor))})
    appointment = session.get(Appointment, appointment_id, populate_existing=True)
    if appointment is None or appointment.booking_id is None:
        raise NotFound("no_such_appointment")
    return appointment, facts_of(session, appointment)


def facts_of(session: Session, appointment: Appointment) -> AppointmentFacts:
    """An appointment as the rules see one."""
    rows = session.execute(
        select(AppointmentAgent.agent_id, Agent.name, AppointmentAgent.taken_at)
        .join(Agent, Agent.id == AppointmentAgent.agent_id)
        .where(AppointmentAgent.appointment_id == appointment.id)
        .order_by(AppointmentAgent.taken_at, AppointmentAgent.agent_id)
    )
    decider = appointment.decided_by_id
    return AppointmentFacts(
        unit_id=appointment.unit_id,
        state=State(appointment.state),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        agents_needed=appointment.agents_needed,
        receivers=tuple(Receiver(agent_id, name, taken_at) for agent_id, name, taken_at in rows),
        ended_at=appointment.ended_at,
        ended_by=None if appointment.ended_by is None else EndedBy(appointment.ended_by),
        decided_by_name=None if decider is None else session.get_one(Agent, decider).name,
        decided_at=appointment.decided_at,
    )


def booking_of(appointment: Appointment) -> UUID:
    """The booking of an appointment that is nobody's hold."""
    assert appointment.booking_id is not None
    return appointment.booking_id


def end_booking(session: Session, booking_id: UUID, now: datetime) -> None:
    """Close the booking with its last appointment: nobody waits for an earlier time, and what was offered is free."""
    booking = session.get_one(Booking, booking_id, populate_existing=True)
    booking.wants_earlier_since = None
    booking.ended_at = booking.ended_at or now
    for offer in held_of(session, booking_id):
        let_go(session, offer, State.EXPIRED, EndedBy.TIME, now, "expired")
