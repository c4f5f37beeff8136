"""How use cases find a planning source, keep its address, and say that its health is another."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.queries.feed.plannings import health_body
from models.record import lock_scopes, stamp
from models.rules import plannings
from models.rules.actor import AgentActor
from models.rules.errors import Invalid, NotFound
from models.rules.intervals import Interval
from models.rules.opening_series import HORIZON
from models.rules.plannings import Kind
from models.tables import PlanningObject, PlanningSource, Unit
from server.planning.address import Address
from server.planning.layout import Layout, read_layout
from server.sealing import Sealer

LONGEST_NAME = 80
LONGEST_SECRET = 500
POLL_MINUTES = range(5, 1441)
SILENT_AFTER_MINUTES = range(15, 44641)


def lock_source(session: Session, source_id: UUID) -> PlanningSource | None:
    """Lock a source's unit and then the source, and return it; None when there is none, or it is revoked.

    The unit comes first, as for everybody who writes what its terminals hold.
    """
    unit_id = session.scalar(select(PlanningSource.unit_id).where(PlanningSource.id == source_id))
    if unit_id is None:
        return None
    lock_scopes(session, {unit_scope(unit_id)})
    source = session.get_one(PlanningSource, source_id, with_for_update=True, populate_existing=True)
    return source if source.revoked_at is None else None


def see_source(session: Session, source_id: UUID, actor: AgentActor) -> PlanningSource:
    """Return a source that the actor may change, as it is now; nothing is locked.

    Raises:
        Forbidden: `not_in_a_unit`.
        NotFound: `no_such_planning`.
    """
    known = session.get(PlanningSource, source_id, populate_existing=True)
    if known is None or known.revoked_at is not None:
        plannings.change(actor, None, None)
        raise NotFound("no_such_planning")
    plannings.change(actor, known.unit_id, known.agent_id)
    return known


def find_source(session: Session, source_id: UUID, actor: AgentActor) -> PlanningSource:
    """Lock a source that the actor may change, and return it.

    Raises:
        Forbidden: `not_in_a_unit`.
        NotFound: `no_such_planning`.
    """
    # Whoever may not know of it waits for nobody's lock.
    see_source(session, source_id, actor)
    source = lock_source(session, source_id)
    if source is None:
        raise NotFound("no_such_planning")
    return source


def count_sources(session: Session, unit_id: int) -> int:
    """How many sources the unit reads."""
    statement = select(func.count()).where(PlanningSource.unit_id == unit_id, PlanningSource.revoked_at.is_(None))
    return session.scalar(statement) or 0


def keep_address(source: PlanningSource, address: Address | None, sealer: Sealer) -> None:
    """Seal where a source is, or forget it (None), and with it all that was learned there.

    Raises:
        Invalid: nothing is asked at that address (`url`).
    """
    if address is not None and source.kind == plannings.Kind.CALDAV and "?" in address.url:
        # What lies in a collection is named by what follows its address: it would be in the query.
        raise invalid("url", "malformed")
    source.host = None if address is None else read_host(address)
    source.address_sealed = None if address is None else sealer.seal(address.written(), source.id)


def read_host(address: Address) -> str:
    """What may be shown of an address.

    Raises:
        Invalid: `url` says why nothing is asked there.
    """
    try:
        return address.host()
    except ValueError as error:
        raise invalid("url", str(error)) from None


def read_whole_next(session: Session, source: PlanningSource, now: datetime) -> None:
    """Forget what the last reading was called, so that the next one is a whole one; one under way is void."""
    source.etag = source.last_modified = source.sync_token = ""
    source.tried_at = None
    if Kind(source.kind).is_calendar:
        source.read_until = None
    source.poll_at = now if source.address_sealed is not None else None
    session.execute(delete(PlanningObject).where(PlanningObject.source_id == source.id))


def match_people_next(session: Session, unit_id: int | None) -> None:
    """Forget what the unit's tables were called when they were last read: whom they mean is another question now."""
    session.execute(
        update(PlanningSource)
        .where(PlanningSource.unit_id == unit_id, PlanningSource.columns.is_not(None))
        .values(etag="", last_modified="")
    )


def layout_of(columns: dict[str, Any] | None, words: dict[str, Any] | None) -> Layout:
    """Read a layout.

    Raises:
        Invalid: `columns` or `words` is `unreadable`.
    """
    try:
        return read_layout(columns, words)
    except ValueError as error:
        raise invalid(str(error), "unreadable") from None


def check_limits(poll_minutes: int, silent_after_minutes: int) -> None:
    """Check how often a source is asked and how long it may be silent.

    Raises:
        Invalid: one of them is `out_of_range`, or `silent_after_minutes` is `too_short`: one missed poll is no silence.
    """
    if poll_minutes not in POLL_MINUTES:
        raise invalid("poll_minutes", "out_of_range")
    if silent_after_minutes not in SILENT_AFTER_MINUTES:
        raise invalid("silent_after_minutes", "out_of_range")
    if silent_after_minutes < 2 * poll_minutes:
        raise invalid("silent_after_minutes", "too_short")


def silent_after_of(source: PlanningSource) -> timedelta:
    """How long a source may be silent."""
    return timedelta(minutes=source.silent_after_minutes)


def tell_health(session: Session, source: PlanningSource, before: dict[str, Any]) -> None:
    """Let terminals read a source anew if what they show of its health is another than `before`."""
    if health_body(source) != before:
        session.flush()
        stamp(session, unit_scope(source.unit_id), f"planning/{source.id}")


def zone_of(session: Session, unit_id: int) -> ZoneInfo:
    """The clock of a unit."""
    return ZoneInfo(session.get_one(Unit, unit_id).time_zone)


def window_of(zone: ZoneInfo, now: datetime) -> Interval:
    """What is read of a planning: from the beginning of today as far ahead as openings are stored."""
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)
    return Interval(midnight, midnight + HORIZON)


def invalid(field: str, code: str) -> Invalid:
    """A value that does not hold."""
    return Invalid("invalid_arguments", {"fields": {field: code}})
