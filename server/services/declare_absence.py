from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.record import lock_scopes, record
from models.rules import absences
from models.rules.actor import AgentActor
from models.rules.colleagues import require_unit, speak_for
from models.rules.duty import Source
from models.rules.errors import Conflict
from models.rules.request_lifecycle import Verdict
from models.service_events import AbsenceDeclared
from models.tables import Absence
from models.tables.absence import NO_OVERLAP
from server.services._colleagues import find_colleague
from server.services._inserts import insert_unless_refused
from server.services._receivers import release_appointments


@dataclass(frozen=True)
class DeclareAbsence:
    """`absence_id` is made by the terminal, so that it can cancel offline what it declared offline."""

    absence_id: UUID
    starts_at: datetime
    ends_at: datetime
    word: str = ""
    agent_id: int | None = None


def declare_absence(session: Session, command: DeclareAbsence, actor: AgentActor, now: datetime) -> Verdict:
    """Declare when the actor, or somebody of the unit by its chief, is not free.

    What they would have received in that time is released to their colleagues.

    Raises:
        Forbidden: the actor serves in no unit, or is no chief and names somebody else.
        NotFound: the named one is not of the unit.
        Invalid: the bounds do not hold.
        Conflict: `absence_overlaps` another own one (`absence_id`, `starts_at`, `ends_at` say which), or `id_taken`.
    """
    unit_id = require_unit(actor)
    lock_scopes(session, {unit_scope(unit_id)})
    agent_id = actor.agent_id if command.agent_id is None else command.agent_id
    speak_for(actor, find_colleague(session, agent_id))
    absences.declare(command.starts_at, command.ends_at, now)

    during = Range(command.starts_at, command.ends_at)
    absence = Absence(
        id=command.absence_id,
        agent_id=agent_id,
        during=during,
        word=command.word or None,
        source=Source.OWN,
        declared_at=now,
        declared_by_id=actor.agent_id,
    )
    if earlier := session.get(Absence, command.absence_id):
        if earlier.cancelled_at is None and _values(earlier) == _values(absence):
            return Verdict.NOOP
        raise Conflict("id_taken")
    refused_by = insert_unless_refused(session, absence)
    if refused_by == NO_OVERLAP:
        raise _overlap(session, agent_id, during)
    if refused_by is not None:
        raise Conflict("id_taken")
    record(
        session,
        AbsenceDeclared(
            at=now,
            unit_id=unit_id,
            agent_id=actor.agent_id,
            absence_id=absence.id,
            about_agent_id=agent_id,
        ),
    )
    release_appointments(session, agent_id, command.starts_at, command.ends_at, actor.agent_id, now)
    return Verdict.APPLY


def _values(absence: Absence) -> tuple[object, ...]:
    return absence.agent_id, absence.during.lower, absence.during.upper, absence.word, absence.source


def _overlap(session: Session, agent_id: int, during: Range[datetime]) -> Conflict:
    # READ COMMITTED sees the row that the constraint saw, since that one has committed.
    other = session.scalars(
        select(Absence)
        .where(
            Absence.agent_id == agent_id,
            Absence.source == Source.OWN,
            Absence.cancelled_at.is_(None),
            Absence.during.overlaps(during),
        )
        .order_by(func.lower(Absence.during))
    ).first()
    if other is None:
        return Conflict("absence_overlaps")
    assert other.during.lower is not None
    assert other.during.upper is not None
    return Conflict(
        "absence_overlaps",
        {
            "absence_id": str(other.id),
            "starts_at": other.during.lower.astimezone(UTC).isoformat(),
            "ends_at": other.during.upper.astimezone(UTC).isoformat(),
        },
    )
