from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules import duty
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit, speak_for
from models.rules.duty import Source, Status, Stretch
from models.rules.request_lifecycle import Verdict
from models.service_events import DutyStatusSet
from models.tables import DutyStatus
from server.services._colleagues import find_colleague
from server.services._interventions import end_interventions
from server.services._receivers import give_back_appointments


@dataclass(frozen=True)
class SetDutyStatus:
    """`until` None: until further notice. `agent_id` None: the actor's own."""

    status: Status
    until: datetime | None = None
    agent_id: int | None = None


def set_duty_status(session: Session, command: SetDutyStatus, actor: AgentActor, now: datetime) -> Verdict:
    """Set the service position of the actor, or of somebody of the unit by its chief.

    Whoever is back from an intervention before its time can be booked again, and receives again whom nobody else does.

    Raises:
        Forbidden: the actor serves in no unit, or is no chief and names somebody else.
        NotFound: the named one is not of the unit.
        Invalid: `until` is too far.
    """
    unit_id = require_unit(actor)
    lock_scopes(session, {unit_scope(unit_id)})
    agent_id = actor.agent_id if command.agent_id is None else command.agent_id
    speak_for(actor, find_colleague(session, agent_id))

    rows = session.scalars(select(DutyStatus).where(DutyStatus.agent_id == agent_id)).all()
    known = [(row, stretch_of(row)) for row in rows]
    own = [stretch for _, stretch in known if stretch.source is Source.OWN]
    # Two web processes whose clocks differ must not put today's last word before the one it replaces.
    since = max([now, *(stretch.since for stretch in own)])
    new = Stretch(command.status, since, command.until, Source.OWN)
    stretches = [stretch for _, stretch in known]
    verdict = duty.set_own(stretches, new, now)
    if verdict is Verdict.APPLY:
        if new.status is not Status.ON_INTERVENTION:
            freed = end_interventions(session, agent_id, unit_id, actor.agent_id, now)
            give_back_appointments(session, unit_id, agent_id, freed, actor.agent_id, now)
        replaced = duty.replaced(stretches, new, now)
        for row, stretch in known:
            if stretch in replaced:
                session.delete(row)
        session.add(
            DutyStatus(
                agent_id=agent_id,
                status=new.status,
                since=new.since,
                until=new.until,
                source=new.source,
                set_by_id=actor.agent_id,
            )
        )
        record(
            session,
            DutyStatusSet(
                at=now,
                unit_id=unit_id,
                agent_id=actor.agent_id,
                about_agent_id=agent_id,
                status=new.status,
                until=None if new.until is None else new.until.isoformat(),
            ),
        )
    return verdict


def stretch_of(row: DutyStatus) -> Stretch:
    """A row as the rules see it."""
    return Stretch(Status(row.status), row.since, row.until, Source(row.source))
