from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.appointments import EndedBy
from models.rules.errors import Conflict
from models.rules.request_lifecycle import Verdict
from models.tables import Appointment
from server.services._bookings import (
    BookingActor,
    acting_agent,
    lock_booking,
    replace_appointment,
    require_in_time,
    require_open,
)
from server.services._first_state import state_when_booked
from server.services.hold_slot import held_by_token, hold_token_hash
from server.tokens import Tokens


@dataclass(frozen=True)
class MoveAppointment:
    """Moves a booking to what is held for it (`HoldSlot` with its `booking_id`)."""

    booking_id: UUID
    hold_token: str


def move_appointment(
    session: Session, command: MoveAppointment, actor: BookingActor, now: datetime, tokens: Tokens
) -> Verdict:
    """Free the old time and book the held one, or change nothing.

    A booking that has no time any more, because the unit gave it up, gets one again in the same way.

    Raises:
        NotFound, Forbidden: as `lock_booking`.
        Conflict: `hold_expired`, `already_ended`, or `too_late` with `until` and the unit's `phone`.
    """
    locked = lock_booking(session, command.booking_id, actor)
    token_hash = hold_token_hash(tokens, command.hold_token)
    if locked.active is not None and locked.active.hold_token_hash == token_hash:
        return Verdict.NOOP
    require_open(session, locked)
    require_in_time(locked, actor, now)
    chosen = _chosen(session, command, now, tokens)
    state = state_when_booked(session, chosen, needs_approval=locked.reason.needs_approval)
    replace_appointment(session, locked, chosen, state, EndedBy.CITIZEN, now, acting_agent(actor))
    return Verdict.APPLY


def _chosen(session: Session, command: MoveAppointment, now: datetime, tokens: Tokens) -> Appointment:
    chosen = held_by_token(session, command.hold_token, tokens, now)
    if chosen.booking_id != command.booking_id:
        # Somebody else's, or held for a booking that is yet to be made.
        raise Conflict("hold_expired", {"starts_at": chosen.starts_at.isoformat()})
    return chosen
