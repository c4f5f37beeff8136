"""How a time is held: chosen among the free ones, inserted, and let go when its time has run out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.appointment_events import OfferEnded
from models.queries.booking_terms import terms_of
from models.queries.free_gaps import OpenGap, agents_at, best_gap, gaps_at, resources_at
from models.record import record
from models.rules.appointments import EndedBy, Offer, State
from models.rules.openings import PlaceKind
from models.tables import Appointment, AppointmentAgent, AppointmentResource, Booking, Reason
from models.tables.appointment import AGENT_BUSY, COUNTER_BUSY, RESOURCE_BUSY
from server.services._clashes import weigh_clashes, weighs_once
from server.services._next_starts import slot_taken

BUSY = {COUNTER_BUSY, AGENT_BUSY, RESOURCE_BUSY}


@dataclass(frozen=True)
class Hold:
    """What to hold, and for whom.

    Args:
        booking_id: whose; None for somebody of whom nothing is known yet.
        places: kinds of place that will do; none means wherever the reason can take place.
        by_unit: the unit itself chose this time, so that neither notice nor horizon counts.
    """

    unit_id: int
    starts_at: datetime
    until: datetime
    booking_id: UUID | None = None
    token_hash: bytes | None = None
    offer: Offer | None = None
    moved_from_id: UUID | None = None
    places: Collection[str] = ()
    by_unit: bool = False


def hold(session: Session, command: Hold, reason: Reason, now: datetime) -> Appointment:
    """Hold a time at the counter where it wastes the least; the caller has the unit's lock.

    Raises:
        Conflict: `slot_taken` with `next`, up to three other starts.
    """
    terms = terms_of(reason)
    if command.by_unit:
        terms = replace(terms, notice=timedelta(0), horizon=timedelta(days=3660))
    found = gaps_at(session, command.unit_id, reason, command.starts_at, terms, now, command.places)
    occupied = Range(command.starts_at, command.starts_at + terms.needed)
    agents = agents_at(session, command.unit_id, reason, occupied, found)
    resources = resources_at(session, command.unit_id, reason, occupied) if agents else None
    if resources is None:
        raise slot_taken(session, command.unit_id, reason, now, command.places)
    chosen = best_gap(list(agents), command.starts_at, terms)
    appointment = _row(command, reason, chosen, occupied, terms.duration, now)
    try:
        with session.begin_nested():
            session.add(appointment)
            session.flush()
            _take(session, appointment, agents[chosen], resources, now)
            session.flush()
    except IntegrityError as error:
        # Whoever wrote without the unit's lock was first; the database decides, not what was read above.
        if constraint_of(error) not in BUSY:
            raise
        raise slot_taken(session, command.unit_id, reason, now, command.places) from error
    return appointment


def places_for(reason: Reason, booking: Booking) -> list[str]:
    """Where a booking can take place: at home only when the gendarme knows where that is."""
    return [kind for kind in reason.place_kinds if kind != PlaceKind.HOME or booking.address]


def let_go(
    session: Session, appointment: Appointment, state: State, ended_by: EndedBy, now: datetime, how: str | None = None
) -> None:
    """End a held time; `how` (of `OfferEnded`) is recorded when it was an offer.

    Whoever was kept back for it is left for others again.
    """
    appointment.state = state
    appointment.ended_at = now
    appointment.ended_by = ended_by
    appointment.held_until = None
    session.flush()
    if appointment.offer is not None and appointment.booking_id is not None and how is not None:
        record(
            session,
            OfferEnded(
                at=now,
                unit_id=appointment.unit_id,
                booking_id=appointment.booking_id,
                appointment_id=appointment.id,
                how=how,
            ),
        )
    weigh_clashes(session, appointment.unit_id, now)


def overdue(session: Session, unit_id: int, now: datetime) -> list[Appointment]:
    """The held times of a unit that have run out, not ended yet."""
    return list(
        session.scalars(
            select(Appointment)
            .where(Appointment.unit_id == unit_id, Appointment.state == State.HELD, Appointment.held_until <= now)
            .order_by(Appointment.held_until)
            .execution_options(populate_existing=True)
        )
    )


@weighs_once
def expire_overdue(session: Session, unit_id: int, now: datetime) -> int:
    """End what has run out in a unit whose lock the caller has. Returns how many."""
    ended = overdue(session, unit_id, now)
    for appointment in ended:
        let_go(session, appointment, State.EXPIRED, EndedBy.TIME, now, "expired")
    return len(ended)


def held_of(session: Session, booking_id: UUID) -> list[Appointment]:
    """What is held for a booking: offers, and a time that its citizen is just moving to."""
    return list(
        session.scalars(
            select(Appointment)
            .where(Appointment.booking_id == booking_id, Appointment.state == State.HELD)
            .order_by(Appointment.starts_at)
            .execution_options(populate_existing=True)
        )
    )


def _row(
    command: Hold, reason: Reason, chosen: OpenGap, occupied: Range[datetime], duration: timedelta, now: datetime
) -> Appointment:
    return Appointment(
        id=uuid4(),
        unit_id=command.unit_id,
        counter_id=chosen.gap.counter_id,
        occurrence_id=chosen.occurrence_id,
        booking_id=command.booking_id,
        reason_code=reason.code,
        starts_at=command.starts_at,
        ends_at=command.starts_at + duration,
        occupied=occupied,
        state=State.HELD,
        place_kind=chosen.place_kind,
        place_name=chosen.place_name,
        agents_needed=reason.agents_needed,
        held_until=command.until,
        hold_token_hash=command.token_hash,
        offer=command.offer,
        moved_from_id=command.moved_from_id,
        created_at=now,
    )


def _take(
    session: Session, appointment: Appointment, agents: Collection[int], resources: Collection[int], now: datetime
) -> None:
    """Take the gendarmes who are sure from the beginning, the rooms and the interpreters together with the counter."""
    for agent_id in agents:
        session.add(
            AppointmentAgent(
                appointment_id=appointment.id,
                agent_id=agent_id,
                occupied=appointment.occupied,
                occupies=True,
                taken_at=now,
                named_by_id=None,
            )
        )
    for resource_id in resources:
        session.add(
            AppointmentResource(
                appointment_id=appointment.id, resource_id=resource_id, occupied=appointment.occupied, occupies=True
            )
        )


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the constraint that refused, or None."""
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None)
