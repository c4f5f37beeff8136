from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules import receivers
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit
from models.rules.duty import Source, Status
from models.rules.errors import Conflict
from models.rules.request_lifecycle import Verdict
from models.service_events import AbsenceDeclared
from models.tables import Absence
from server.services._interventions import end_interventions
from server.services._receivers import give_back_appointments, release_appointments
from server.services.set_duty_status import SetDutyStatus, set_duty_status


@dataclass(frozen=True)
class StartIntervention:
    """`absence_id` is made by the terminal, which shows the absence before the server has heard of it."""

    absence_id: UUID
    until: datetime


def start_intervention(session: Session, command: StartIntervention, actor: AgentActor, now: datetime) -> Verdict:
    """Let the actor leave at once: position, absence, and their appointments released to colleagues.

    Said anew, it is the same intervention with another end. Where an absence was declared already, it stands.

    Raises:
        Forbidden: the actor serves in no unit.
        Invalid: `until` is `too_far`.
        Conflict: `id_taken`.
    """
    unit_id = require_unit(actor)
    lock_scopes(session, {unit_scope(unit_id)})
    if earlier := session.get(Absence, command.absence_id):
        if earlier.agent_id == actor.agent_id and earlier.intervention:
            return Verdict.NOOP
        raise Conflict("id_taken")
    verdict = receivers.start_intervention(command.until, now)
    if verdict is Verdict.NOOP:
        return verdict
    freed = end_interventions(session, actor.agent_id, unit_id, actor.agent_id, now)
    set_duty_status(session, SetDutyStatus(Status.ON_INTERVENTION, command.until), actor, now)
    for number, gap in enumerate(_not_absent(session, actor.agent_id, now, command.until)):
        # A declared absence in the middle leaves two parts, each with an id that a repeat would draw again.
        absence_id = uuid5(command.absence_id, str(number)) if number else command.absence_id
        session.add(
            Absence(
                id=absence_id,
                agent_id=actor.agent_id,
                during=gap,
                word=None,
                source=Source.OWN,
                intervention=True,
                declared_at=now,
                declared_by_id=actor.agent_id,
            )
        )
        session.flush()
        record(
            session,
            AbsenceDeclared(
                at=now,
                unit_id=unit_id,
                agent_id=actor.agent_id,
                absence_id=absence_id,
                about_agent_id=actor.agent_id,
                intervention=True,
            ),
        )
    release_appointments(session, actor.agent_id, now, command.until, actor.agent_id, now)
    # Said anew with an earlier end: what lies between the two ends is theirs again.
    give_back_appointments(session, unit_id, actor.agent_id, freed, actor.agent_id, now)
    return Verdict.APPLY


def _not_absent(session: Session, agent_id: int, from_: datetime, until: datetime) -> list[Range[datetime]]:
    """The parts of a time in which somebody has not declared to be away."""
    declared = session.scalars(
        select(Absence.during)
        .where(
            Absence.agent_id == agent_id,
            Absence.source == Source.OWN,
            Absence.cancelled_at.is_(None),
            Absence.during.overlaps(Range(from_, until)),
        )
        .order_by(func.lower(Absence.during))
    ).all()
    gaps, start = [], from_
    for during in declared:
        assert during.lower is not None
        assert during.upper is not None
        if start < during.lower:
            gaps.append(Range(start, during.lower))
        start = max(start, during.upper)
    if start < until:
        gaps.append(Range(start, until))
    return gaps
