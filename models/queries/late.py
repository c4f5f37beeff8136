"""What climbs, what is late, and what became of each call, for whoever answers for it. Nothing of citizens' own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.events import RequestAccepted, RequestExpired, RequestTransferred, RequestWithdrawn
from models.queries.ladders import REQUEST_TURNS
from models.rules.errors import Invalid
from models.rules.ladder import Step, Subject
from models.tables import Agent, LadderCall, LadderSight

# How long one that has ended stays below those that wait.
ENDED_FOR = timedelta(hours=24)
PAGE = 50
_CURSOR = re.compile(r"([0-4])\.([0-9]{1,17})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class How(StrEnum):
    """How a wait ended."""

    TAKEN = "taken"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OTHERWISE = "otherwise"


_HOW = {
    RequestAccepted.name: How.TAKEN,
    RequestTransferred.name: How.TRANSFERRED,
    RequestWithdrawn.name: How.WITHDRAWN,
    RequestExpired.name: How.EXPIRED,
    # Appointments: the chief's decision, or the state that they came to without one.
    "decided": How.TAKEN,
    "cancelled": How.WITHDRAWN,
    "expired": How.EXPIRED,
}


@dataclass(frozen=True)
class LateCall:
    """A call of a ladder; `agent_name` where it was for an agent."""

    call: LadderCall
    agent_name: str | None


@dataclass(frozen=True)
class LateWait:
    """One wait and its ladder; the last five are None or empty as long as they are not so.

    Args:
        step: the highest step behind it.
        next_at: when the next step is due; None with the supervisors, above whom there is nobody.
        ended_at, how, taken_by: once it is over; `taken_by` is the name of who took it or decided.
        seen_by: who has opened it since it waits, and when.
    """

    id: UUID
    unit_id: int
    unit_name: str
    time_zone: str
    subject: Subject
    subject_id: UUID
    reference: str
    reason_code: str
    begun_at: datetime
    step: Step
    next_at: datetime | None
    ended_at: datetime | None
    how: How | None
    taken_by: str | None
    calls: tuple[LateCall, ...] = ()
    seen_by: tuple[tuple[str, datetime], ...] = ()

    @property
    def next_step(self) -> Step | None:
        """The step that is due at `next_at`."""
        return None if self.next_at is None else Step(self.step + 1)


@dataclass(frozen=True)
class LatePage:
    """Those that wait, the most late first, from where the cursor stands; on the first page also those that have ended.

    Args:
        total: how many wait.
        late: for how many of them a chief had to be called.
        cursor: for the next page; None on the last one.
        ended: of the last day, the last first, `PAGE` at most.
    """

    waiting: tuple[LateWait, ...]
    total: int
    late: int
    cursor: str | None
    ended: tuple[LateWait, ...]


def find_late(session: Session, unit_id: int | None, now: datetime, cursor: str = "") -> LatePage:
    """Read a page of what climbs; a wait is over when its subject is, even if no job has looked at its ladder since.

    Args:
        unit_id: of this unit alone; None: of all.
        cursor: a former page's, or nothing for the first.

    Raises:
        Invalid: `invalid_arguments`: the cursor is none of ours.
    """
    common = {"unit_id": unit_id, "turns": list(REQUEST_TURNS), "since": now - ENDED_FOR}
    step, begun_at, ladder_id = _read_cursor(cursor)
    place = {"step": step, "begun_at": begun_at, "id": ladder_id, "limit": PAGE + 1}
    rows = session.execute(text(f"{_WAITS} {_WAITING}"), {**common, **place}).all()
    total, late = session.execute(text(f"{_WAITS} {_COUNTS}"), {**common, "chief": int(Step.CHIEF)}).one()
    ended = () if cursor else session.execute(text(f"{_WAITS} {_ENDED}"), {**common, "limit": PAGE}).all()
    waits = _with_calls(session, [*rows[:PAGE], *ended])
    waiting = waits[: len(rows[:PAGE])]
    more = len(rows) > PAGE
    return LatePage(
        tuple(waiting), total, late, _write_cursor(waiting[-1]) if more else None, tuple(waits[len(waiting) :])
    )


def _with_calls(session: Session, rows: Sequence[Any]) -> list[LateWait]:
    ids = [row.id for row in rows]
    calls: defaultdict[UUID, list[LateCall]] = defaultdict(list)
    for call, name in session.execute(
        select(LadderCall, Agent.name)
        .outerjoin(Agent, Agent.id == LadderCall.agent_id)
        .where(LadderCall.ladder_id.in_(ids))
        .order_by(LadderCall.step, Agent.name.nulls_last(), LadderCall.channel, LadderCall.id)
    ):
        calls[call.ladder_id].append(LateCall(call, name))
    sights: defaultdict[UUID, list[tuple[str, datetime]]] = defaultdict(list)
    for sight, name in session.execute(
        select(LadderSight, Agent.name)
        .join(Agent, Agent.id == LadderSight.agent_id)
        .where(LadderSight.ladder_id.in_(ids))
        .order_by(LadderSight.seen_at, Agent.name)
    ):
        sights[sight.ladder_id].append((name, sight.seen_at))
    return [
        LateWait(
            id=row.id,
            unit_id=row.unit_id,
            unit_name=row.unit_name,
            time_zone=row.time_zone,
            subject=Subject.APPROVAL if row.request_id is None else Subject.REQUEST,
            subject_id=row.request_id or row.appointment_id,
            reference=row.reference,
            reason_code=row.reason_code,
            begun_at=row.begun_at,
            step=Step(row.step),
            next_at=row.next_look_at if row.over_at is None and row.step < Step.SUPERVISOR else None,
            ended_at=row.over_at,
            how=None if row.over_at is None else _HOW.get(row.over_by, How.OTHERWISE),
            taken_by=row.taken_by,
            calls=tuple(calls[row.id]),
            seen_by=tuple(sights[row.id]),
        )
        for row in rows
    ]


def _write_cursor(wait: LateWait) -> str:
    return f"{int(wait.step)}.{(wait.begun_at - _EPOCH) // timedelta(microseconds=1)}.{wait.id}"


def _read_cursor(cursor: str) -> tuple[int, datetime, UUID]:
    if not cursor:
        # Before all of them.
        return len(Step), _EPOCH, UUID(int=0)
    read = _CURSOR.fullmatch(cursor)
    try:
        if read is None:
            raise ValueError(cursor)
        return int(read[1]), _EPOCH + timedelta(microseconds=int(read[2])), UUID(read[3])
    except (ValueError, OverflowError) as error:
        raise Invalid("invalid_arguments", {"fields": {"cursor": "unreadable"}}) from error


# What ended long ago is left out before its history is read. One that is with the supervisors has ended as a ladder
# and may wait all the same: then what it is about says whether it does, or since when it does not.
_WAITS = """
WITH waits AS (
    SELECT ladder.id, ladder.unit_id, unit.name AS unit_name, unit.time_zone,
        ladder.request_id, ladder.appointment_id, coalesce(request.reference, booking.reference) AS reference,
        coalesce(request.reason_code, appointment.reason_code) AS reason_code,
        ladder.begun_at, coalesce(ladder.climbed, 0) AS step, ladder.next_look_at,
        CASE WHEN request.state = 'waiting' AND turn.at IS NULL OR appointment.state = 'requested' THEN NULL
            ELSE coalesce(turn.at, request.ended_at, appointment.decided_at, appointment.ended_at, ladder.ended_at)
        END AS over_at,
        CASE WHEN appointment.decided_at IS NOT NULL THEN 'decided' ELSE coalesce(turn.name, appointment.state) END
            AS over_by,
        (SELECT name FROM agents WHERE id = CASE WHEN turn.name = 'request_accepted' THEN turn.agent_id
            ELSE appointment.decided_by_id END) AS taken_by
    FROM ladders ladder JOIN units unit ON unit.id = ladder.unit_id
    LEFT JOIN contact_requests request ON request.id = ladder.request_id
    LEFT JOIN appointments appointment ON appointment.id = ladder.appointment_id
    LEFT JOIN bookings booking ON booking.id = appointment.booking_id
    LEFT JOIN LATERAL (
        SELECT event.name, event.at, event.agent_id FROM events event
        WHERE event.request_id = ladder.request_id AND event.id > ladder.event_id AND event.name = ANY(:turns)
        ORDER BY event.id LIMIT 1
    ) turn ON true
    WHERE (ladder.ended_at IS NULL OR ladder.ended_at > :since OR ladder.ended_because = 'supervisor' AND (
        request.state = 'waiting' OR request.accepted_at > :since OR request.ended_at > :since
        OR appointment.state = 'requested' OR appointment.decided_at > :since OR appointment.ended_at > :since))
    AND (CAST(:unit_id AS integer) IS NULL OR ladder.unit_id = :unit_id)
)
"""
_WAITING = """
SELECT * FROM waits WHERE over_at IS NULL
AND (-step, begun_at, id) > (-CAST(:step AS integer), CAST(:begun_at AS timestamptz), CAST(:id AS uuid))
ORDER BY step DESC, begun_at, id LIMIT :limit
"""
_COUNTS = "SELECT count(*), count(*) FILTER (WHERE step >= :chief) FROM waits WHERE over_at IS NULL"
_ENDED = "SELECT * FROM waits WHERE over_at > :since ORDER BY over_at DESC, id LIMIT :limit"
