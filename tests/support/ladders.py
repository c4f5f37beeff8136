"""A unit with people in every position, and what its ladders have done, for the tests of the ladder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.database import Database
from models.events import EVENTS
from models.rules.actor import CitizenActor, Role
from models.rules.duty import Status
from models.tables import Agent, DutyStatus, Event, Ladder, LadderCall, Unit
from push.calls import Outcome, OutgoingCall
from push.failures import SendingFailed
from tests.support.seed import actor_of, seed_agent, send_request


@dataclass
class Carrier:
    """A channel that keeps what it is given, and fails when it is told to."""

    outcome: Outcome = Outcome.SENT
    calls: list[OutgoingCall] = field(default_factory=list)
    failure: SendingFailed | None = None
    meanwhile: Callable[[], None] = lambda: None

    def send(self, call: OutgoingCall, now: datetime) -> Outcome:
        self.calls.append(call)
        self.meanwhile()
        if self.failure is not None:
            raise self.failure
        return self.outcome

    def agents(self) -> list[int]:
        return sorted(call.agent_id or 0 for call in self.calls)


@dataclass
class People:
    """One agent in each position, a chief, and one who sleeps."""

    available: Agent
    first_to_go: Agent
    chief: Agent
    off_duty: Agent


def seed_people(session: Session, unit: Unit, since: datetime) -> People:
    """Give the unit a mailbox and people whose positions began long before `since`."""
    session.merge(unit).email = "cob.belley@example.org"
    people = {}
    for name, status, role in (
        ("available", Status.AVAILABLE, Role.GENDARME),
        ("first_to_go", Status.FIRST_TO_GO, Role.GENDARME),
        ("chief", Status.REACHABLE, Role.CHIEF),
        ("off_duty", Status.OFF_DUTY, Role.GENDARME),
    ):
        agent = people[name] = seed_agent(session, unit, role)
        session.add(
            DutyStatus(
                agent_id=agent.id,
                status=status,
                since=since - timedelta(days=30),
                until=None,
                source="planning",
                set_by_id=None,
            )
        )
    session.flush()
    return People(**people)


def wait_event(database: Database, request_id: UUID) -> int:
    """The event with which the request's present wait began."""
    with database.transaction() as session:
        begins = [name for name, event in EVENTS.items() if any(one.task == "climb" for one in event.deferrals)]
        return session.scalars(
            select(Event.id).where(Event.request_id == request_id, Event.name.in_(begins)).order_by(Event.id.desc())
        ).first()


def ladder_of(database: Database, request_id: UUID) -> Ladder | None:
    """The ladder of the request's last wait."""
    with database.transaction() as session:
        return session.scalars(
            select(Ladder).where(Ladder.request_id == request_id).order_by(Ladder.event_id.desc())
        ).first()


def calls_of(database: Database) -> list[LadderCall]:
    """Every call of every ladder."""
    with database.transaction() as session:
        return list(session.scalars(select(LadderCall).order_by(LadderCall.step, LadderCall.channel)))


def fates(database: Database) -> set[tuple[int, str, int | None, str, str | None]]:
    """Step, channel, agent, state and cause of every call."""
    return {(one.step, one.channel, one.agent_id, one.state, one.cause) for one in calls_of(database)}


def send(database: Database, clock: Callable[[], datetime], **changes: Any) -> UUID:
    """Send a request as a citizen does, now, and return its id."""
    with database.transaction() as session:
        return send_request(session, now=clock(), **changes).request_id


def do(
    database: Database, service: Callable[..., Any], command: Any, agent: Agent | None, clock: Callable[[], datetime]
) -> Any:
    """Run a use case as the agent, or as the citizen who sent the command's request, and return its verdict."""
    with database.transaction() as session:
        return service(session, command, actor_of(agent) if agent else CitizenActor(command.request_id), clock())


def looks_due(database: Database) -> list[datetime | None]:
    """When the looks are due that are on the queue; None is at once."""
    waiting = "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'climb' AND status = 'todo' ORDER BY id"
    with database.transaction() as session:
        return list(session.scalars(text(waiting)))
