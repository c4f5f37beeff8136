from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from models.events import unit_scope
from models.planning_events import PlanningAdded
from models.record import lock_scopes, record
from models.rules import plannings
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit
from models.rules.errors import Conflict
from models.rules.plannings import Kind
from models.tables import PlanningSource
from server.planning.address import Address
from server.sealing import Sealer
from server.services._clashes import weigh_clashes
from server.services._colleagues import find_colleague
from server.services._plannings import check_limits, count_sources, invalid, keep_address, layout_of

# Nobody has so many; whoever tries is stopped before the workers are busy with one unit.
MOST_OF_UNIT = 200


@dataclass(frozen=True)
class AddPlanningSource:
    """A new source.

    Args:
        agent_id: whose calendar it is, None for the actor's; of no meaning for a table of positions.
        url: empty for a table that is only ever uploaded.
        columns, words: of a table; None for the usual ones.
        silent_after_minutes: None for what is usual of this kind, with an address or without.
        source_id: that whoever adds it has drawn for it; None for one that is drawn here.
    """

    kind: Kind
    name: str
    agent_id: int | None = None
    url: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    tentative_counts: bool = True
    columns: dict[str, Any] | None = None
    words: dict[str, Any] | None = None
    poll_minutes: int = 15
    silent_after_minutes: int | None = None
    source_id: UUID | None = None


def add_planning_source(
    session: Session, command: AddPlanningSource, actor: AgentActor, now: datetime, sealer: Sealer
) -> UUID:
    """Have a planning read from now on: one's own calendar, or what the chief names for the unit.

    Added anew with the same id, because no answer came, it is the one that is there, whatever else is said of it.

    Returns:
        Its id.

    Raises:
        Forbidden: `not_in_a_unit`, or `chief_only` for a table of positions or a colleague's calendar.
        NotFound: `no_such_agent` in the unit; `no_such_planning`: what had this id is revoked.
        Invalid: the address, the limits or the layout do not hold.
        Conflict: `too_many_plannings` in the unit; `id_taken` by somebody else.
    """
    lock_scopes(session, {unit_scope(require_unit(actor))})
    agent_id = actor.agent_id if command.agent_id is None else command.agent_id
    unit_id = plannings.add(actor, command.kind, find_colleague(session, agent_id))
    if command.source_id and (earlier := session.get(PlanningSource, command.source_id)):
        if earlier.created_by_id != actor.agent_id:
            raise Conflict("id_taken")
        plannings.change(actor, None if earlier.revoked_at else earlier.unit_id, earlier.agent_id)
        return earlier.id
    if command.kind.is_calendar and not command.url:
        raise invalid("url", "missing")
    silent_after = command.silent_after_minutes
    if silent_after is None:
        poll_every = timedelta(minutes=command.poll_minutes)
        usual = plannings.usual_silence(command.kind, poll_every, is_asked=bool(command.url))
        silent_after = usual // timedelta(minutes=1)
    check_limits(command.poll_minutes, silent_after)
    if count_sources(session, unit_id) >= MOST_OF_UNIT:
        raise Conflict("too_many_plannings")
    layout = None if command.kind.is_calendar else layout_of(command.columns, command.words).stored()
    source = PlanningSource(
        id=command.source_id or uuid4(),
        unit_id=unit_id,
        agent_id=agent_id if command.kind.is_calendar else None,
        kind=command.kind,
        name=command.name,
        tentative_counts=command.tentative_counts,
        columns=layout,
        poll_minutes=command.poll_minutes,
        silent_after_minutes=silent_after,
        created_at=now,
        created_by_id=actor.agent_id,
        poll_at=now if command.url else None,
    )
    keep_address(source, Address(command.url, command.user, command.password) if command.url else None, sealer)
    session.add(source)
    session.flush()
    record(session, PlanningAdded(at=now, unit_id=unit_id, agent_id=actor.agent_id, planning_id=str(source.id)))
    # Who is left for what is booked counts from now on.
    weigh_clashes(session, unit_id, now)
    return source.id
