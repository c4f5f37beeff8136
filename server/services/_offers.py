"""What a unit does for a citizen whose time it has to give up: other times held for them, or another counter.

For every door that withdraws time: the chief who proposes others, an intervention, an opening that goes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.appointment_events import AppointmentAgentsChanged, AppointmentOffered
from models.events import unit_scope
from models.queries.booking_terms import terms_of
from models.queries.free_gaps import OpenGap, best_gap, gaps_at
from models.record import lock_scopes, record
from models.rules.actor import AgentActor, SystemActor
from models.rules.api_keys import Scope
from models.rules.appointments import BOOKED, EndedBy, Offer, State
from models.rules.booking import MOST_OFFERS, offer_until
from models.rules.errors import Conflict, Invalid
from models.rules.slots import BookingTerms
from models.tables import ApiKey, Appointment, AppointmentAgent, Booking, Reason
from server.services._bookings import active_appointment, end_appointment, record_given_up
from server.services._clashes import weighs_once
from server.services._holds import Hold, held_of, hold, let_go, places_for
from server.services._next_starts import next_starts


@weighs_once
def offer_instead(
    session: Session,
    appointment: Appointment,
    starts: Sequence[datetime],
    word: str,
    actor: AgentActor | SystemActor,
    now: datetime,
) -> list[Appointment]:
    """Cancel a requested or confirmed appointment for the unit and hold other times for its citizen, who is told.

    They stand for two days, and until they begin at the latest. Neither the reason's notice nor its horizon counts,
    because the unit itself chose them.

    Args:
        starts: up to three; none when nothing else is free. The appointment's own time may not be among them.
        word: what the citizen reads; may be empty.

    Returns:
        What is held, in the order of `starts`.

    Raises:
        Invalid: `starts`: `too_many`, `past` or `same_time`.
        Conflict: `already_ended` with `state`; `slot_taken` with `starts_at` and `next`: nothing has changed then.
    """
    reason = session.get_one(Reason, appointment.reason_code)
    _begin(session, appointment)
    _check_starts(appointment, starts, now)
    _withdraw_offers(session, appointment, now)
    # Held before the old time is free, so that it is not offered again.
    offers = [_hold_one(session, appointment, start, reason, now) for start in dict.fromkeys(starts)]
    _finish(session, appointment, offers, word, actor, now)
    return offers


@weighs_once
def reoffer(
    session: Session, appointment: Appointment, word: str, actor: AgentActor | SystemActor, now: datetime
) -> list[Appointment]:
    """As `offer_instead`, with the next free times at the same kind of place; fewer than three, or none, are fine.

    Nothing is held for the remote-complaint service, whose contract has no way to accept an offer: its booking ends.
    """
    reason = session.get_one(Reason, appointment.reason_code)
    _begin(session, appointment)
    _withdraw_offers(session, appointment, now)
    booking = session.get_one(Booking, appointment.booking_id)
    most = MOST_OFFERS if _can_accept(session, booking) else 0
    if not most:
        booking.ended_at, booking.wants_earlier_since = now, None
    offers = _hold_next(session, appointment, most, {appointment.starts_at}, reason, now)
    _finish(session, appointment, offers, word, actor, now)
    return offers


def replace_offers(
    session: Session,
    appointment: Appointment,
    lost: int,
    word: str,
    actor: AgentActor | SystemActor,
    now: datetime,
) -> list[Appointment]:
    """Hold as many other times as were `lost` of those offered instead of an appointment, and tell its citizen again.

    They were promised these times until an instant that has not come. The caller has let go what was lost; what still
    stands stays offered.

    Returns:
        What is newly held: none for whoever has a time again, or whose booking has ended.
    """
    booking = session.get_one(Booking, appointment.booking_id, populate_existing=True)
    if booking.ended_at is not None or active_appointment(session, booking.id) is not None:
        return []
    standing = {one.starts_at for one in held_of(session, booking.id)}
    reason = session.get_one(Reason, appointment.reason_code)
    offers = _hold_next(session, appointment, lost, standing, reason, now)
    _tell(session, appointment, offers, word, actor, now)
    return offers


def move_to_other_counter(session: Session, appointment: Appointment, now: datetime) -> bool:
    """Put a requested or confirmed appointment at another free counter of the same place, at its very time.

    The citizen hears nothing, because nothing changes for them. Windows of a named gendarme are left alone.

    Returns:
        False when no other counter is free; nothing has changed then.
    """
    _begin(session, appointment)
    reason = session.get_one(Reason, appointment.reason_code)
    # What was booked keeps its own length, whatever the reason's has become since.
    terms = BookingTerms(
        duration=appointment.ends_at - appointment.starts_at,
        buffer=appointment.occupied.upper - appointment.ends_at,  # type: ignore[operator]
        horizon=timedelta(days=3660),
    )
    places, start = (appointment.place_kind,), appointment.starts_at
    found = [
        one
        for one in gaps_at(session, appointment.unit_id, reason, start, terms, now, places, same_people=True)
        if one.gap.agent_id is None
        and one.gap.counter_id != appointment.counter_id
        and one.place_name == appointment.place_name
    ]
    if not found:
        return False
    _put(session, appointment, best_gap(found, appointment.starts_at, terms))
    agents = session.query(AppointmentAgent.agent_id).filter_by(appointment_id=appointment.id).all()
    assert appointment.booking_id is not None
    record(
        session,
        AppointmentAgentsChanged(
            at=now,
            unit_id=appointment.unit_id,
            booking_id=appointment.booking_id,
            appointment_id=appointment.id,
            how="counter",
            agent_ids=tuple(sorted(agent_id for (agent_id,) in agents)),
        ),
    )
    return True


def _can_accept(session: Session, booking: Booking) -> bool:
    key = None if booking.api_key_id is None else session.get(ApiKey, booking.api_key_id)
    return key is None or Scope.VISIOPLAINTE not in key.scopes


def _begin(session: Session, appointment: Appointment) -> None:
    """Lock the unit and look again, because somebody may have ended it meanwhile."""
    lock_scopes(session, {unit_scope(appointment.unit_id)})
    session.refresh(appointment)
    if appointment.state not in BOOKED:
        raise Conflict("already_ended", {"state": appointment.state})


def _check_starts(appointment: Appointment, starts: Sequence[datetime], now: datetime) -> None:
    problem = None
    if len(set(starts)) > MOST_OFFERS:
        problem = "too_many"
    elif any(start <= now for start in starts):
        problem = "past"
    elif appointment.starts_at in starts:
        problem = "same_time"
    if problem is not None:
        raise Invalid("invalid_arguments", {"fields": {"starts": problem}})


def _withdraw_offers(session: Session, appointment: Appointment, now: datetime) -> None:
    """What was held for the citizen before gives way to what they are offered now."""
    assert appointment.booking_id is not None
    for earlier in held_of(session, appointment.booking_id):
        let_go(session, earlier, State.CANCELLED, EndedBy.UNIT, now, "expired")


def _hold_next(
    session: Session, appointment: Appointment, most: int, but: Collection[datetime], reason: Reason, now: datetime
) -> list[Appointment]:
    """Hold the next free times at the same kind of place, `but` those."""
    offers: list[Appointment] = []
    places = (appointment.place_kind,)
    for start in next_starts(session, appointment.unit_id, reason, now, places, limit=MOST_OFFERS + 3):
        if len(offers) == most:
            break
        if start not in but:
            try:
                offers.append(_hold_one(session, appointment, start, reason, now))
            except Conflict:
                # The one before it took the same stretch of another grid.
                continue
    return offers


def _hold_one(
    session: Session, appointment: Appointment, start: datetime, reason: Reason, now: datetime
) -> Appointment:
    command = Hold(
        unit_id=appointment.unit_id,
        starts_at=start,
        until=offer_until(Offer.INSTEAD, start, terms_of(reason).notice, now),
        booking_id=appointment.booking_id,
        offer=Offer.INSTEAD,
        moved_from_id=appointment.id,
        places=places_for(reason, session.get_one(Booking, appointment.booking_id)),
        by_unit=True,
    )
    try:
        return hold(session, command, reason, now)
    except Conflict as refusal:
        raise Conflict(refusal.code, {"starts_at": start.isoformat(), **refusal.detail}) from refusal


def _finish(
    session: Session,
    appointment: Appointment,
    offers: Sequence[Appointment],
    word: str,
    actor: AgentActor | SystemActor,
    now: datetime,
) -> None:
    end_appointment(session, appointment, State.CANCELLED, EndedBy.UNIT, now, word.strip())
    if isinstance(actor, AgentActor):
        appointment.decided_by_id, appointment.decided_at = actor.agent_id, now
    _tell(session, appointment, offers, word, actor, now)


def _tell(
    session: Session,
    appointment: Appointment,
    offers: Sequence[Appointment],
    word: str,
    actor: AgentActor | SystemActor,
    now: datetime,
) -> None:
    """Record that the time is given up and what is offered instead: one message says both to the citizen."""
    agent_id = actor.agent_id if isinstance(actor, AgentActor) else None
    assert appointment.booking_id is not None
    record_given_up(session, appointment, word.strip(), actor, now)
    for offered in offers:
        record(
            session,
            AppointmentOffered(
                at=now,
                unit_id=appointment.unit_id,
                agent_id=agent_id,
                booking_id=appointment.booking_id,
                appointment_id=offered.id,
                offer=Offer.INSTEAD,
            ),
        )


def _put(session: Session, appointment: Appointment, chosen: OpenGap) -> None:
    appointment.counter_id = chosen.gap.counter_id
    appointment.occurrence_id = chosen.occurrence_id
    session.flush()
