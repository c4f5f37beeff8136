from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models.planning_events import PlanningHeard, PlanningRead
from models.queries.feed.plannings import health_body, health_of
from models.record import record
from models.rules.intervals import Interval
from models.rules.plannings import OVER, Kind, is_silent, wait
from models.tables import PlanningObject, PlanningSource
from server.planning.errors import PlanningRefused
from server.planning.fetch import Unchanged
from server.planning.said import MOST_NAMED, Answer, CalendarSaid, RefusedEntry, Said, TableSaid
from server.services._clashes import weigh_clashes
from server.services._planning_absences import Difference, Wanted, replace_absences
from server.services._planning_positions import derive_positions, keep_positions
from server.services._plannings import lock_source, silent_after_of, tell_health, window_of, zone_of


@dataclass(frozen=True)
class ApplyReading:
    """What a source has said.

    Args:
        tried_at: when it was asked, as `begin_reading` wrote it down.
        window: what was asked for.
        jitter: from 0 to 1, drawn anew each time.
    """

    source_id: UUID
    tried_at: datetime
    said: Answer = field(repr=False)
    window: Interval
    jitter: float = 0.0


def apply_reading(session: Session, command: ApplyReading, now: datetime) -> bool:
    """Make what a source says true here, and write down that it was heard.

    Returns:
        Whether that was still of use. It is not when somebody has paused, revoked or changed the source meanwhile, or
        another worker has asked it later: theirs is the word then.

    Raises:
        PlanningRefused: a table is about nobody of the unit (`unknown_agent`), or its last day is past (`over`);
            nothing may be committed then.
    """
    source = lock_source(session, command.source_id)
    if source is None or source.paused_at is not None or source.tried_at != command.tried_at:
        return False
    source.poll_at = now + wait(timedelta(minutes=source.poll_minutes), 0, command.jitter)
    settle_said(session, source, command.said, now, command.window)
    return True


def settle_said(
    session: Session,
    source: PlanningSource,
    said: Answer,
    now: datetime,
    window: Interval | None = None,
    agent_id: int | None = None,
) -> Sequence[RefusedEntry]:
    """Do the same for a source that is locked.

    Args:
        window: what was asked for, None when nothing was.
        agent_id: who has handed a table in.

    Returns:
        The entries that were left out.

    Raises:
        PlanningRefused: `unknown_agent`, `over`.
    """
    before = health_body(source)
    was_silent = source.silent_since is not None
    difference = Difference()
    refused: Sequence[RefusedEntry] = ()
    if isinstance(said, Unchanged):
        _require_a_word(session, source, now)
    else:
        difference, refused = _store(session, source, said, now)
        _keep_names(source, said, window, refused)
        source.entries_read, source.refused_count = said.read, len(refused)
        source.refused = [asdict(one) for one in refused[:MOST_NAMED]]
        if difference or source.changed_at is None:
            source.changed_at = now
    source.succeeded_at = now
    source.failed_at = source.failure_code = None
    # Read, and without a word about today: that is no end of a silence.
    if not is_silent(health_of(source), silent_after_of(source), now):
        source.silent_since = None
    source.failure_line = source.failures_in_a_row = 0
    session.flush()
    event: dict[str, Any] = {"at": now, "unit_id": source.unit_id, "planning_id": str(source.id)}
    if difference:
        touched = tuple(difference.touched)
        record(
            session,
            PlanningRead(**event, agent_id=agent_id, touched=touched, came=difference.came, went=difference.went),
        )
        weigh_clashes(session, source.unit_id, now)
    if was_silent and source.silent_since is None:
        record(session, PlanningHeard(**event))
    tell_health(session, source, before)
    return refused


def _store(
    session: Session, source: PlanningSource, said: Said, now: datetime
) -> tuple[Difference, Sequence[RefusedEntry]]:
    zone = zone_of(session, source.unit_id)
    midnight = window_of(zone, now).start
    if isinstance(said, CalendarSaid):
        return _store_calendar(session, source, said, midnight, now), said.refused
    kept = keep_positions(session, source, said, zone, midnight)
    source.read_until = kept.until
    return derive_positions(session, source.unit_id, zone, midnight, now), kept.refused


def _require_a_word(session: Session, source: PlanningSource, now: datetime) -> None:
    """Refuse a table that is unchanged and has no word about today."""
    midnight = window_of(zone_of(session, source.unit_id), now).start
    if not Kind(source.kind).is_calendar and source.read_until is not None and source.read_until <= midnight:
        raise PlanningRefused(OVER)


def _store_calendar(
    session: Session, source: PlanningSource, said: CalendarSaid, midnight: datetime, now: datetime
) -> Difference:
    assert source.agent_id is not None
    wanted = [Wanted(source.id, source.agent_id, one) for one in said.taken]

    def stands(key: bytes) -> bool:
        return key in said.kept or (said.changed is not None and key not in said.changed)

    difference = replace_absences(session, [source.id], wanted, midnight, now, stands=stands)
    if said.objects is not None:
        _keep_objects(session, source.id, said.objects)
    return difference


def _keep_objects(session: Session, source_id: UUID, objects: Mapping[bytes, str]) -> None:
    """Write what is another than before: of a calendar of thousands, mostly one."""
    of_source = PlanningObject.source_id == source_id
    rows = session.execute(select(PlanningObject.key, PlanningObject.etag).where(of_source))
    before = {row.key: row.etag for row in rows}
    stale = [key for key, etag in before.items() if objects.get(key) != etag]
    if stale:
        session.execute(delete(PlanningObject).where(of_source, PlanningObject.key.in_(stale)))
    fresh = [
        {"source_id": source_id, "key": key, "etag": etag} for key, etag in objects.items() if before.get(key) != etag
    ]
    if fresh:
        session.execute(insert(PlanningObject), fresh)


def _keep_names(source: PlanningSource, said: Said, window: Interval | None, refused: Sequence[RefusedEntry]) -> None:
    source.etag, source.last_modified = said.validators.etag, said.validators.last_modified
    if isinstance(said, TableSaid):
        if any(one.cause == "unknown_agent" for one in refused):
            # They may serve here tomorrow, although the table is the same.
            source.etag = source.last_modified = ""
        return
    source.sync_token = said.sync_token
    if said.whole and window is not None:
        source.read_until = window.end
