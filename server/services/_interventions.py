"""The absence that an intervention is: cut when it is said anew, and when somebody is back before its time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.record import record
from models.service_events import AbsenceCancelled
from models.tables import Absence


def end_interventions(
    session: Session, agent_id: int, unit_id: int, by_id: int, now: datetime
) -> list[Range[datetime]]:
    """Let what is left of somebody's intervention be free again; what has passed of it stays written.

    Returns:
        What is free again, so that the caller can give back the appointments in it once it knows what follows.
    """
    going_on = session.scalars(
        select(Absence).where(
            Absence.agent_id == agent_id,
            Absence.intervention,
            Absence.cancelled_at.is_(None),
            Absence.during.overlaps(Range(now, None)),
        )
    ).all()
    freed: list[Range[datetime]] = []
    for absence in going_on:
        assert absence.during.lower is not None
        freed.append(Range(max(absence.during.lower, now), absence.during.upper))
        if absence.during.lower < now:
            absence.during = Range(absence.during.lower, now)
        else:
            absence.cancelled_at, absence.cancelled_by_id = now, by_id
        session.flush()
        record(
            session,
            AbsenceCancelled(
                at=now,
                unit_id=unit_id,
                agent_id=by_id,
                absence_id=absence.id,
                about_agent_id=agent_id,
                intervention=True,
            ),
        )
    return freed
