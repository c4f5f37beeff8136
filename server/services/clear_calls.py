from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from models.queries.ladders import Wait, find_wait, waits
from models.rules.ladder import Channel
from models.tables import Appointment, Event, Ladder, LadderCall
from server.services._ladders import OUTCOME_UNKNOWN


@dataclass(frozen=True)
class ClearCalls:
    """What the event is about may wait no longer; the event is the one that ended the wait, or that began it."""

    event_id: int


@dataclass(frozen=True)
class ClearedWait:
    """A wait that is over, and whose terminals still say that it is not.

    Args:
        agent_ids: who was called.
        ended_by_id: who ended it, when an agent did; one of them or not.
    """

    wait: Wait
    agent_ids: tuple[int, ...]
    ended_by_id: int | None


def clear_calls(session: Session, command: ClearCalls, now: datetime) -> list[ClearedWait]:
    """Claim the telling of everybody who was called over web push that nothing waits there any more.

    Each call is claimed once, before anything is sent: a worker that dies in between leaves it to the terminal, which
    finds out by itself when it next asks. Whoever ended the wait is among them: they may have done so from a plain
    phone, or from another terminal than the one that rings.

    Returns:
        Nothing for what waits again in the same unit: what stands on the screens is true then.
    """
    event = session.get(Event, command.event_id)
    if event is None or (event.request_id is None and event.booking_id is None):
        return []
    found = []
    for ladder in session.scalars(_ladders_of(event)):
        wait = find_wait(session, ladder.event_id)
        if wait is None or waits(session, wait):
            continue
        called = session.scalars(
            update(LadderCall)
            .where(
                LadderCall.ladder_id == ladder.id,
                LadderCall.channel == Channel.WEB_PUSH,
                LadderCall.cleared_at.is_(None),
                or_(LadderCall.state.in_(["sent", "delivered", "seen"]), LadderCall.cause == OUTCOME_UNKNOWN),
            )
            .values(cleared_at=now)
            .returning(LadderCall.agent_id)
        ).all()
        agent_ids = sorted({one for one in called if one is not None})
        found.append(ClearedWait(wait, tuple(agent_ids), event.agent_id))
    return [one for one in found if one.agent_ids]


def _ladders_of(event: Event) -> Select[Ladder]:
    """Every ladder of what the event is about, locked in the order in which they began."""
    found = select(Ladder).order_by(Ladder.event_id).with_for_update()
    if event.booking_id is None:
        return found.where(Ladder.request_id == event.request_id)
    of_booking = select(Appointment.id).where(Appointment.booking_id == event.booking_id)
    return found.where(Ladder.appointment_id.in_(of_booking))
