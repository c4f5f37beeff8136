"""What becomes of the appointments whose time an opening no longer covers: none is left without a window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.rules.actor import AgentActor, SystemActor
from models.rules.appointments import BOOKED, OPEN, EndedBy, Offer, State
from models.rules.errors import Conflict, Invalid
from models.rules.openings import Handling
from models.tables import Appointment, Booking, OpeningWindow
from server.services._bookings import end_appointment, record_given_up
from server.services._clashes import weighs_once
from server.services._holds import held_of, let_go
from server.services._offers import move_to_other_counter, reoffer, replace_offers

Choices = Mapping[UUID, Handling]


@weighs_once
def settle_concerned(
    session: Session,
    occurrence_ids: Collection[UUID],
    choices: Choices | Handling,
    word: str,
    actor: AgentActor | SystemActor,
    now: datetime,
) -> None:
    """Handle every appointment of these occurrences that is to come and that no window covers any more.

    Call it after the windows are what they will be, so that nothing is moved to where nobody will receive. Times that
    are only held are let go: whoever was about to confirm is told so and sees the next ones; whoever was promised one
    instead of an appointment hears of others that are held from now on.

    Args:
        choices: for each appointment, or one answer for all. `move` becomes `reoffer` where no other counter is free.
        word: what citizens read.

    Raises:
        Conflict: `appointments_concerned` with `appointments`: the booked ones that `choices` does not name, each
            `{id, reference, reason, state, starts_at, ends_at}`. Nothing may be committed then.
        Invalid: `word` is `missing`: nobody's appointment is cancelled without a word.
    """
    uncovered = _uncovered(session, occurrence_ids, now)
    booked = [one for one in uncovered if one.state in BOOKED]
    answers = {one.id: choices if isinstance(choices, Handling) else choices.get(one.id) for one in booked}
    if unanswered := [one for one in booked if answers[one.id] is None]:
        raise Conflict("appointments_concerned", {"appointments": _listed(session, unanswered)})
    if not word and Handling.CANCEL in answers.values():
        raise Invalid("invalid_arguments", {"fields": {"word": "missing"}})
    held = [one for one in uncovered if one.state == State.HELD]
    for one in held:
        let_go(session, one, State.CANCELLED, EndedBy.UNIT, now, "expired")
    # Those that keep their time choose first; what is offered instead takes what is left.
    kept = {one.id for one in booked if answers[one.id] is Handling.MOVE and move_to_other_counter(session, one, now)}
    for one in booked:
        if one.id in kept:
            continue
        if answers[one.id] is Handling.CANCEL:
            _cancel(session, one, word, actor, now)
        else:
            reoffer(session, one, word, actor, now)
    promised = Counter(one.moved_from_id for one in held if one.offer == Offer.INSTEAD)
    for appointment_id, lost in promised.items():
        replace_offers(session, session.get_one(Appointment, appointment_id), lost, word, actor, now)


def _uncovered(session: Session, occurrence_ids: Collection[UUID], now: datetime) -> list[Appointment]:
    # A pause after the appointment may lie outside: nobody is received in it.
    covered = (
        select(OpeningWindow.id)
        .where(
            OpeningWindow.occurrence_id == Appointment.occurrence_id,
            OpeningWindow.counter_id == Appointment.counter_id,
            OpeningWindow.during.contains(func.tstzrange(Appointment.starts_at, Appointment.ends_at)),
        )
        .exists()
    )
    return list(
        session.scalars(
            select(Appointment)
            .where(
                Appointment.occurrence_id.in_(occurrence_ids),
                Appointment.state.in_(OPEN),
                # Whoever is being received stays: another counter or another day would help nobody.
                Appointment.starts_at > now,
                ~covered,
            )
            .order_by(Appointment.starts_at, Appointment.id)
            .execution_options(populate_existing=True)
        )
    )


def _listed(session: Session, appointments: Sequence[Appointment]) -> list[dict[str, Any]]:
    ids = [one.booking_id for one in appointments]
    rows = session.execute(select(Booking.id, Booking.reference).where(Booking.id.in_(ids)))
    references = {row.id: row.reference for row in rows}
    return [
        {
            "id": str(one.id),
            "reference": references[one.booking_id] if one.booking_id else None,
            "reason": one.reason_code,
            "state": one.state,
            "starts_at": one.starts_at.isoformat(),
            "ends_at": one.ends_at.isoformat(),
        }
        for one in appointments
    ]


def _cancel(
    session: Session, appointment: Appointment, word: str, actor: AgentActor | SystemActor, now: datetime
) -> None:
    agent_id = actor.agent_id if isinstance(actor, AgentActor) else None
    booking = session.get_one(Booking, appointment.booking_id)
    for offered in held_of(session, booking.id):
        let_go(session, offered, State.CANCELLED, EndedBy.UNIT, now, "expired")
    booking.ended_at = now
    booking.wants_earlier_since = None
    appointment.decided_by_id, appointment.decided_at = agent_id, now
    end_appointment(session, appointment, State.CANCELLED, EndedBy.UNIT, now, word)
    record_given_up(session, appointment, word, actor, now)
