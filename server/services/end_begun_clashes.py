from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes
from models.tables import Appointment, PlanningClash
from server.services._clashes import weigh_clashes


@dataclass(frozen=True)
class EndBegunClashes:
    """Ends at most `limit` clashes or a few more, so that no lock is held for long."""

    limit: int = 50


def end_begun_clashes(session: Session, command: EndBegunClashes, now: datetime) -> int:
    """End the clashes of appointments that have begun: there is nothing left for the chief to decide.

    Returns:
        How many were found; fewer than the limit: no other is.
    """
    begun = session.scalars(
        select(PlanningClash.unit_id)
        .join(Appointment, Appointment.id == PlanningClash.appointment_id)
        .where(PlanningClash.ended_at.is_(None), Appointment.starts_at <= now)
        .order_by(PlanningClash.unit_id, PlanningClash.id)
        .limit(command.limit)
    ).all()
    # All at once, in the order in which everybody locks.
    lock_scopes(session, {unit_scope(unit_id) for unit_id in begun})
    for unit_id in sorted({*begun}):
        weigh_clashes(session, unit_id, now)
    return len(begun)
