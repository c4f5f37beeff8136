"""What the person behind a booking may read of it, through the follow link or the reference and its code.

Who of the unit receives, and what gendarmes wrote to each other, is never loaded: what is not here cannot leak.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.queries.competence import unit_facts
from models.queries.promises import Asked, last_reminder
from models.queries.to_confirm import why_to_confirm
from models.rules.appointments import BOOKED, EndedBy, Offer, State
from models.rules.booking import change_until
from models.rules.references import normalise_reference
from models.rules.territory import UnitFacts
from models.tables import Appointment, Booking, Reason, Unit


@dataclass(frozen=True)
class FollowedAppointment:
    """One time of a booking; `held_until` says until when an offer stands, `word` what the unit wrote.

    Args:
        to_confirm: of an offer: accepted, it is requested first.
    """

    id: UUID
    state: State
    starts_at: datetime
    ends_at: datetime
    place_kind: str
    place_name: str | None
    offer: Offer | None
    held_until: datetime | None
    ended_at: datetime | None
    ended_by: EndedBy | None
    word: str | None
    to_confirm: bool = False


@dataclass(frozen=True)
class FollowedBooking:
    """A booking as its citizen sees it; `generation` is what the follow link and the code are derived from.

    Args:
        active: the requested or confirmed appointment, if any.
        last: the appointment booked last, whatever became of it; the active one while there is one.
        offers: what the unit holds for them now, by time.
        change_until: until when (inclusive) the active one can be moved or cancelled here; None without one.
        address: where the gendarme comes to, when the appointment is at home.
        asked: the last reminder of the active one that they were sent.
    """

    id: UUID
    generation: int
    reference: str
    discreet: bool
    language: str
    reason_code: str
    reason: dict[str, str]
    papers: dict[str, str]
    unit: UnitFacts
    caller_name: str | None
    address: str | None
    active: FollowedAppointment | None
    last: FollowedAppointment | None
    offers: tuple[FollowedAppointment, ...]
    change_until: datetime | None
    asked: Asked | None
    wants_earlier: bool
    created_at: datetime
    ended_at: datetime | None
    opinion: str | None

    @property
    def asks_how_it_was(self) -> bool:
        return self.ended_at is not None and self.last is not None and self.last.state is State.HONOURED

    def may_change(self, now: datetime) -> bool:
        """Say whether the appointment can still be moved or cancelled without calling the unit."""
        return self.ended_at is None and self.change_until is not None and now <= self.change_until

    def may_choose_again(self, now: datetime) -> bool:
        """Say whether another time can be chosen: to move, or because the unit gave the old one up."""
        return self.may_change(now) or (self.active is None and self.ended_at is None)

    def may_promise(self, now: datetime) -> bool:
        """Say whether they were asked whether they come, and can still say so."""
        return self.active is not None and self.asked is not None and self.active.starts_at > now

    def may_want_earlier(self, now: datetime) -> bool:
        """Say whether there is an appointment to come that could be earlier."""
        return self.ended_at is None and self.active is not None and self.active.starts_at > now


def by_token(session: Session, token_hash: bytes, now: datetime) -> FollowedBooking | None:
    """The booking whose follow link hashes to `token_hash`; None when there is none, or no more."""
    return _load(session, Booking.follow_token_hash == token_hash, now)


def by_code(session: Session, reference: str, code_hash: bytes, now: datetime) -> FollowedBooking | None:
    """The booking with this reference (however it was typed) and a code that hashes to `code_hash`."""
    stored = normalise_reference(reference)
    return _load(session, (Booking.reference == stored) & (Booking.follow_code_hash == code_hash), now)


def by_id(session: Session, booking_id: UUID, now: datetime) -> FollowedBooking | None:
    """The booking with this id, for an edge that knows by other means who asks."""
    return _load(session, Booking.id == booking_id, now)


def of_request(session: Session, request_id: UUID, now: datetime) -> FollowedBooking | None:
    """The last booking with which a gendarme has answered a contact request."""
    booking_id = session.scalar(
        select(Booking.id).where(Booking.request_id == request_id).order_by(Booking.created_at.desc()).limit(1)
    )
    return None if booking_id is None else by_id(session, booking_id, now)


def _load(session: Session, which: ColumnElement[bool], now: datetime) -> FollowedBooking | None:
    row = session.execute(
        select(Booking, Reason, Unit)
        .join(Reason, Reason.code == Booking.reason_code)
        .join(Unit, Unit.id == Booking.unit_id)
        .where(which, Booking.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    booking, reason, unit = row
    appointments = session.scalars(
        select(Appointment)
        .where(Appointment.booking_id == booking.id)
        .order_by(Appointment.starts_at)
        .execution_options(populate_existing=True)
    ).all()
    active = next((one for one in appointments if one.state in BOOKED), None)
    booked = [one for one in appointments if one.booked_at is not None]
    last = active or max(booked, key=lambda one: (one.booked_at, one.created_at), default=None)
    notice = timedelta(minutes=reason.change_notice_minutes)
    return FollowedBooking(
        id=booking.id,
        generation=booking.follow_generation,
        reference=booking.reference,
        discreet=booking.discreet,
        language=booking.language,
        reason_code=reason.code,
        reason={"fr": reason.label_fr, "en": reason.label_en},
        papers={"fr": reason.papers_fr, "en": reason.papers_en},
        unit=unit_facts(unit),
        caller_name=booking.caller_name,
        address=booking.address,
        active=_followed(active) if active else None,
        last=_followed(last) if last else None,
        offers=tuple(_offered(session, one, reason) for one in appointments if _stands(one, now)),
        change_until=change_until(active.starts_at, notice) if active else None,
        asked=last_reminder(session, active.id) if active else None,
        wants_earlier=booking.wants_earlier_since is not None,
        created_at=booking.created_at,
        ended_at=booking.ended_at,
        opinion=booking.opinion,
    )


def _stands(one: Appointment, now: datetime) -> bool:
    return one.state == State.HELD and one.offer is not None and one.held_until is not None and one.held_until > now


def _offered(session: Session, one: Appointment, reason: Reason) -> FollowedAppointment:
    to_confirm = why_to_confirm(session, one, needs_approval=reason.needs_approval) is not None
    return replace(_followed(one), to_confirm=to_confirm)


def _followed(one: Appointment) -> FollowedAppointment:
    return FollowedAppointment(
        id=one.id,
        state=State(one.state),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        place_kind=one.place_kind,
        place_name=one.place_name,
        offer=Offer(one.offer) if one.offer else None,
        held_until=one.held_until,
        ended_at=one.ended_at,
        ended_by=EndedBy(one.ended_by) if one.ended_by else None,
        word=one.word,
    )
