from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.appointment_events import AgendaAnswered
from models.record import record
from models.rules import receivers
from models.rules.actor import AgentActor
from models.rules.appointments import BOOKED
from models.rules.errors import Conflict, NotFound
from models.rules.request_lifecycle import Verdict
from models.tables import AgendaFinding
from server.services._appointments import booking_of, lock_appointment
from server.services._clashes import weigh_clashes
from server.services._receivers import record_receivers, remove_receivers
from server.services.note_findings import sequence_of


class Answer(StrEnum):
    KEEP = "keep"
    LEAVE = "leave"


_SAID = {Answer.KEEP: "kept", Answer.LEAVE: "left"}


@dataclass(frozen=True)
class AnswerAgenda:
    appointment_id: UUID
    finding_id: int
    answer: Answer


def answer_agenda(session: Session, command: AnswerAgenda, actor: AgentActor, now: datetime) -> Verdict:
    """Say whether one means what one did in one's agenda: receive all the same, or leave it to a colleague.

    What else was asked about the same version is answered with it.

    Raises:
        NotFound: `no_such_appointment`, or `no_such_finding` that the actor is asked about.
        Conflict: `finding_overtaken`: the appointment has changed since, they have answered otherwise, or
            the agenda has been revoked.
        NotFound, Conflict: as `models.rules.receivers.leave`.
    """
    appointment, facts = lock_appointment(session, command.appointment_id, actor)
    if facts.unit_id != actor.serves_in_unit:
        raise NotFound("no_such_appointment")
    finding = session.get(AgendaFinding, command.finding_id, with_for_update=True, populate_existing=True)
    if finding is None or finding.appointment_id != appointment.id or finding.agent_id != actor.agent_id:
        raise NotFound("no_such_finding")
    if finding.answer == _SAID[command.answer]:
        return Verdict.NOOP
    if finding.answer is not None or facts.state not in BOOKED:
        raise Conflict("finding_overtaken")
    if sequence_of(session, appointment) != finding.sequence:
        raise Conflict("finding_overtaken")
    leaves = command.answer is Answer.LEAVE and receivers.leave(facts, actor) is Verdict.APPLY
    session.execute(
        update(AgendaFinding)
        .where(
            AgendaFinding.appointment_id == appointment.id,
            AgendaFinding.agent_id == actor.agent_id,
            AgendaFinding.sequence == finding.sequence,
            AgendaFinding.answered_at.is_(None),
        )
        .values(answered_at=now, answer=_SAID[command.answer])
    )
    record(
        session,
        AgendaAnswered(
            at=now,
            unit_id=appointment.unit_id,
            agent_id=actor.agent_id,
            booking_id=booking_of(appointment),
            appointment_id=appointment.id,
            answer=command.answer,
        ),
    )
    if leaves:
        remove_receivers(session, appointment, [actor.agent_id])
        record_receivers(session, appointment, "left", actor.agent_id, now)
        weigh_clashes(session, appointment.unit_id, now)
    return Verdict.APPLY
