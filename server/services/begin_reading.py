from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.intervals import Interval
from models.rules.plannings import Kind
from models.tables import PlanningObject, PlanningSource
from server.planning.address import Address, read_address
from server.planning.fetch import Source, Validators
from server.planning.layout import stored_layout
from server.planning.said import Ask
from server.sealing import Sealer, Unsealable
from server.services._colleagues import find_colleague
from server.services._plannings import window_of, zone_of


@dataclass(frozen=True)
class BeginReading:
    source_id: UUID


@dataclass(frozen=True)
class Begun:
    """A source is to be asked now.

    Args:
        tried_at: what the answer must be handed in with.
        ask: None: what it is reached with cannot be opened any more.
    """

    kind: Kind
    tried_at: datetime
    window: Interval
    ask: Ask | None = field(repr=False)


def begin_reading(session: Session, command: BeginReading, now: datetime, sealer: Sealer) -> Begun | None:
    """Claim a source to be read and say what with; what was sealed with an old key is sealed anew.

    Returns:
        None when there is nothing to ask: it is revoked or paused, has no address or nobody whose time it tells in the
        unit any more, or another worker claims it this very moment.
    """
    source = session.scalar(
        select(PlanningSource)
        .where(
            PlanningSource.id == command.source_id,
            PlanningSource.revoked_at.is_(None),
            PlanningSource.paused_at.is_(None),
            PlanningSource.address_sealed.is_not(None),
        )
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if source is None or not _is_anybodys(session, source):
        return None
    # Two claims never have one name: an answer that comes too late is known by it.
    source.tried_at = now if source.tried_at is None else max(now, source.tried_at + timedelta(microseconds=1))
    # In the meantime, and when this worker is killed before it has an answer.
    source.poll_at = max(source.poll_at or now, now + timedelta(minutes=source.poll_minutes))
    window = window_of(zone_of(session, source.unit_id), now)
    begun = Begun(Kind(source.kind), source.tried_at, window, _ask(session, source, window, sealer))
    session.flush()
    return begun


def _is_anybodys(session: Session, source: PlanningSource) -> bool:
    if source.agent_id is None:
        return True
    owner = find_colleague(session, source.agent_id)
    return owner is not None and owner.serves_in_unit == source.unit_id


def _ask(session: Session, source: PlanningSource, window: Interval, sealer: Sealer) -> Ask | None:
    address = _open(source, sealer)
    if address is None:
        return None
    # A calendar that never changes is expanded a day further every day; of a table one must know how far it reaches.
    rolls = source.read_until is None or (Kind(source.kind).is_calendar and source.read_until < window.end)
    rows = session.execute(select(PlanningObject.key, PlanningObject.etag).where(PlanningObject.source_id == source.id))
    return Ask(
        Source(address.url, address.user, address.password),
        window,
        zone_of(session, source.unit_id),
        Validators() if rolls else Validators(source.etag, source.last_modified),
        "" if rolls else source.sync_token,
        {} if rolls else {row.key: row.etag for row in rows},
        source.tentative_counts,
        stored_layout(source.columns),
    )


def _open(source: PlanningSource, sealer: Sealer) -> Address | None:
    assert source.address_sealed is not None
    try:
        written = sealer.open(source.address_sealed, source.id)
    except Unsealable:
        return None
    if not sealer.is_current(source.address_sealed):
        source.address_sealed = sealer.seal(written, source.id)
    return read_address(written)
