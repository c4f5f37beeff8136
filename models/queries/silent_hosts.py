"""Which servers of agendas let everybody wait just now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.rules.exports import HOST_RESTS, HOST_RESTS_AFTER, Kind
from models.tables import CalendarExport


def is_host_silent(session: Session, host: str, now: datetime) -> bool:
    """Say whether the latest visits to agendas of `host` have all waited in vain, so that one more would as well.

    Only who was really there counts: `tried_at` of an export for which the others spoke stays as it was.
    """
    in_vain = (CalendarExport.failure_code == "timeout") & (CalendarExport.failed_at >= CalendarExport.tried_at)
    latest = session.scalars(
        select(func.coalesce(in_vain, False))
        .where(
            CalendarExport.kind == Kind.CALDAV,
            CalendarExport.host == host,
            CalendarExport.tried_at > now - HOST_RESTS,
        )
        .order_by(CalendarExport.tried_at.desc(), CalendarExport.id)
        .limit(HOST_RESTS_AFTER)
    ).all()
    return len(latest) == HOST_RESTS_AFTER and all(latest)
