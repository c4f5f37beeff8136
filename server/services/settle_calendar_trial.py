from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models.rules.intervals import Interval
from models.rules.planning_positions import last_day
from models.rules.plannings import OVER
from models.tables import CalendarTrial
from server.planning.said import MOST_NAMED, RefusedEntry, TableSaid
from server.services._planning_positions import of_unit
from server.services._plannings import window_of, zone_of


@dataclass(frozen=True)
class SettleCalendarTrial:
    """What a test has come to.

    Args:
        code: why it failed; None when it did not.
        found: what it yielded, or where it failed: counts, lines and codes.
        table: of a table: what it says, to be compared with who serves in the unit.
    """

    trial_id: UUID
    code: str | None = None
    found: dict[str, Any] = field(default_factory=dict)
    table: TableSaid | None = field(default=None, repr=False)


def settle_calendar_trial(session: Session, command: SettleCalendarTrial, now: datetime) -> bool:
    """Write down what a test has come to, and forget the address; a repeat changes nothing. Returns whether it did."""
    trial = session.get(CalendarTrial, command.trial_id, with_for_update=True, populate_existing=True)
    if trial is None or trial.state != "queued":
        return False
    code, found = command.code, dict(command.found)
    if command.table is not None:
        code, found = _compared(session, trial.unit_id, command.table, found, now)
    trial.state = "succeeded" if code is None else "failed"
    trial.code, trial.found, trial.settled_at = code, found, now
    trial.address_sealed = None
    return True


def _compared(
    session: Session, unit_id: int, table: TableSaid, found: dict[str, Any], now: datetime
) -> tuple[str | None, dict[str, Any]]:
    """What a table yields in this unit: rows about nobody of it are refused, and a table of such rows is; so is one
    whose last day is past."""
    taken, strangers = of_unit(session, unit_id, table.taken)
    if table.taken and not taken:
        return "unknown_agent", {**found, "line": min(one.line for one in table.taken)}
    zone = zone_of(session, unit_id)
    times = [Interval(one.starts_at, one.ends_at) for _, one in taken]
    if times and last_day(times, zone) <= window_of(zone, now).start:
        return OVER, found
    refused = sorted((*table.refused, *strangers), key=lambda one: one.line)
    return None, {
        **found,
        "read": table.read,
        "taken": table.read - len(refused),
        **named(refused),
        "agents": len({agent_id for agent_id, _ in taken}),
        "unknown_agents": sum(one.cause == "unknown_agent" for one in strangers),
    }


def named(refused: list[RefusedEntry]) -> dict[str, Any]:
    """What is told of entries that were left out: how many, and the first of them."""
    told = [{"line": one.line, "cause": one.cause} for one in refused[:MOST_NAMED]]
    return {"refused_count": len(refused), "refused": told}
