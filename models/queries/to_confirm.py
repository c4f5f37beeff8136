"""Why a held time, once it is booked, waits for the unit to confirm it: one answer for what decides and what tells."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.rules.appointments import Offer
from models.rules.booking import ToConfirm
from models.tables import Appointment, AppointmentAgent, PlanningSource

_TABLES = ("positions_daily", "positions_forecast")


def why_to_confirm(session: Session, held: Appointment, *, needs_approval: bool) -> ToConfirm | None:
    """Say why somebody of the unit must confirm what is held, if it is booked now; None when nobody must.

    What somebody of the unit proposed instead of a time that they gave up needs no second word of theirs. Nor does what
    a job offered instead of one that was approved, unless the planning is silent: then nobody knows who will be there.

    Args:
        needs_approval: the reason's appointments are approved one by one.
    """
    before = None
    if held.offer == Offer.INSTEAD and held.moved_from_id is not None:
        before = session.get_one(Appointment, held.moved_from_id)
    decided = before is not None and before.decided_by_id is not None
    if needs_approval and not decided:
        return ToConfirm.REASON
    # A decision of before its end was the approval; then it was a job that looked for other times.
    proposed = before is not None and decided and before.decided_at == before.ended_at
    return ToConfirm.PLANNING_SILENT if not proposed and _planning_is_silent(session, held.id) else None


def _planning_is_silent(session: Session, appointment_id: UUID) -> bool:
    """Say whether a time rests on a source that has been silent for longer than it may.

    Everybody's time rests on a table of positions. Where gendarmes are named it rests on their calendars; where one is
    still to be found, on any of the unit's, because it may be whoever's calendar is silent.
    """
    named = select(AppointmentAgent.agent_id).where(AppointmentAgent.appointment_id == appointment_id)
    count = select(func.count()).select_from(named.subquery()).scalar_subquery()
    silent = (
        select(PlanningSource.id)
        .join(Appointment, Appointment.unit_id == PlanningSource.unit_id)
        .where(
            Appointment.id == appointment_id,
            PlanningSource.revoked_at.is_(None),
            PlanningSource.silent_since.is_not(None),
            or_(
                PlanningSource.kind.in_(_TABLES),
                PlanningSource.agent_id.in_(named),
                count < Appointment.agents_needed,
            ),
        )
    )
    return bool(session.scalar(select(silent.exists())))
