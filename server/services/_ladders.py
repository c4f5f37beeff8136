"""How each use case takes hold of a ladder: its subject's unit is locked first, so that nobody takes it meanwhile."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.queries.ladders import Wait, find_people
from models.record import lock_scopes
from models.rules.ladder import Channel, Standing, may_still_be_called
from models.tables import Ladder, LadderCall
from server.services._requests import lock_request

NOT_NEEDED = "no_longer_needed"
OVERTAKEN = "overtaken"
OUTCOME_UNKNOWN = "outcome_unknown"
# Of a call that was seen: its agent answered that they cannot.
DECLINED = "declined"


def lock_wait(session: Session, wait: Wait) -> None:
    """Lock the unit in which the subject is just now: whoever takes it, locks it too."""
    if wait.request_id is not None:
        lock_request(session, wait.request_id)
    else:
        lock_scopes(session, {unit_scope(wait.unit_id)})


def hold_ladder(session: Session, wait: Wait, now: datetime) -> Ladder | None:
    """Lock the wait's ladder, which begins with the first who asks; None for a wait that was over before.

    Args:
        wait: as it is under `lock_wait`.
    """
    if wait.standing is Standing.WAITING:
        session.execute(
            insert(Ladder)
            .values(
                id=uuid4(),
                event_id=wait.event_id,
                unit_id=wait.unit_id,
                request_id=wait.request_id,
                appointment_id=wait.appointment_id,
                begun_at=wait.since,
                next_look_at=now,
            )
            .on_conflict_do_nothing(index_elements=["event_id"])
        )
    return session.scalar(
        select(Ladder)
        .where(Ladder.event_id == wait.event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def is_needed(session: Session, call: LadderCall, wait: Wait, now: datetime) -> bool:
    """Say whether a call that is about to leave still should: nobody has taken it, and its agent serves there."""
    if wait.standing is not Standing.WAITING:
        return False
    if call.agent_id is None:
        return True
    people = find_people(session, wait.unit_id, now, agent_id=call.agent_id)
    return any(may_still_be_called(person, Channel(call.channel)) for person in people)


def give_up_calls(session: Session, ladder_id: UUID, cause: str, now: datetime, *, below: int) -> None:
    """Fail the calls of the steps under `below` that have not been tried, or not with success."""
    session.execute(
        update(LadderCall)
        .where(
            LadderCall.ladder_id == ladder_id,
            LadderCall.step < below,
            LadderCall.state == "queued",
            LadderCall.attempted_at.is_(None),
        )
        .values(state="failed", cause=cause, retry_at=None, changed_at=now)
    )
