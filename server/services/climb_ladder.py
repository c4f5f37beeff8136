from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentLate
from models.events import CLIMB, RequestLate, supervisors_scope
from models.queries.ladders import Wait, find_people, find_wait
from models.record import defer, poke, record
from models.rules.ladder import Call, Channel, End, Plan, Standing, Step, look
from models.rules.ladder import Ladder as LadderFacts
from models.rules.text_messages import TextState
from models.tables import Appointment, Ladder, LadderCall, LadderSight, TextMessage
from server.services._ladders import (
    DECLINED,
    NOT_NEEDED,
    OUTCOME_UNKNOWN,
    OVERTAKEN,
    give_up_calls,
    hold_ladder,
    lock_wait,
    replace_calls,
)


@dataclass(frozen=True)
class ClimbLadder:
    """Look at the wait that an event began.

    Args:
        attempt_lasts: longer than any channel takes: an attempt without an end after so long was its worker's end.
    """

    event_id: int
    attempt_lasts: timedelta = timedelta(minutes=3)


def climb_ladder(session: Session, command: ClimbLadder, now: datetime) -> Ladder | None:
    """Claim the steps that are due, and defer the next look in the same transaction.

    A step is claimed by writing its calls down, which the database allows once; they are sent after the commit.
    Whoever died in between left them behind, and the next look finds them.

    Returns:
        The ladder, or None when nothing waits, and nothing has.
    """
    wait = find_wait(session, command.event_id)
    if wait is None:
        return None
    lock_wait(session, wait)
    # Read again: whoever held the lock before us may have taken it.
    wait = find_wait(session, command.event_id)
    assert wait is not None, "history is never deleted"
    ladder = hold_ladder(session, wait, now)
    if ladder is None:
        return None
    _forget_attempts(session, ladder, command.attempt_lasts, now)
    if ladder.ended_at is None:
        _climb(session, ladder, wait, now)
    elif wait.standing is not Standing.WAITING:
        give_up_calls(session, ladder.id, NOT_NEEDED, now)
    session.flush()
    return ladder


def _climb(session: Session, ladder: Ladder, wait: Wait, now: datetime) -> None:
    plan = look(_facts(session, ladder, wait), find_people(session, wait.unit_id, now), wait.deadlines, now)
    if plan.end is not None:
        give_up_calls(session, ladder.id, OVERTAKEN if plan.end is End.SUPERVISOR else NOT_NEEDED, now)
    elif plan.calls:
        replace_calls(session, ladder.id, plan.calls, now)
    for call in plan.calls:
        _write_down(session, ladder, call, now)
    if plan.next_look_at is not None and plan.next_look_at != ladder.next_look_at:
        at = plan.next_look_at
        defer(session, CLIMB.task, queue=CLIMB.queue, priority=CLIMB.priority, at=at, event_id=wait.event_id)
    ladder.begun_at, ladder.looked_at = plan.begun_at, now
    ladder.climbed = None if plan.climbed is None else int(plan.climbed)
    ladder.next_look_at = plan.next_look_at
    if plan.end is not None:
        _end(session, ladder, wait, plan, now)


def _end(session: Session, ladder: Ladder, wait: Wait, plan: Plan, now: datetime) -> None:
    ladder.ended_at, ladder.ended_because = now, plan.end
    if plan.end is not End.SUPERVISOR:
        return
    session.flush()
    if wait.request_id is not None:
        record(session, RequestLate(at=now, unit_id=wait.unit_id, request_id=wait.request_id))
    if wait.appointment_id is not None:
        booking_id = session.get_one(Appointment, wait.appointment_id).booking_id
        assert booking_id is not None, "only a hold has no booking yet, and nobody approves one"
        record(
            session,
            AppointmentLate(at=now, unit_id=wait.unit_id, booking_id=booking_id, appointment_id=wait.appointment_id),
        )
    poke(session, supervisors_scope())


def _facts(session: Session, ladder: Ladder, wait: Wait) -> LadderFacts:
    seen = session.query(LadderSight).filter_by(ladder_id=ladder.id).first() is not None
    declined = session.scalars(select(LadderCall.agent_id).filter_by(ladder_id=ladder.id, cause=DECLINED))
    return LadderFacts(
        subject=wait.subject,
        standing=wait.standing,
        begun_at=ladder.begun_at,
        looked_at=ladder.looked_at,
        climbed=None if ladder.climbed is None else Step(ladder.climbed),
        seen=seen,
        declined=frozenset(agent_id for agent_id in declined if agent_id is not None),
    )


def _write_down(session: Session, ladder: Ladder, call: Call, now: datetime) -> None:
    # A socket's poke goes out with a commit: that of the change itself, or this one.
    gone = call.channel is Channel.SOCKET
    session.execute(
        insert(LadderCall)
        .values(
            id=uuid4(),
            ladder_id=ladder.id,
            step=int(call.step),
            who=call.who,
            agent_id=call.agent_id or None,
            channel=call.channel,
            quiet=call.quiet,
            state="sent" if gone else "queued",
            queued_at=now,
            sent_at=now if gone else None,
            changed_at=now,
        )
        .on_conflict_do_nothing(constraint="uq_ladder_calls_once")
    )


def _forget_attempts(session: Session, ladder: Ladder, lasts: timedelta, now: datetime) -> None:
    # Whether the call left nobody knows, so that it is not repeated: the next step is its repeat.
    session.execute(
        update(LadderCall)
        .where(
            LadderCall.ladder_id == ladder.id,
            LadderCall.state == "queued",
            or_(LadderCall.attempted_at < now - lasts, LadderCall.attempted_at > now + lasts),
            # A text message that waits in its own queue says itself what becomes of it.
            ~exists().where(TextMessage.call_id == LadderCall.id, TextMessage.state == TextState.QUEUED),
        )
        .values(state="failed", cause=OUTCOME_UNKNOWN, changed_at=now)
    )
