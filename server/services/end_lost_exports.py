from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes
from models.rules.exports import Kind
from models.tables import Agent, CalendarExport, Terminal
from server.services._exports import revoke, serves_in


@dataclass(frozen=True)
class EndLostExports:
    """Ends at most `limit` exports, so that no lock is held for long."""

    limit: int = 50


def end_lost_exports(session: Session, command: EndLostExports, now: datetime) -> int:
    """End the exports of agents who no longer serve in the unit, and feeds whose terminal has ended. Returns how many.

    Such a feed is not there from that very instant; this forgets it.
    """
    lost = session.execute(
        select(CalendarExport.id, CalendarExport.unit_id)
        .join(Agent, Agent.id == CalendarExport.agent_id)
        .outerjoin(Terminal, Terminal.id == CalendarExport.terminal_id)
        .where(
            CalendarExport.revoked_at.is_(None),
            or_(
                ~and_(*serves_in(CalendarExport.unit_id)),
                Terminal.revoked_at.is_not(None),
                (CalendarExport.kind == Kind.FEED) & (Terminal.expires_at <= now),
            ),
        )
        .order_by(CalendarExport.unit_id, CalendarExport.id)
        .limit(command.limit)
    ).all()
    lock_scopes(session, {unit_scope(unit_id) for _, unit_id in lost})
    for export_id, _ in lost:
        export = session.get_one(CalendarExport, export_id, with_for_update=True, populate_existing=True)
        if export.revoked_at is None:
            revoke(session, export, None, now)
    return len(lost)
