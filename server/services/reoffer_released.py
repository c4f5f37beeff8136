from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes
from models.rules import receivers
from models.rules.actor import SystemActor
from models.rules.appointments import State
from models.tables import Appointment, Booking
from server.services._appointments import booking_of, facts_of
from server.services._clashes import weighs_once
from server.services._offers import reoffer

# What the citizen reads, in their language.
CALLED_AWAY = {
    "fr": "Le gendarme qui devait vous recevoir est parti en intervention.",
    "en": "The gendarme who was to receive you has been called out.",
}
NOT_CONFIRMED = {
    "fr": "La brigade n’a pas pu confirmer ce rendez-vous à temps.",
    "en": "The brigade could not confirm this appointment in time.",
}


@dataclass(frozen=True)
class ReofferReleased:
    """Gives up at most `limit` appointments, so that no lock is held for long."""

    limit: int = 50


@weighs_once
def reoffer_released(session: Session, command: ReofferReleased, actor: SystemActor, now: datetime) -> int:
    """Give up, a little before they begin, the appointments that nobody will receive; returns how many.

    Those whose gendarme was called away and whom neither a colleague nor the chief has replaced, and those that the
    chief never confirmed. The citizens are told, with other times that are kept free for them.
    """
    soon = now + receivers.CITIZEN_BEFORE
    candidates = session.execute(
        select(Appointment.id, Appointment.unit_id)
        .where(
            Appointment.starts_at <= soon,
            or_(
                Appointment.state == State.REQUESTED,
                and_(
                    Appointment.state == State.CONFIRMED,
                    Appointment.released_at <= now - receivers.COLLEAGUES_HAVE,
                ),
            ),
        )
        .order_by(Appointment.unit_id, Appointment.starts_at, Appointment.id)
        .limit(command.limit)
    ).all()
    # All at once, in the order in which everybody locks.
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in candidates})
    done = 0
    for appointment_id, _ in candidates:
        appointment = session.get_one(Appointment, appointment_id, populate_existing=True)
        at = receivers.given_up_at(facts_of(session, appointment), appointment.released_at)
        if at is None or now < at:
            # Taken, confirmed or ended while we waited for the lock.
            continue
        language = session.get_one(Booking, booking_of(appointment)).language
        words = NOT_CONFIRMED if appointment.state == State.REQUESTED else CALLED_AWAY
        reoffer(session, appointment, words[language], actor, now)
        done += 1
    return done
