from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentBooked
from models.record import record
from models.rules.actor import AgentActor, CitizenActor, PartnerActor
from models.rules.appointments import State
from models.rules.booking import BookingDetails, problems
from models.rules.errors import Conflict, Invalid, NotFound
from models.rules.references import draw_booking_reference
from models.tables import Appointment, Booking, Commune, ContactRequest, Reason
from server.provable_channels import ONLY_EMAIL, Provable
from server.services._bookings import BookingActor, acting_agent, require_may_book
from server.services._clashes import weigh_clashes
from server.services._first_state import state_when_booked
from server.services._inserts import insert_unless_refused
from server.services._verification import require_proof
from server.services.hold_slot import held_by_token
from server.tokens import Tokens

REFERENCE_DRAWS = 5


@dataclass(frozen=True)
class BookAppointment:
    """Makes an appointment of what is held.

    Args:
        idempotency_key: the same key with the same details is the same booking, however often it arrives.
        language: `fr` or `en`, for the answers they will get.
        verification_id: of a code that `verify_contact` has found right; needed when `verification_needed` was said.
        request_id: the contact request that a gendarme answers with this appointment.
        provable: what the deployment can send a code to.
    """

    hold_token: str
    details: BookingDetails
    language: str
    idempotency_key: str
    verification_id: UUID | None = None
    request_id: UUID | None = None
    provable: Provable = ONLY_EMAIL


@dataclass(frozen=True)
class Booked:
    """What the citizen takes away; `again` is true when this very booking was already there."""

    booking_id: UUID
    appointment_id: UUID
    reference: str
    follow_token: str
    follow_code: str
    state: State
    again: bool


def book_appointment(
    session: Session, command: BookAppointment, actor: BookingActor, now: datetime, tokens: Tokens
) -> Booked:
    """Book what is held: requested when the chief approves each one of this reason, else confirmed.

    While the planning that it rests on is silent it is requested too, because nobody knows who will be there.

    Raises:
        Invalid: fields are missing or wrong (`details["fields"]`).
        NotFound, Forbidden: `no_such_unit` or `scope_missing` for a partner; `no_such_request`.
        Conflict: `hold_expired`; `verification_needed` with the `channels` over which a code can be sent (none: only
            the unit itself can help); `idempotency_key_reused` for other details.
    """
    key_hash = tokens.stored_hash("booking-key", command.idempotency_key)
    submission_hash = tokens.stored_hash("booking", _canonical(command))
    if earlier := _by_key(session, key_hash):
        return _same_again(session, earlier, submission_hash, tokens)
    appointment = _held(session, command, now, tokens, key_hash, submission_hash)
    if isinstance(appointment, Booked):
        return appointment
    require_may_book(actor, appointment.unit_id)
    reason = session.get_one(Reason, appointment.reason_code)
    _check(session, command, appointment, actor)
    if isinstance(actor, CitizenActor):
        require_proof(session, command.details, appointment, command.verification_id, now, tokens, command.provable)

    booking = _insert(session, command, appointment, reason, actor, key_hash, submission_hash, now, tokens)
    state = state_when_booked(session, appointment, needs_approval=reason.needs_approval)
    appointment.booking_id = booking.id
    appointment.state = state
    appointment.held_until = None
    appointment.booked_at = now
    session.flush()
    record(
        session,
        AppointmentBooked(
            at=now,
            unit_id=booking.unit_id,
            agent_id=acting_agent(actor),
            booking_id=booking.id,
            appointment_id=appointment.id,
            state=state,
        ),
    )
    # The planning may have changed while it was held; only what is booked is raised.
    weigh_clashes(session, booking.unit_id, now)
    return _booked(booking, appointment, tokens, again=False)


def _held(
    session: Session, command: BookAppointment, now: datetime, tokens: Tokens, key_hash: bytes, submission_hash: bytes
) -> Appointment | Booked:
    """The held time under its unit's lock; a double tap waited for the first one's commit there, and then finds it."""
    try:
        appointment = held_by_token(session, command.hold_token, tokens, now)
    except Conflict:
        if earlier := _by_key(session, key_hash):
            return _same_again(session, earlier, submission_hash, tokens)
        raise
    if appointment.booking_id is not None:
        # Held for somebody who moves: what they have already booked stays one booking.
        raise Conflict("hold_expired", {"starts_at": appointment.starts_at.isoformat()})
    return appointment


def _check(session: Session, command: BookAppointment, appointment: Appointment, actor: BookingActor) -> None:
    details = command.details
    fields = problems(
        details,
        place_kind=appointment.place_kind,
        name_needed=not isinstance(actor, PartnerActor),
        # Somebody at the desk may have neither: a gendarme can write down a name alone.
        reachable=isinstance(actor, CitizenActor),
    )
    if details.commune_insee is not None and session.get(Commune, details.commune_insee) is None:
        fields["commune_insee"] = "unknown"
    if fields:
        raise Invalid("invalid_details", {"fields": fields})
    if command.request_id is not None:
        request = session.get(ContactRequest, command.request_id)
        if request is None or not isinstance(actor, AgentActor) or request.unit_id != actor.serves_in_unit:
            raise NotFound("no_such_request")


def _insert(
    session: Session,
    command: BookAppointment,
    appointment: Appointment,
    reason: Reason,
    actor: BookingActor,
    key_hash: bytes,
    submission_hash: bytes,
    now: datetime,
    tokens: Tokens,
) -> Booking:
    details, booking_id = command.details, uuid4()
    for _ in range(REFERENCE_DRAWS):
        booking = Booking(
            id=booking_id,
            reference=draw_booking_reference(secrets.randbelow),
            unit_id=appointment.unit_id,
            commune_insee=details.commune_insee,
            reason_code=reason.code,
            discreet=reason.discreet,
            language=command.language,
            request_id=command.request_id,
            api_key_id=actor.api_key_id if isinstance(actor, PartnerActor) else None,
            caller_name=details.caller_name.strip() or None,
            phone=details.phone or None,
            email=details.email.strip() or None,
            may_leave_message=details.may_leave_message,
            facts=details.facts.strip() or None,
            address=details.address.strip() or None,
            follow_token_hash=tokens.stored_hash("follow-token", tokens.follow_token(booking_id, 1)),
            follow_generation=1,
            follow_code_hash=tokens.stored_hash("follow-code", tokens.follow_code(booking_id, 1)),
            idempotency_hash=key_hash,
            submission_hash=submission_hash,
            created_at=now,
        )
        refused_by = insert_unless_refused(session, booking)
        if refused_by is None:
            return booking
        if refused_by == "uq_bookings_idempotency_hash":
            # The same key raced us towards another unit, whose lock is not ours; the database decided who was first.
            raise Conflict("idempotency_key_reused")
        # Of the other unique columns only the reference is short enough to be drawn twice.
        assert refused_by == "uq_bookings_reference", refused_by
    raise AssertionError("five references in a row were taken")


def _by_key(session: Session, key_hash: bytes) -> Booking | None:
    return session.scalar(select(Booking).where(Booking.idempotency_hash == key_hash))


def _same_again(session: Session, earlier: Booking, submission_hash: bytes, tokens: Tokens) -> Booked:
    if earlier.submission_hash != submission_hash:
        raise Conflict("idempotency_key_reused")
    # The one that this submission booked, also when the citizen has moved to another time since.
    first = session.scalars(
        select(Appointment)
        .where(Appointment.booking_id == earlier.id, Appointment.booked_at.is_not(None))
        .order_by(Appointment.booked_at, Appointment.created_at)
        .limit(1)
        .execution_options(populate_existing=True)
    ).one()
    return _booked(earlier, first, tokens, again=True)


def _booked(booking: Booking, appointment: Appointment, tokens: Tokens, *, again: bool) -> Booked:
    return Booked(
        booking_id=booking.id,
        appointment_id=appointment.id,
        reference=booking.reference,
        follow_token=tokens.follow_token(booking.id, booking.follow_generation),
        follow_code=tokens.follow_code(booking.id, booking.follow_generation),
        state=State(appointment.state),
        again=again,
    )


def _canonical(command: BookAppointment) -> str:
    content = {
        **asdict(command.details),
        "language": command.language,
        "hold_token": command.hold_token,
        "request_id": str(command.request_id),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
