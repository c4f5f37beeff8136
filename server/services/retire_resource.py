from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.tables import AppointmentResource
from server.services.add_resource import find_resource


@dataclass(frozen=True)
class RetireResource:
    number: int


def retire_resource(session: Session, command: RetireResource, now: datetime) -> int:
    """Let no new appointment take a room or an interpreter; those that have it keep it.

    Returns:
        How many appointments that are not over have it.

    Raises:
        NotFound: `no_such_resource`.
    """
    resource = find_resource(session, command.number)
    resource.active = False
    session.flush()
    count = session.scalar(
        select(func.count())
        .select_from(AppointmentResource)
        .where(
            AppointmentResource.resource_id == resource.id,
            AppointmentResource.occupies,
            func.upper(AppointmentResource.occupied) > now,
        )
    )
    return count or 0
