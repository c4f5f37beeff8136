"""The time that is kept for a citizen while they say who they are, by the secret that their form carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.queries.competence import unit_facts
from models.queries.to_confirm import why_to_confirm
from models.rules.appointments import State
from models.rules.territory import UnitFacts
from models.tables import Appointment, Reason, Unit


@dataclass(frozen=True)
class HeldTime:
    """What is kept, where, and until when; `booking_id` is set when somebody moves an appointment there.

    Args:
        to_confirm: booked, it is requested: the chief approves each one of this reason, or the planning is silent.
    """

    unit: UnitFacts
    reason_code: str
    starts_at: datetime
    ends_at: datetime
    held_until: datetime
    place_kind: str
    place_name: str | None
    booking_id: UUID | None
    to_confirm: bool


def held_time(session: Session, hold_token_hash: bytes, now: datetime) -> HeldTime | None:
    """The time kept under a token's hash at `now`; None when it is kept no more, or never was."""
    row = session.execute(
        select(Appointment, Unit, Reason.needs_approval)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Reason, Reason.code == Appointment.reason_code)
        .where(
            Appointment.hold_token_hash == hold_token_hash,
            Appointment.state == State.HELD,
            Appointment.held_until > now,
        )
    ).one_or_none()
    if row is None:
        return None
    kept, unit, needs_approval = row
    assert kept.held_until is not None
    return HeldTime(
        unit=unit_facts(unit),
        reason_code=kept.reason_code,
        starts_at=kept.starts_at,
        ends_at=kept.ends_at,
        held_until=kept.held_until,
        place_kind=kept.place_kind,
        place_name=kept.place_name,
        booking_id=kept.booking_id,
        to_confirm=why_to_confirm(session, kept, needs_approval=needs_approval) is not None,
    )
