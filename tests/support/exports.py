"""A gendarme's agenda on a real server that a worker keeps in line, and what citizens and colleagues do meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.database import Database
from models.queries.agenda import HeldAppointment, held_by
from models.rules.actor import Role
from models.rules.exports import Kind
from models.tables import AgendaFinding, Agent, Booking, CalendarExport, Event, Unit
from server.config import load_settings
from server.context import Context
from server.jobs.agendas import run_export, want_export
from server.services.add_calendar_export import AddCalendarExport, add_calendar_export
from server.services.assign_appointment import AssignAppointment, assign_appointment
from server.services.book_appointment import Booked
from server.services.cancel_booking import CancelBooking, cancel_booking
from server.services.move_appointment import MoveAppointment, move_appointment
from server.services.take_appointment import TakeAppointment, take_appointment
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, book, citizen, keep
from tests.support.certificates import Authority
from tests.support.radicale import PASSWORD, USER, Calendar, FrontDoor
from tests.support.seed import SECRET_KEY, TOKENS, actor_of, seed_agent, seed_territory

HOST = "rdv.example.gouv.fr"


def environment_of(door: FrontDoor, authority: Authority) -> dict[str, str]:
    """What a deployment is told of the server behind `door`, which is inside."""
    return {
        "PUBLIC_URL": f"https://{HOST}",
        "CALENDAR_HOSTS": f"{door.name}:{door.port}",
        "CALENDAR_HOSTS_INSIDE": "1",
        "CALENDAR_CA_FILE": str(authority.ca_file),
    }


def context_of(database: Database, clock: Any, environment: Mapping[str, str]) -> Context:
    """What the jobs work with."""
    settings = load_settings({"DATABASE_URL": database.url, "SECRET_KEY": SECRET_KEY.decode(), **environment})
    return Context(dataclasses.replace(settings, database_url=database.url), database, TOKENS, clock)


def export_to(context: Context, session: Session, agent: Agent, url: str, now: datetime, **address: str) -> UUID:
    """Let the agent's appointments reach the agenda at `url`."""
    command = AddCalendarExport(
        Kind.CALDAV,
        "Mon agenda",
        host="localhost",
        address={"url": url, "user": USER, "password": PASSWORD, **address},
    )
    return add_calendar_export(session, command, actor_of(agent), now, TOKENS, context.sealer).export.id


class KeptAgenda:
    """One export of `agent` over CalDAV into `calendar`; `work` does what a worker does."""

    def __init__(self, context: Context, agent: Agent, door: FrontDoor, calendar: Calendar, **address: str) -> None:
        self.context, self.agent, self.door, self.calendar = context, agent, door, calendar
        with context.database.transaction() as session:
            self.id = export_to(context, session, agent, door.origin + calendar.path, context.now(), **address)

    @property
    def row(self) -> CalendarExport:
        with self.context.database.transaction() as session:
            return session.get_one(CalendarExport, self.id)

    @property
    def findings(self) -> list[AgendaFinding]:
        with self.context.database.transaction() as session:
            return list(session.scalars(select(AgendaFinding).order_by(AgendaFinding.id)))

    def work(self) -> None:
        """Do the jobs that wait for agendas, in the order in which they came, until none is left."""
        while jobs := self._take_jobs():
            for task, args in jobs:
                {"want_export": want_export, "run_export": run_export}[task](**args)

    def want(self) -> None:
        """Do what asks no agenda: every hand that visits them is busy."""
        for task, args in self._take_jobs("want_export"):
            assert task == "want_export"
            want_export(**args)

    def _take_jobs(self, *tasks: str) -> list[tuple[str, dict[str, Any]]]:
        with self.context.database.transaction() as session:
            rows = session.execute(
                text(
                    "DELETE FROM procrastinate_jobs WHERE task_name = ANY(:tasks)"
                    " AND status = 'todo' RETURNING id, task_name, args"
                ),
                {"tasks": list(tasks or ("want_export", "run_export"))},
            ).all()
        return [(task, args) for _, task, args in sorted(rows)]

    def ought_to_hold(self) -> dict[str, HeldAppointment]:
        """What the agenda ought to hold, by the names of its events."""
        with self.context.database.transaction() as session:
            unit = session.get_one(Unit, self.agent.unit_id)
            held = held_by(session, unit, self.agent.id, self.context.now())
        return {f"{one.booking_id}.{self.id}@{HOST}": one for one in held}

    def assert_in_line(self, besides: Sequence[str] = ()) -> None:
        """The agenda holds exactly what it ought to: these names, at these times, confirmed or not.

        Args:
            besides: the names of what is not ours, which must be there too.
        """
        wanted = {
            uid: (one.starts_at, one.ends_at, "CONFIRMED" if one.confirmed else "TENTATIVE")
            for uid, one in self.ought_to_hold().items()
        }
        there = {str(event["UID"]): (event.start, event.end, str(event["STATUS"])) for event in self._ours(besides)}
        assert there == wanted

    def _ours(self, besides: Sequence[str]) -> list[Any]:
        events = {str(event["UID"]): event for event in self.calendar.events()}
        for name in besides:
            events.pop(name)
        return list(events.values())

    def event_of(self, booking_id: UUID) -> str:
        """Under which name the event of a booking lies in the calendar."""
        return f"{booking_id}.{self.id}.ics"


class ExportingBrigade:
    """The unit, its chief and two gendarmes, open from `first` for so many hours at so many counters."""

    def __init__(self, context: Context, first: datetime = NINE, *, hours: int = 8, counters: int = 2) -> None:
        self.context, self.database, self.first = context, context.database, first
        with self.database.transaction() as session:
            self.unit = seed_territory(session)
            self.chief = seed_agent(session, self.unit, Role.GENDARME, Role.CHIEF, name="Maj. Roux")
            self.martin = seed_agent(session, self.unit, name="Adj. Martin", login="martin")
            self.petit = seed_agent(session, self.unit, name="Gend. Petit")
            seed_windows(session, self.chief, first, self.at(hours), counters=counters)

    @property
    def now(self) -> datetime:
        return self.context.now()

    def at(self, hours: float) -> datetime:
        return self.first + timedelta(hours=hours)

    def book(self, hours: float = 0.0, agent: Agent | None = None, **more: Any) -> Booked:
        """Somebody books so many hours after the first one, and `agent` receives them."""
        with self.database.transaction() as session:
            booked = book(session, self.unit.id, self.at(hours), now=self.now, **more)
            if agent is not None:
                take_appointment(session, TakeAppointment(booked.appointment_id), actor_of(agent), self.now)
            return booked

    def move(self, booked: Booked, hours: float) -> UUID:
        """The citizen takes another time; returns the appointment that they have then."""
        with self.database.transaction() as session:
            reason = session.get_one(Booking, booked.booking_id).reason_code
            held = keep(
                session, self.unit.id, self.at(hours), booking_id=booked.booking_id, reason=reason, now=self.now
            )
            command = MoveAppointment(booked.booking_id, held.hold_token)
            move_appointment(session, command, citizen(booked), self.now, TOKENS)
            return held.appointment_id

    def assign(self, appointment_id: UUID, agent: Agent) -> None:
        with self.database.transaction() as session:
            command = AssignAppointment(appointment_id, (agent.id,))
            assign_appointment(session, command, actor_of(self.chief), self.now)

    def cancel(self, booked: Booked) -> None:
        with self.database.transaction() as session:
            cancel_booking(session, CancelBooking(booked.booking_id), citizen(booked), self.now)

    def events(self, name: str) -> Sequence[Event]:
        with self.database.transaction() as session:
            return session.scalars(select(Event).where(Event.name == name).order_by(Event.id)).all()
