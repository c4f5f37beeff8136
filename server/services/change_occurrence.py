from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.record import record
from models.rules import openings
from models.rules.actor import AgentActor
from models.rules.errors import Conflict, Invalid
from models.rules.occurrences import OccurrenceChange
from models.rules.opening_series import occurrence_on
from models.rules.openings import State
from models.rules.request_lifecycle import Verdict
from models.service_events import OccurrenceChanged
from models.tables import Opening, OpeningChange
from server.services._concerned import Choices, settle_concerned
from server.services._occurrences import store_occurrences
from server.services._openings import changes_of, lock_opening, recurrence_of, set_end, zone_of


@dataclass(frozen=True)
class ChangeOccurrence:
    """`day` is the local day that the recurrence gives; other times for it, or none: it is dropped.

    The times that the recurrence itself gives undo an earlier change.
    """

    opening_id: UUID
    day: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    word: str = ""
    appointments: Choices = field(default_factory=dict)


def change_occurrence(session: Session, command: ChangeOccurrence, actor: AgentActor, now: datetime) -> Verdict:
    """Move, shorten, drop or restore one occurrence of an opening without touching the others.

    Appointments that its new times no longer cover are handled as `appointments` says.

    Raises:
        NotFound, Forbidden, Conflict: as `models.rules.openings.change_occurrence`.
        Invalid: by field, as `models.rules.openings.check_times`; also `missing`, for one time without the other.
        Conflict, Invalid: as `settle_concerned`.
    """
    opening, facts = lock_opening(session, command.opening_id, actor)
    zone, recurrence = zone_of(session, opening.unit_id), recurrence_of(opening)
    before = changes_of(session, opening).get(command.day)
    regular = occurrence_on(command.day, opening.starts_at, opening.ends_at, recurrence, zone)
    stands = occurrence_on(command.day, opening.starts_at, opening.ends_at, recurrence, zone, before)
    change: OccurrenceChange | None = OccurrenceChange(command.starts_at, command.ends_at)
    if regular is not None and change == OccurrenceChange(regular.starts_at, regular.ends_at):
        change = None
    verdict = openings.change_occurrence(
        facts, actor, now, over_at=None if stands is None else stands.ends_at, same=change == before
    )
    if verdict is Verdict.NOOP:
        return verdict
    _check(change, now)
    _write(session, opening, command.day, change, actor, now)
    set_end(session, opening, now)
    documents: tuple[str, ...] = ()
    if opening.state == State.APPROVED:
        stored = store_occurrences(session, opening, now)
        settle_concerned(session, stored.changed, command.appointments, command.word, actor, now)
        documents = tuple(str(one) for one in stored.documents)
    record(
        session,
        OccurrenceChanged(
            at=now,
            unit_id=opening.unit_id,
            agent_id=actor.agent_id,
            opening_id=opening.id,
            occurrence_ids=documents,
            day=command.day.isoformat(),
        ),
    )
    return verdict


def _check(change: OccurrenceChange | None, now: datetime) -> None:
    if change is None or change.starts_at is None or change.ends_at is None:
        return
    if fields := openings.check_times(change.starts_at, change.ends_at, now):
        raise Invalid("invalid_arguments", {"fields": fields})
    if change.ends_at <= now:
        raise Conflict("opening_over")


def _write(
    session: Session, opening: Opening, day: date, change: OccurrenceChange | None, actor: AgentActor, now: datetime
) -> None:
    row = session.get(OpeningChange, (opening.id, day))
    if change is None:
        if row is not None:
            session.delete(row)
    else:
        if row is None:
            row = OpeningChange(opening_id=opening.id, day=day)
            session.add(row)
        row.starts_at, row.ends_at = change.starts_at, change.ends_at
        row.changed_by_id, row.changed_at = actor.agent_id, now
    session.flush()
