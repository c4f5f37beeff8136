"""How each use case takes hold of a ladder: its subject's unit is locked first, so that nobody takes it meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Update, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.queries.ladders import Wait, find_people
from models.record import lock_scopes
from models.rules.ladder import Call, Channel, Standing, may_still_be_called
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


def give_up_calls(session: Session, ladder_id: UUID, cause: str, now: datetime) -> None:
    """Fail the ladder's calls that have not been tried, or not with success."""
    session.execute(_given_up(ladder_id, cause, now))


def replace_calls(session: Session, ladder_id: UUID, new: Collection[Call], now: datetime) -> None:
    """Fail those of lower steps that one of `new` repeats: to the same person over the same channel.

    What nobody repeats is tried on: a step spares some who were called before it, and they may be the only ones awake.
    """
    session.execute(
        _given_up(ladder_id, OVERTAKEN, now).where(
            or_(
                *(
                    and_(
                        LadderCall.step < call.step,
                        LadderCall.who == call.who,
                        LadderCall.channel == call.channel,
                        LadderCall.agent_id.is_not_distinct_from(call.agent_id or None),
                    )
                    for call in new
                )
            )
        )
    )


def _given_up(ladder_id: UUID, cause: str, now: datetime) -> Update:
    return (
        update(LadderCall)
        .where(
            LadderCall.ladder_id == ladder_id,
            LadderCall.state == "queued",
            LadderCall.attempted_at.is_(None),
        )
        .values(state="failed", cause=cause, retry_at=None, changed_at=now)
    )
