from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models.planning_events import PlanningChanged
from models.queries.feed.plannings import health_of
from models.record import record
from models.rules.actor import AgentActor
from models.rules.plannings import Kind, is_silent
from models.rules.request_lifecycle import Verdict
from models.tables import PlanningSource
from server.planning.address import Address, may_follow, read_address
from server.planning.layout import layout_or_usual
from server.sealing import Sealer, Unsealable
from server.services._planning_absences import held_absences
from server.services._plannings import (
    check_limits,
    find_source,
    invalid,
    keep_address,
    layout_of,
    read_host,
    read_whole_next,
    silent_after_of,
    window_of,
    zone_of,
)


@dataclass(frozen=True)
class ChangePlanningSource:
    """What is to be different; None leaves a thing as it is.

    Args:
        url: an empty one leaves a table without address: it is only uploaded then.
        user, password: empty ones are none. Where the address moves to another host, or a colleague's anywhere else,
            those that are not given anew are forgotten: nobody sends somebody's password elsewhere by changing where it
            goes.
    """

    source_id: UUID
    name: str | None = None
    paused: bool | None = None
    url: str | None = field(default=None, repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    tentative_counts: bool | None = None
    columns: dict[str, Any] | None = None
    words: dict[str, Any] | None = None
    poll_minutes: int | None = None
    silent_after_minutes: int | None = None


def change_planning_source(
    session: Session, command: ChangePlanningSource, actor: AgentActor, now: datetime, sealer: Sealer
) -> Verdict:
    """Pause or resume a source, or read it from elsewhere or in another way.

    What was read stands while it is paused. Whatever changes what a reading gives makes the next one a whole one.

    Raises:
        Forbidden: `not_in_a_unit`.
        NotFound: `no_such_planning` that the actor may change.
        Invalid: the address, the limits or the layout do not hold.
    """
    source = find_source(session, command.source_id, actor)
    # Absences say what the planning is called from which they come.
    renamed = command.name is not None and command.name != source.name
    edited = _edit(session, source, command, actor, now, sealer)
    how = "edited" if edited else ""
    if command.paused is not None and command.paused != (source.paused_at is not None):
        how = "paused" if command.paused else "resumed"
        source.paused_at, source.paused_by_id = (now, actor.agent_id) if command.paused else (None, None)
        if not command.paused and source.address_sealed is not None:
            source.poll_at = now
    if not how:
        return Verdict.NOOP
    session.flush()
    midnight = window_of(zone_of(session, source.unit_id), now).start
    record(
        session,
        PlanningChanged(
            at=now,
            unit_id=source.unit_id,
            agent_id=actor.agent_id,
            planning_id=str(source.id),
            how=how,
            touched=held_absences(session, source.id, midnight) if renamed else (),
        ),
    )
    return Verdict.APPLY


def _edit(
    session: Session,
    source: PlanningSource,
    command: ChangePlanningSource,
    actor: AgentActor,
    now: datetime,
    sealer: Sealer,
) -> bool:
    edited = False
    if command.name is not None and command.name != source.name:
        source.name, edited = command.name, True
    poll = source.poll_minutes if command.poll_minutes is None else command.poll_minutes
    silent = source.silent_after_minutes if command.silent_after_minutes is None else command.silent_after_minutes
    if (poll, silent) != (source.poll_minutes, source.silent_after_minutes):
        check_limits(poll, silent)
        source.poll_minutes, source.silent_after_minutes, edited = poll, silent, True
        if source.poll_at is not None:
            source.poll_at = min(source.poll_at, now + timedelta(minutes=poll))
        if source.silent_since is not None and not is_silent(health_of(source), silent_after_of(source), now):
            source.silent_since = None
    if _readdress(source, command, actor, sealer) | _lay_out(source, command):
        read_whole_next(session, source, now)
        edited = True
    return edited


def _readdress(source: PlanningSource, command: ChangePlanningSource, actor: AgentActor, sealer: Sealer) -> bool:
    if command.url is None and command.user is None and command.password is None:
        return False
    had, old = source.address_sealed is not None, _open(source, sealer)
    url = command.url if command.url is not None else ("" if old is None else old.url)
    if not url:
        if Kind(source.kind).is_calendar or command.url is None:
            raise invalid("url", "missing")
        keep_address(source, None, sealer)
        return had
    read_host(Address(url))
    own = source.agent_id in (None, actor.agent_id)
    same = old if old is not None and may_follow(old, url, own=own) else Address(url)
    user = same.user if command.user is None else command.user
    password = same.password if command.password is None else command.password
    new = Address(url, user, password)
    if new == old:
        return False
    keep_address(source, new, sealer)
    return True


def _open(source: PlanningSource, sealer: Sealer) -> Address | None:
    """The address that is kept; None where there is none, or its key is gone: it must be given anew then."""
    try:
        return None if source.address_sealed is None else read_address(sealer.open(source.address_sealed, source.id))
    except Unsealable:
        return None


def _lay_out(source: PlanningSource, command: ChangePlanningSource) -> bool:
    changed = False
    if command.tentative_counts is not None and command.tentative_counts != source.tentative_counts:
        source.tentative_counts, changed = command.tentative_counts, True
    if (command.columns, command.words) != (None, None) and not Kind(source.kind).is_calendar:
        known = layout_or_usual(source.columns).stored()
        layout = layout_of(command.columns or known["columns"], command.words or known["words"]).stored()
        if layout != source.columns:
            source.columns, changed = layout, True
    return changed
