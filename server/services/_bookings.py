"""How each use case takes hold of a booking before it decides, and what they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentCancelled, AppointmentMoved
from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules.actor import AgentActor, CitizenActor, PartnerActor, SystemActor
from models.rules.api_keys import Scope
from models.rules.appointments import BOOKED, EndedBy, State
from models.rules.booking import require_changeable
from models.rules.errors import Conflict, Forbidden, NotFound
from models.tables import Appointment, Booking, Reason, Unit
from server.services._clashes import weigh_clashes, weighs_once
from server.services._holds import held_of, let_go

BookingActor = CitizenActor | PartnerActor | AgentActor
PARTNERS_BOOK = frozenset({"bookings:write", "visioplainte"})


@dataclass(frozen=True)
class LockedBooking:
    """A booking under its unit's lock; `active` is its requested or confirmed appointment."""

    booking: Booking
    active: Appointment | None
    reason: Reason
    unit: Unit


def lock_booking(session: Session, booking_id: UUID, actor: BookingActor | None = None) -> LockedBooking:
    """Lock the booking's unit, then return the booking as it is now.

    Args:
        actor: must be its citizen, the partner that made it, or somebody who serves in its unit; None: not asked.

    Raises:
        NotFound: `no_such_booking`, also when it is none of the actor's.
        Forbidden: `scope_missing`: the partner's key may not book.
    """
    # A booking never goes to another unit, so that one look before the lock is enough.
    unit_id = session.scalar(select(Booking.unit_id).where(Booking.id == booking_id, Booking.erased_at.is_(None)))
    if unit_id is None:
        raise NotFound("no_such_booking")
    lock_scopes(session, {unit_scope(unit_id)})
    booking = session.get_one(Booking, booking_id, populate_existing=True)
    if booking.erased_at is not None or (actor is not None and not _is_of(booking, actor)):
        raise NotFound("no_such_booking")
    active = active_appointment(session, booking_id)
    return LockedBooking(
        booking, active, session.get_one(Reason, booking.reason_code), session.get_one(Unit, booking.unit_id)
    )


def active_appointment(session: Session, booking_id: UUID) -> Appointment | None:
    """The requested or confirmed appointment of a booking; the database allows one at most."""
    return session.scalar(
        select(Appointment)
        .where(Appointment.booking_id == booking_id, Appointment.state.in_(BOOKED))
        .execution_options(populate_existing=True)
    )


def last_appointment(session: Session, booking_id: UUID) -> Appointment | None:
    """The appointment of a booking that was booked last, whatever has become of it."""
    return session.scalar(
        select(Appointment)
        .where(Appointment.booking_id == booking_id, Appointment.booked_at.is_not(None))
        .order_by(Appointment.booked_at.desc(), Appointment.created_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def require_may_book(actor: BookingActor, unit_id: int) -> None:
    """Let a partner book with the unit of its key only.

    Raises:
        Forbidden: `scope_missing`.
        NotFound: `no_such_unit`.
    """
    if isinstance(actor, PartnerActor):
        if not actor.scopes & PARTNERS_BOOK:
            raise Forbidden("scope_missing")
        if actor.unit_id not in (None, unit_id):
            raise NotFound("no_such_unit")


def require_open(session: Session, locked: LockedBooking) -> None:
    """Refuse what concerns a booking that has ended.

    Raises:
        Conflict: `already_ended` with the `state` of its last appointment.
    """
    if locked.booking.ended_at is not None:
        last = last_appointment(session, locked.booking.id)
        raise Conflict("already_ended", {"state": last.state if last else None})


def require_in_time(locked: LockedBooking, actor: BookingActor | None, now: datetime) -> None:
    """Let a citizen or a partner change the active appointment while the reason's notice allows it.

    Whoever serves in the unit may at any time: they know whether it still helps. So may the remote-complaint service,
    whose contract knows no refusal here.

    Raises:
        Conflict: `already_ended` or `too_late`.
    """
    if isinstance(actor, PartnerActor) and locked.active is not None and locked.active.ends_at <= now:
        # Whether they came is the unit's to say, although it may not have said it yet.
        raise Conflict("already_ended", {"state": locked.active.state})
    if locked.active is not None and not _may_be_late(actor):
        require_changeable(
            State(locked.active.state),
            locked.active.starts_at,
            timedelta(minutes=locked.reason.change_notice_minutes),
            now,
            phone=locked.unit.phone_as_printed or None,
        )


def _may_be_late(actor: BookingActor | None) -> bool:
    return isinstance(actor, AgentActor) or (isinstance(actor, PartnerActor) and Scope.VISIOPLAINTE in actor.scopes)


def end_appointment(
    session: Session, appointment: Appointment, state: State, ended_by: EndedBy, now: datetime, word: str = ""
) -> None:
    """Give an appointment its final state; its counter, gendarmes and rooms are free from here on."""
    appointment.state = state
    appointment.ended_at = now
    appointment.ended_by = ended_by
    appointment.word = word or appointment.word
    session.flush()
    weigh_clashes(session, appointment.unit_id, now)


def record_given_up(
    session: Session, appointment: Appointment, word: str, actor: AgentActor | SystemActor, now: datetime
) -> None:
    """Record that the unit gave an appointment up; `word` is what the citizen reads."""
    assert appointment.booking_id is not None
    record(
        session,
        AppointmentCancelled(
            at=now,
            unit_id=appointment.unit_id,
            agent_id=actor.agent_id if isinstance(actor, AgentActor) else None,
            booking_id=appointment.booking_id,
            appointment_id=appointment.id,
            by=EndedBy.UNIT,
            word=word,
        ),
    )


@weighs_once
def replace_appointment(
    session: Session, locked: LockedBooking, chosen: Appointment, state: State, by: EndedBy, now: datetime,
    agent_id: int | None = None,
) -> None:  # fmt: skip
    """Make a held time the booking's appointment instead of the active one, and let go what else is held for it.

    Everything happens in the caller's transaction: the old time is free and the new one is booked, or neither.
    """
    before = locked.active or last_appointment(session, locked.booking.id)
    if locked.active is not None:
        end_appointment(session, locked.active, State.MOVED, by, now)
    chosen.booking_id = locked.booking.id
    chosen.state = state
    chosen.held_until = None
    chosen.booked_at = now
    chosen.moved_from_id = before.id if before is not None else None
    session.flush()
    for other in held_of(session, locked.booking.id):
        let_go(session, other, State.CANCELLED, by, now, "chosen_other")
    record(
        session,
        AppointmentMoved(
            at=now,
            unit_id=locked.booking.unit_id,
            agent_id=agent_id,
            booking_id=locked.booking.id,
            appointment_id=chosen.id,
            from_appointment_id=str(before.id if before is not None else chosen.id),
            by=by,
        ),
    )
    # Also where nothing ended: the planning may have changed while the time was held.
    weigh_clashes(session, locked.booking.unit_id, now)


def acting_agent(actor: BookingActor) -> int | None:
    """The gendarme who acts for a caller, for the history."""
    return actor.agent_id if isinstance(actor, AgentActor) else None


def _is_of(booking: Booking, actor: BookingActor) -> bool:
    match actor:
        case CitizenActor():
            # The edge has checked the follow link that names the booking.
            return actor.booking_id == booking.id
        case PartnerActor():
            if not actor.scopes & PARTNERS_BOOK:
                raise Forbidden("scope_missing")
            return actor.api_key_id == booking.api_key_id
        case AgentActor():
            return actor.serves_in_unit == booking.unit_id
