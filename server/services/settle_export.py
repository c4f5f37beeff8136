from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.export_events import ExportFailing, ExportRecovered, ExportStopped
from models.record import defer, lock_scopes, record
from models.rules.exports import (
    PAUSING,
    UNVISITED,
    WANTED_PRIORITY,
    Result,
    is_given_up,
    is_told_failing,
    next_look,
)
from models.tables import CalendarExport
from server.services._exports import forget
from server.services.claim_export import ClaimedExport
from server.services.want_export import QUEUE, RUN


@dataclass(frozen=True)
class SettleExport:
    """What became of a visit.

    Args:
        code: why it failed; "" when it did not.
        retry_at: before when the server wants to hear nothing.
        known: the names of our events that stand in the agenda now; None: as written down during the visit.
        sealed: the address under the current key, where it was sealed with an older one.
    """

    claimed: ClaimedExport
    result: Result
    code: str = ""
    retry_at: datetime | None = None
    known: frozenset[str] | None = frozenset()
    sealed: bytes | None = None


def settle_export(session: Session, command: SettleExport, now: datetime) -> bool:
    """Give an export back, and write down how it went; one that stands still is told to its unit.

    Returns:
        False when the claim had run out and somebody else has it, or the address was entered anew: what they find is
        newer.
    """
    claimed, result = command.claimed, command.result
    # Only what is told needs the unit's lock, which comes before the row's everywhere.
    if claimed.ending or result is not Result.DONE or _has_failed(session, claimed):
        lock_scopes(session, {unit_scope(claimed.unit_id)})
    export = session.get(CalendarExport, claimed.export_id, with_for_update=True, populate_existing=True)
    if export is None or export.address_sealed is None or export.run_at != claimed.until:
        return False
    if export.address_sealed != claimed.sealed:
        # It was entered anew meanwhile: whatever was found at the old one says nothing of this one.
        _look_again(session, export, now)
        return False
    if command.known is not None:
        # What somebody has struck out meanwhile stays struck out.
        export.known = sorted(command.known - (claimed.known - frozenset(export.known)))
    if command.sealed is not None:
        export.address_sealed = command.sealed
    before = _told(export)
    if result in (Result.DONE, Result.GOES_ON):
        export.failed_at, export.failure_code, export.failures_in_a_row = None, None, 0
    else:
        _failed(export, command, now)
    if result is Result.DONE:
        export.done, export.succeeded_at = claimed.wanted, now
    if claimed.ending:
        assert export.revoked_at is not None
        if result is Result.DONE or is_given_up(result, export.revoked_at, now):
            forget(session, export, now, emptied=result is Result.DONE)
            return True
    elif result in PAUSING and export.paused_at is None and export.revoked_at is None:
        _stop(session, export, result, now)
    elif export.paused_at is None and export.revoked_at is None:
        _tell(session, export, before, now)
    if export.paused_at is not None and export.revoked_at is None:
        export.run_at = None
        return True
    behind = result is Result.GOES_ON or (result is Result.DONE and export.wanted > export.done)
    # Whoever has revoked it meanwhile wants it emptied at once.
    revoked = export.revoked_at is not None and not claimed.ending
    export.run_at = now if behind or revoked else next_look(result, export.failures_in_a_row, now, command.retry_at)
    if export.run_at <= now:
        session.flush()
        # Whoever has much to be told waits behind what has changed for others.
        priority = 0 if result is Result.GOES_ON else WANTED_PRIORITY
        defer(session, RUN, queue=QUEUE, priority=priority, export_id=str(export.id))
    return True


def _look_again(session: Session, export: CalendarExport, now: datetime) -> None:
    if export.paused_at is not None and export.revoked_at is None:
        export.run_at = None
        return
    export.run_at = now
    session.flush()
    defer(session, RUN, queue=QUEUE, priority=WANTED_PRIORITY, export_id=str(export.id))


def _has_failed(session: Session, claimed: ClaimedExport) -> bool:
    failed = select(CalendarExport.failed_at.is_not(None)).where(CalendarExport.id == claimed.export_id)
    return bool(session.scalar(failed))


def _told(export: CalendarExport) -> str | None:
    """Why it fails, when it has for so long that its unit hears of it."""
    since = export.succeeded_at or export.created_at
    failing = export.failed_at is not None and is_told_failing(since, export.failed_at, export.failures_in_a_row)
    is_told = failing or export.failure_code == UNVISITED
    return export.failure_code if is_told else None


def _tell(session: Session, export: CalendarExport, before: str | None, now: datetime) -> None:
    cause = _told(export)
    if cause == before:
        return
    session.flush()
    told = ExportRecovered if cause is None else partial(ExportFailing, cause=cause)
    record(
        session,
        told(
            at=now,
            unit_id=export.unit_id,
            about_agent_id=export.agent_id,
            export_id=str(export.id),
            kind=export.kind,
        ),
    )


def _failed(export: CalendarExport, command: SettleExport, now: datetime) -> None:
    export.failed_at, export.failure_code = now, command.code or command.result.value
    export.failures_in_a_row += 1


def _stop(session: Session, export: CalendarExport, result: Result, now: datetime) -> None:
    export.paused_at, export.pause_cause = now, result.value
    session.flush()
    record(
        session,
        ExportStopped(
            at=now,
            unit_id=export.unit_id,
            about_agent_id=export.agent_id,
            export_id=str(export.id),
            kind=export.kind,
            cause=result.value,
        ),
    )
