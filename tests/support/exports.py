"""A gendarme's agenda on a real server that a worker keeps in line, and what citizens and colleagues do meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.database import Database
from models.queries.agenda import HeldAppointment, held_by
from models.rules.exports import Kind
from models.tables import AgendaFinding, Agent, CalendarExport, Unit
from server.config import load_settings
from server.context import Context
from server.jobs.agendas import run_export, want_export
from server.services.add_calendar_export import AddCalendarExport, add_calendar_export
from tests.support.certificates import Authority
from tests.support.radicale import PASSWORD, USER, Calendar, FrontDoor
from tests.support.seed import SECRET_KEY, TOKENS, actor_of

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

    def __init__(self, context: Context, agent: Agent, door: FrontDoor, calendar: Calendar) -> None:
        self.context, self.agent, self.door, self.calendar = context, agent, door, calendar
        with context.database.transaction() as session:
            self.id = export_to(context, session, agent, door.origin + calendar.path, context.now())

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

    def _take_jobs(self) -> list[tuple[str, dict[str, Any]]]:
        with self.context.database.transaction() as session:
            rows = session.execute(
                text(
                    "DELETE FROM procrastinate_jobs WHERE queue_name = 'calendars' AND status = 'todo'"
                    " RETURNING id, task_name, args"
                )
            ).all()
        return [(task, args) for _, task, args in sorted(rows)]

    def ought_to_hold(self) -> dict[str, HeldAppointment]:
        """What the agenda ought to hold, by the names of its events."""
        with self.context.database.transaction() as session:
            unit = session.get_one(Unit, self.agent.unit_id)
            held = held_by(session, unit, self.agent.id, self.context.now())
        return {f"{one.booking_id}.{self.id}@{HOST}": one for one in held}

    def assert_in_line(self) -> None:
        """The agenda holds exactly what it ought to: these names, at these times, confirmed or not."""
        wanted = {
            uid: (one.starts_at, one.ends_at, "CONFIRMED" if one.confirmed else "TENTATIVE")
            for uid, one in self.ought_to_hold().items()
        }
        there = {str(event["UID"]): (event.start, event.end, str(event["STATUS"])) for event in self.calendar.events()}
        assert there == wanted

    def event_of(self, booking_id: UUID) -> str:
        """Under which name the event of a booking lies in the calendar."""
        return f"{booking_id}.{self.id}.ics"
