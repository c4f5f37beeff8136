"""Tables of positions handed in through the interface, row by row, and what comes of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from models.database import Database
from models.tables import Agent, DutyStatus
from tests.support.plannings import write

PARIS = ZoneInfo("Europe/Paris")
HEAD = "NIGEND;Date;Position;Début;Fin"


def paris(day: int, hour: int = 0) -> datetime:
    """An hour of a day of November 2026, on the clock of Paris."""
    return datetime(2026, 11, day, hour, tzinfo=PARIS).astimezone(UTC)


def hand_in(
    terminal: Any, source_id: str, *rows: str, head: str = HEAD, kind: str = "text/csv", octets: bytes | None = None
) -> Any:
    """Hand in a table of these rows, or whatever these octets are."""
    octets = "\n".join([head, *rows, ""]).encode() if octets is None else octets
    return write(terminal, "POST", f"/api/plannings/{source_id}/table", data=octets, content_type=kind)


def duties(database: Database, agent: Agent) -> list[tuple[str, datetime, datetime]]:
    """Somebody's service positions, in order."""
    with database.transaction() as session:
        rows = session.scalars(
            select(DutyStatus).where(DutyStatus.agent_id == agent.id).order_by(DutyStatus.since)
        ).all()
        return [
            (row.status, row.since.astimezone(UTC), row.until.astimezone(UTC)) for row in rows if row.until is not None
        ]
