from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules import absences
from models.rules.absences import AbsenceFacts
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit
from models.rules.duty import Source
from models.rules.errors import NotFound
from models.rules.request_lifecycle import Verdict
from models.service_events import AbsenceCancelled
from models.tables import Absence
from server.services._colleagues import find_colleague
from server.services._receivers import give_back_appointments


@dataclass(frozen=True)
class CancelAbsence:
    absence_id: UUID


def cancel_absence(session: Session, command: CancelAbsence, actor: AgentActor, now: datetime) -> Verdict:
    """Take back an absence of the actor's, or of somebody of the unit by its chief.

    What they were called away from is theirs again where nobody else has come forward.

    Raises:
        Forbidden: the actor serves in no unit, or is no chief and it is a colleague's.
        NotFound: no such absence in the unit.
        Conflict: it comes from the planning.
    """
    unit_id = require_unit(actor)
    lock_scopes(session, {unit_scope(unit_id)})
    absence = session.get(Absence, command.absence_id, populate_existing=True)
    if absence is None:
        raise NotFound("no_such_absence")
    agent = find_colleague(session, absence.agent_id)
    facts = AbsenceFacts(
        agent_id=absence.agent_id,
        unit_id=None if agent is None else agent.serves_in_unit,
        source=Source(absence.source),
        is_cancelled=absence.cancelled_at is not None,
    )
    verdict = absences.cancel(facts, actor)
    if verdict is Verdict.APPLY:
        absence.cancelled_at = now
        absence.cancelled_by_id = actor.agent_id
        session.flush()
        record(
            session,
            AbsenceCancelled(
                at=now,
                unit_id=unit_id,
                agent_id=actor.agent_id,
                absence_id=absence.id,
                about_agent_id=absence.agent_id,
            ),
        )
        give_back_appointments(session, unit_id, absence.agent_id, [absence.during], actor.agent_id, now)
    return verdict
