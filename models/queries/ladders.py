"""What a ladder looks at: the wait that an event began, how it stands, and who serves in the unit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentBooked, AppointmentMoved
from models.events import (
    CLIMB,
    RequestAccepted,
    RequestClosed,
    RequestCreated,
    RequestExpired,
    RequestReleased,
    RequestTransferred,
    RequestWithdrawn,
)
from models.rules.actor import Role
from models.rules.appointments import State as AppointmentState
from models.rules.duty import Source, Status, Stretch, current
from models.rules.ladder import Deadlines, Person, Standing, Subject
from models.rules.request_lifecycle import State
from models.tables import Absence, Agent, Appointment, ContactRequest, DutyStatus, Event, Reason

# A wait begins with the first three and ends with whichever comes next.
REQUEST_WAITS = (RequestCreated.name, RequestReleased.name, RequestTransferred.name)
APPOINTMENT_WAITS = (AppointmentBooked.name, AppointmentMoved.name)
REQUEST_TURNS = (
    *REQUEST_WAITS, RequestAccepted.name, RequestClosed.name, RequestWithdrawn.name, RequestExpired.name
)  # fmt: skip


@dataclass(frozen=True)
class Wait:
    """What has waited in a unit since the event `event_id`; one of the two subjects is set."""

    event_id: int
    unit_id: int
    since: datetime
    subject: Subject
    standing: Standing
    deadlines: Deadlines
    discreet: bool
    request_id: UUID | None = None
    appointment_id: UUID | None = None


def find_wait(session: Session, event_id: int) -> Wait | None:
    """Read the wait that an event began, as it stands now; None when the event began none."""
    event = session.get(Event, event_id)
    if event is None:
        return None
    if event.name in REQUEST_WAITS:
        return _request_wait(session, event)
    return _approval_wait(session, event) if event.name in APPOINTMENT_WAITS else None


def current_wait(session: Session, request_id: UUID) -> Wait | None:
    """The wait of a request that waits; None when it does not."""
    event_id = session.scalar(
        select(func.max(Event.id)).where(Event.request_id == request_id, Event.name.in_(REQUEST_WAITS))
    )
    wait = None if event_id is None else find_wait(session, event_id)
    return wait if wait is not None and wait.standing is Standing.WAITING else None


def waits(session: Session, wait: Wait) -> bool:
    """Say whether what waited still waits in that unit, or waits there again."""
    if wait.standing is Standing.WAITING or wait.request_id is None:
        return wait.standing is Standing.WAITING
    present = current_wait(session, wait.request_id)
    return present is not None and present.unit_id == wait.unit_id


def find_people(session: Session, unit_id: int, now: datetime, *, agent_id: int | None = None) -> list[Person]:
    """Everybody who serves in the unit, with the position that they hold at `now`.

    Args:
        agent_id: only this one of them.
    """
    serving = select(Agent).where(
        Agent.unit_id == unit_id,
        Agent.active,
        Agent.roles.overlap([Role.GENDARME.value, Role.CHIEF.value]),
    )
    if agent_id is not None:
        serving = serving.where(Agent.id == agent_id)
    agents = session.scalars(serving.order_by(Agent.id)).all()
    ids = [agent.id for agent in agents]
    stretches: defaultdict[int, list[Stretch]] = defaultdict(list)
    for row in session.scalars(select(DutyStatus).where(DutyStatus.agent_id.in_(ids))):
        stretches[row.agent_id].append(Stretch(Status(row.status), row.since, row.until, Source(row.source)))
    absent = set(
        session.scalars(
            select(Absence.agent_id).where(
                Absence.agent_id.in_(ids),
                Absence.cancelled_at.is_(None),
                # Somebody on an intervention holds that position, which says more.
                Absence.intervention.is_(False),
                Absence.during.contains(now),
            )
        )
    )
    people = []
    for agent in agents:
        held = current(stretches[agent.id], now)
        people.append(
            Person(agent.id, held.status if held else None, Role.CHIEF.value in agent.roles, agent.id in absent)
        )
    return people


def find_position(session: Session, agent_id: int, now: datetime) -> Status | None:
    """The position that an agent holds at `now`; None when nothing is known."""
    rows = session.scalars(select(DutyStatus).where(DutyStatus.agent_id == agent_id))
    held = current((Stretch(Status(row.status), row.since, row.until, Source(row.source)) for row in rows), now)
    return held.status if held else None


def find_neglected(session: Session, now: datetime, *, grace: timedelta, limit: int) -> list[int]:
    """The events whose ladder nobody will look at in time, because its job is gone or the clock was moved.

    Args:
        grace: how late a job may be before it counts as gone.
    """
    found = session.execute(
        text(_NEGLECTED),
        {
            "now": now,
            "late": now - grace,
            "early": now + grace,
            "task": CLIMB.task,
            "waits": list(REQUEST_WAITS),
            "approvals": list(APPOINTMENT_WAITS),
            "limit": limit,
        },
    )
    return [event_id for (event_id,) in found]


def _request_wait(session: Session, event: Event) -> Wait:
    request, reason = session.execute(
        select(ContactRequest, Reason)
        .join(Reason, Reason.code == ContactRequest.reason_code)
        .where(ContactRequest.id == event.request_id)
        .execution_options(populate_existing=True)
    ).one()
    turn = session.scalar(
        select(Event.name)
        .where(Event.request_id == event.request_id, Event.id > event.id, Event.name.in_(REQUEST_TURNS))
        .order_by(Event.id)
        .limit(1)
    )
    if turn is None and request.state == State.WAITING:
        standing = Standing.WAITING
    else:
        standing = Standing.TAKEN if turn in {None, RequestAccepted.name} else Standing.OVER
    return Wait(
        event.id,
        event.unit_id,
        event.at,
        Subject.REQUEST,
        standing,
        _deadlines(reason.ladder_minutes),
        request.discreet,
        request_id=request.id,
    )


def _approval_wait(session: Session, event: Event) -> Wait:
    appointment, reason = session.execute(
        select(Appointment, Reason)
        .join(Reason, Reason.code == Appointment.reason_code)
        .where(Appointment.id == event.appointment_id)
        .execution_options(populate_existing=True)
    ).one()
    if appointment.state == AppointmentState.REQUESTED:
        standing = Standing.WAITING
    else:
        standing = Standing.TAKEN if appointment.decided_at is not None else Standing.OVER
    return Wait(
        event.id,
        event.unit_id,
        event.at,
        Subject.APPROVAL,
        standing,
        _deadlines(reason.approval_minutes),
        reason.discreet,
        appointment_id=appointment.id,
    )


def _deadlines(minutes: list[int]) -> Deadlines:
    on_duty, chief, supervisor = (timedelta(minutes=one) for one in minutes)
    return Deadlines(on_duty, chief, supervisor)


# A job that is put off beyond the clock of today (which was put back) is as good as none. A call whose text message
# waits in its own queue is not neglected, however long that takes. Every table is read through a partial index of what
# is open: this runs every twenty seconds.
_NEGLECTED = """
WITH begun AS (
    SELECT max(event.id) AS event_id FROM events event
    JOIN contact_requests request ON request.id = event.request_id AND request.state = 'waiting'
        AND request.ended_at IS NULL
    WHERE event.name = ANY(:waits) GROUP BY event.request_id
    UNION ALL
    SELECT max(event.id) FROM events event
    JOIN appointments appointment ON appointment.id = event.appointment_id AND appointment.state = 'requested'
    WHERE event.name = ANY(:approvals) GROUP BY event.appointment_id
), candidates AS (
    SELECT begun.event_id FROM begun JOIN events event ON event.id = begun.event_id
    WHERE NOT EXISTS (SELECT FROM ladders WHERE ladders.event_id = begun.event_id)
    AND (event.at <= :late OR event.at > :early)
    UNION
    SELECT ladder.event_id FROM ladders ladder
    WHERE ladder.ended_at IS NULL AND (ladder.next_look_at <= :late OR ladder.looked_at > :early)
    UNION
    SELECT ladder.event_id FROM ladders ladder JOIN ladder_calls call ON call.ladder_id = ladder.id
    WHERE call.state = 'queued' AND (call.changed_at <= :late OR call.changed_at > :early)
    AND (call.retry_at IS NULL OR call.retry_at <= :late OR call.changed_at > :early)
    AND NOT EXISTS (SELECT FROM text_messages message WHERE message.call_id = call.id AND message.state = 'queued')
)
SELECT event_id FROM candidates
WHERE NOT EXISTS (
    SELECT FROM procrastinate_jobs job
    WHERE job.task_name = :task AND job.status = 'todo' AND job.args ->> 'event_id' = candidates.event_id::text
    AND (job.scheduled_at IS NULL OR job.scheduled_at <= :now)
)
ORDER BY event_id LIMIT :limit
"""
