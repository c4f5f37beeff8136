from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.record import defer
from models.rules import calendar_trials, plannings
from models.rules.actor import AgentActor
from models.rules.calendar_trials import TrialKind
from models.rules.errors import NotFound
from models.tables import Agent, CalendarExport, CalendarTrial, PlanningSource
from server.planning.address import Address, read_address
from server.sealing import Sealer, Unsealable
from server.services._plannings import invalid, layout_of

TASK, QUEUE = "try_calendar", "trials"
# Of a test whose asker has asked for another one since.
OVERTAKEN = "overtaken"


@dataclass(frozen=True)
class AskCalendarTrial:
    """An address to be tested.

    Args:
        columns, words: of a table; None for the usual ones.
        source_id: a source, or for `caldav_export` an export, whose address stands in for an empty one, and whose
            user and password for empty ones on the same host.
    """

    kind: TrialKind
    url: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    tentative_counts: bool = True
    columns: dict[str, Any] | None = None
    words: dict[str, Any] | None = None
    source_id: UUID | None = None


def ask_calendar_trial(
    session: Session, command: AskCalendarTrial, actor: AgentActor, now: datetime, sealer: Sealer
) -> CalendarTrial:
    """Have a worker find out what an address yields, or why it does not; no source and no export is changed by it.

    Nobody has two open ones: an older one fails as `overtaken`, whether or not a worker is at it.

    Raises:
        Forbidden: `not_in_a_unit`, or `chief_only` for a table of positions.
        NotFound: `no_such_planning`, `no_such_export`: none that the actor may change.
        Invalid: the address is missing, or the layout does not hold.
    """
    unit_id = calendar_trials.ask(actor, command.kind)
    reading = {"tentative_counts": command.tentative_counts}
    if command.kind.is_table:
        reading = {**layout_of(command.columns, command.words).stored()}
    address = Address(command.url, command.user, command.password)
    if command.source_id is not None:
        address = _completed(address, _stored(session, command.kind, command.source_id, actor, sealer))
    if not address.url:
        raise invalid("url", "missing")
    _overtake(session, actor.agent_id, now)
    trial_id = uuid4()
    trial = CalendarTrial(
        id=trial_id,
        unit_id=unit_id,
        asked_by_id=actor.agent_id,
        kind=command.kind,
        address_sealed=sealer.seal(address.written(), trial_id),
        reading=reading,
        state="queued",
        created_at=now,
    )
    session.add(trial)
    session.flush()
    defer(session, TASK, queue=QUEUE, trial_id=str(trial_id))
    return trial


def _overtake(session: Session, agent_id: int, now: datetime) -> None:
    # Two that are asked for at the same moment wait for each other; whoever only refers to the account does not wait.
    session.execute(select(Agent.id).where(Agent.id == agent_id).with_for_update(key_share=True))
    session.execute(
        update(CalendarTrial)
        .where(CalendarTrial.asked_by_id == agent_id, CalendarTrial.state == "queued")
        .values(state="failed", code=OVERTAKEN, found={}, address_sealed=None, settled_at=now)
    )


def _stored(session: Session, kind: TrialKind, source_id: UUID, actor: AgentActor, sealer: Sealer) -> Address | None:
    if kind is TrialKind.CALDAV_EXPORT:
        row: CalendarExport | PlanningSource | None = session.get(CalendarExport, source_id)
        if not _may_change(actor, row):
            raise NotFound("no_such_export")
    else:
        row = session.get(PlanningSource, source_id)
        if not _may_change(actor, row):
            raise NotFound("no_such_planning")
    assert row is not None
    if row.address_sealed is None or row.kind == "mail":
        return None
    try:
        return read_address(sealer.open(row.address_sealed, row.id))
    except Unsealable:
        return None


def _may_change(actor: AgentActor, row: CalendarExport | PlanningSource | None) -> bool:
    if row is None or row.revoked_at is not None or row.unit_id != actor.serves_in_unit:
        return False
    return row.agent_id == actor.agent_id or plannings.manages_plannings(actor)


def _completed(given: Address, stored: Address | None) -> Address:
    """What was given, and what is kept for the rest: a kept password goes to its own host and user only."""
    if stored is None:
        return given
    if not given.url:
        given = Address(stored.url, given.user, given.password)
    if not _same_host(given, stored):
        return given
    user = given.user or stored.user
    return Address(given.url, user, given.password or (stored.password if user == stored.user else ""))


def _same_host(one: Address, other: Address) -> bool:
    try:
        return one.host() == other.host()
    except ValueError:
        return False
