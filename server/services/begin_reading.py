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

# What a chief reads where a source cannot be asked at all: its key is gone or its address means nothing to us any more,
# or its columns do not.
UNSEALABLE, BAD_LAYOUT = "unsealable", "bad_layout"


@dataclass(frozen=True)
class BeginReading:
    """A source is to be read.

    Args:
        claimed_at: when that was decided; None: whatever has been read since.
    """

    source_id: UUID
    claimed_at: datetime | None = None


@dataclass(frozen=True)
class Begun:
    """A source is to be asked now.

    Args:
        tried_at: what the answer must be handed in with.
        ask: None: it cannot be asked; `code` says why.
    """

    kind: Kind
    tried_at: datetime
    window: Interval
    ask: Ask | None = field(repr=False)
    code: str = ""


def begin_reading(session: Session, command: BeginReading, now: datetime, sealer: Sealer) -> Begun | None:
    """Claim a source to be read and say what with; what was sealed with an old key is sealed anew.

    Returns:
        None when there is nothing to ask: it is revoked or paused, has no address or nobody whose time it tells in the
        unit any more, or it has been asked and has answered since.
    """
    source = session.scalar(
        select(PlanningSource)
        .where(
            PlanningSource.id == command.source_id,
            PlanningSource.revoked_at.is_(None),
            PlanningSource.paused_at.is_(None),
            PlanningSource.address_sealed.is_not(None),
        )
        # Whoever holds it for a moment hands a table in or changes it: the reading comes after that, and is not lost.
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if source is None or not _is_anybodys(session, source) or _has_answered(source, command.claimed_at):
        return None
    # Two claims never have one name: an answer that comes too late is known by it.
    source.tried_at = now if source.tried_at is None else max(now, source.tried_at + timedelta(microseconds=1))
    # In the meantime, and when this worker is killed before it has an answer.
    source.poll_at = max(source.poll_at or now, now + timedelta(minutes=source.poll_minutes))
    window = window_of(zone_of(session, source.unit_id), now)
    ask = _ask(session, source, window, sealer)
    begun = Begun(Kind(source.kind), source.tried_at, window, *((None, ask) if isinstance(ask, str) else (ask,)))
    session.flush()
    return begun


def _is_anybodys(session: Session, source: PlanningSource) -> bool:
    if source.agent_id is None:
        return True
    owner = find_colleague(session, source.agent_id)
    return owner is not None and owner.serves_in_unit == source.unit_id


def _has_answered(source: PlanningSource, claimed_at: datetime | None) -> bool:
    """Whether it was asked after that and is done; a try that nobody finished counts for nothing."""
    if claimed_at is None or source.tried_at is None or source.tried_at <= claimed_at:
        return False
    return any(at is not None and at >= source.tried_at for at in (source.succeeded_at, source.failed_at))


def _ask(session: Session, source: PlanningSource, window: Interval, sealer: Sealer) -> Ask | str:
    """What it is asked with, or the code that says why it cannot be."""
    address = _open(source, sealer)
    if address is None:
        return UNSEALABLE
    try:
        layout = stored_layout(source.columns)
    except ValueError:
        return BAD_LAYOUT
    # A calendar that never changes is expanded a day further every day. Of a table one must know how far it reaches;
    # when that is past, its rows are wanted again, since they may say something of a later day.
    known = source.read_until
    rolls = known is None or (known < window.end if Kind(source.kind).is_calendar else known <= window.start)
    rows = session.execute(select(PlanningObject.key, PlanningObject.etag).where(PlanningObject.source_id == source.id))
    return Ask(
        Source(address.url, address.user, address.password),
        window,
        zone_of(session, source.unit_id),
        Validators() if rolls else Validators(source.etag, source.last_modified),
        "" if rolls else source.sync_token,
        {} if rolls else {row.key: row.etag for row in rows},
        source.tentative_counts,
        layout,
    )


def _open(source: PlanningSource, sealer: Sealer) -> Address | None:
    assert source.address_sealed is not None
    try:
        written = sealer.open(source.address_sealed, source.id)
        address = read_address(written)
    except Unsealable:
        return None
    if not sealer.is_current(source.address_sealed):
        source.address_sealed = sealer.seal(written, source.id)
    return address
