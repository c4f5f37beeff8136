from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.queries.booking_terms import terms_of
from models.queries.free_gaps import gaps_at
from models.record import lock_scopes
from models.rules.appointments import HOLD, EndedBy, State
from models.rules.errors import Conflict, Invalid, NotFound
from models.tables import Appointment, Booking, Reason, Unit
from server.services._bookings import lock_booking, require_open
from server.services._clashes import weighs_once
from server.services._holds import Hold, expire_overdue, held_of, hold, let_go, places_for
from server.services._next_starts import slot_taken
from server.tokens import Tokens

TOKEN_BYTES = 16


@dataclass(frozen=True)
class HoldSlot:
    """Asks for a time of a unit, for ten minutes.

    Args:
        starts_at: a start that was offered, or any other one that is free; an aware instant on a whole minute.
        booking_id: of the citizen who wants to move there; their edge has checked who they are.
        place_kind: where it must take place; None means wherever the reason can.
        token: the secret that the time is to be held under, of as many random bits as one that is drawn. A button that
            is pressed twice sends the same one twice, and gets the same time twice. None: one is drawn.
    """

    unit_id: int
    reason_code: str
    starts_at: datetime
    booking_id: UUID | None = None
    place_kind: str | None = None
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Held:
    """What is held; the token is a secret that only whoever holds it has."""

    appointment_id: UUID
    hold_token: str
    starts_at: datetime
    ends_at: datetime
    held_until: datetime
    place_kind: str
    place_name: str | None


@weighs_once
def hold_slot(session: Session, command: HoldSlot, now: datetime, tokens: Tokens) -> Held:
    """Keep a time free for somebody who is about to say who they are. Nothing but the time is stored.

    Raises:
        Invalid: by field: `unknown` (reason_code, place_kind), `other_reason`, `other_unit`, `off_grid` (starts_at).
        NotFound: `no_such_unit`, `no_such_booking`.
        Conflict: `slot_taken` with `next`, up to three free starts (ISO 8601); when moving also `already_ended`.
    """
    reason = _checked_reason(session, command)
    if again := _held_already(session, command, now, tokens):
        return again
    places = _places(session, command, reason)
    # Most of a crowd is turned away here, without waiting for the unit's lock.
    terms = terms_of(reason)
    if not gaps_at(session, command.unit_id, reason, command.starts_at, terms, now, places) and not _may_run_out(
        session, command, now
    ):
        raise slot_taken(session, command.unit_id, reason, now, places)
    lock_scopes(session, {unit_scope(command.unit_id)})
    expire_overdue(session, command.unit_id, now)
    # The first of two presses may have been before us at the lock.
    if again := _held_already(session, command, now, tokens):
        return again
    if command.booking_id is not None:
        _prepare_move(session, command, now)
    token = _free_token(session, command, tokens)
    appointment = hold(
        session,
        Hold(
            unit_id=command.unit_id,
            starts_at=command.starts_at,
            until=now + HOLD,
            booking_id=command.booking_id,
            token_hash=hold_token_hash(tokens, token),
            places=places,
        ),
        reason,
        now,
    )
    return _held(appointment, token)


def hold_token_hash(tokens: Tokens, hold_token: str) -> bytes:
    """What the database keeps of a hold's token."""
    return tokens.stored_hash("hold-token", hold_token)


def held_by_token(session: Session, hold_token: str, tokens: Tokens, now: datetime) -> Appointment:
    """Lock the unit of what somebody holds, and return it.

    Raises:
        Conflict: `hold_expired`: its ten minutes are over, it was let go, or there never was one.
    """
    which = Appointment.hold_token_hash == hold_token_hash(tokens, hold_token)
    unit_id = session.scalar(select(Appointment.unit_id).where(which))
    if unit_id is None:
        raise Conflict("hold_expired")
    lock_scopes(session, {unit_scope(unit_id)})
    appointment = session.scalars(select(Appointment).where(which).execution_options(populate_existing=True)).one()
    if appointment.state != State.HELD or appointment.held_until is None or appointment.held_until <= now:
        raise Conflict("hold_expired", {"starts_at": appointment.starts_at.isoformat()})
    return appointment


def _held(appointment: Appointment, token: str) -> Held:
    assert appointment.held_until is not None
    return Held(
        appointment_id=appointment.id,
        hold_token=token,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        held_until=appointment.held_until,
        place_kind=appointment.place_kind,
        place_name=appointment.place_name,
    )


def _held_already(session: Session, command: HoldSlot, now: datetime, tokens: Tokens) -> Held | None:
    """What this very command holds since its first arrival."""
    if command.token is None:
        return None
    found = session.scalar(
        select(Appointment)
        .where(
            Appointment.hold_token_hash == hold_token_hash(tokens, command.token),
            Appointment.state == State.HELD,
            Appointment.held_until > now,
            Appointment.unit_id == command.unit_id,
            Appointment.starts_at == command.starts_at,
            Appointment.booking_id.is_not_distinct_from(command.booking_id),
        )
        .execution_options(populate_existing=True)
    )
    return None if found is None else _held(found, command.token)


def _places(session: Session, command: HoldSlot, reason: Reason) -> Collection[str]:
    """Where it may be; whoever moves to a time at home must have said where that is when they booked."""
    booking = None if command.booking_id is None else session.get(Booking, command.booking_id)
    if booking is None:
        return () if command.place_kind is None else (command.place_kind,)
    possible = places_for(reason, booking)
    if command.place_kind is None and possible:
        return possible
    if command.place_kind not in possible:
        raise Invalid("invalid_details", {"fields": {"place_kind": "unknown"}})
    assert command.place_kind is not None
    return (command.place_kind,)


def _free_token(session: Session, command: HoldSlot, tokens: Tokens) -> str:
    """The token asked for, unless something that is over was held under it: then another one."""
    if command.token is not None:
        used = Appointment.hold_token_hash == hold_token_hash(tokens, command.token)
        if session.scalar(select(Appointment.id).where(used)) is None:
            return command.token
    return secrets.token_urlsafe(TOKEN_BYTES)


def _checked_reason(session: Session, command: HoldSlot) -> Reason:
    reason = session.get(Reason, command.reason_code)
    fields: dict[str, str] = {}
    if reason is None or not reason.active or not reason.bookable:
        fields["reason_code"] = "unknown"
    elif command.place_kind is not None and command.place_kind not in reason.place_kinds:
        fields["place_kind"] = "unknown"
    if command.starts_at.second or command.starts_at.microsecond:
        fields["starts_at"] = "off_grid"
    if fields or reason is None:
        raise Invalid("invalid_details", {"fields": fields})
    if session.get(Unit, command.unit_id) is None:
        raise NotFound("no_such_unit")
    return reason


def _may_run_out(session: Session, command: HoldSlot, now: datetime) -> bool:
    """Say whether something held at that time has run out, so that a look under the lock is worth it."""
    return (
        session.scalar(
            select(Appointment.id)
            .where(
                Appointment.unit_id == command.unit_id,
                Appointment.state == State.HELD,
                Appointment.held_until <= now,
            )
            .limit(1)
        )
        is not None
    )


def _prepare_move(session: Session, command: HoldSlot, now: datetime) -> None:
    assert command.booking_id is not None
    locked = lock_booking(session, command.booking_id)
    fields = {}
    if locked.booking.unit_id != command.unit_id:
        fields["unit_id"] = "other_unit"
    if locked.booking.reason_code != command.reason_code:
        fields["reason_code"] = "other_reason"
    if fields:
        raise Invalid("invalid_details", {"fields": fields})
    require_open(session, locked)
    # Who looks at one time after another keeps one only.
    for earlier in held_of(session, command.booking_id):
        if earlier.offer is None:
            let_go(session, earlier, State.CANCELLED, EndedBy.CITIZEN, now)
