"""The demonstration's plannings and agendas, told through the services: what was read, what it contradicts, who is
asked.

No address leads anywhere: `.example` is reserved for that (RFC 2606). What was read a moment ago stands until the
worker finds nobody there.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.rules.actor import AgentActor
from models.rules.appointments import State
from models.rules.exports import Kind as ExportKind
from models.rules.intervals import Interval
from models.rules.planning_entries import Entry, entry_key
from models.rules.plannings import Kind
from models.tables import Appointment, AppointmentAgent
from server.demo.agenda import Visit, book_visit
from server.demo.people import AMBERIEU, BELLEY
from server.planning.said import CalendarSaid
from server.sealing import Sealer
from server.services.add_calendar_export import AddCalendarExport, add_calendar_export
from server.services.add_planning_source import AddPlanningSource, add_planning_source
from server.services.apply_reading import ApplyReading, apply_reading
from server.services.begin_reading import BeginReading, begin_reading
from server.services.change_calendar_export import ChangeCalendarExport, change_calendar_export
from server.services.note_findings import Found, NoteFindings, note_findings, version_for
from server.services.receive_table import ReceiveTable, receive_table
from server.services.watch_silence import WatchSilence, watch_silence
from server.tokens import Tokens

ZONE = ZoneInfo("Europe/Paris")
HOST = "agenda.example"
# The least often there is, so that what was read stays fresh while somebody looks around.
DAILY = 24 * 60
LATE = timedelta(days=4)
UNHEARD = Visit(
    3, "complaint", "Mon scooter a été volé devant le lycée.", "Sami Roche", "+33639980042", unit_id=AMBERIEU, ahead=0
)


def tell_calendars(
    session: Session, agents: Mapping[str, AgentActor], now: datetime, tokens: Tokens, sealer: Sealer
) -> None:
    """Let plannings be read and agendas be written, as of `now`, after everything else has been told.

    Belley's are heard: a table of positions, and a calendar that contradicts an appointment; somebody has deleted
    another one in their agenda. Ambérieu's has been silent for days, so that whoever books there waits for the chief.
    """
    chief = agents["sophie.girard"]
    by_id = {agent.agent_id: agent for agent in agents.values()}
    _table(session, chief, now, sealer)
    booked = _coming(session, BELLEY, now)
    if booked:
        (contradicted, away), (touched, asked) = booked[0], booked[-1]
        during = Interval(contradicted.starts_at.astimezone(UTC), contradicted.ends_at.astimezone(UTC))
        _calendar(session, by_id[away], "Agenda de service", [during, *_mornings(now)], now, sealer)
        _ask(session, by_id[asked], touched, now, tokens, sealer)
    _calendar(session, agents["karim.benali"], "Agenda de Karim", _mornings(now), now - LATE, sealer)
    watch_silence(session, WatchSilence(), now)
    book_visit(session, UNHEARD, agents, now, tokens)


def _table(session: Session, chief: AgentActor, now: datetime, sealer: Sealer) -> None:
    """The daily sheet of the coming days, as the chief hands it in."""
    command = AddPlanningSource(Kind.POSITIONS_DAILY, "Feuille de service", silent_after_minutes=7 * DAILY)
    source_id = add_planning_source(session, command, chief, now, sealer)
    days = [_day(now, after) for after in range(5)]
    rows = [
        "NIGEND;Date;Position;Début;Fin",
        *(f"sophie.girard;{day:%d/%m/%Y};Employée;8h;18h" for day in days),
        *(f"lea.marchand;{day:%d/%m/%Y};Premier à marcher;7h;19h" for day in days[:2]),
        # After the last of the bookings: one contradiction is enough to be shown.
        f"hugo.perrin;{_day(now, 17):%d/%m/%Y};Non employable;0h;24h",
    ]
    receive_table(session, ReceiveTable(source_id, "\r\n".join(rows).encode()), chief, now)


def _calendar(
    session: Session, actor: AgentActor, name: str, taken: list[Interval], read_at: datetime, sealer: Sealer
) -> None:
    """Somebody's own calendar, as it was last read."""
    url = f"https://{HOST}/{entry_key(actor.name).hex()[:12]}.ics"
    command = AddPlanningSource(Kind.ICAL, name, url=url, poll_minutes=DAILY, silent_after_minutes=2 * DAILY)
    source_id = add_planning_source(session, command, actor, read_at, sealer)
    begun = begin_reading(session, BeginReading(source_id), read_at, sealer)
    assert begun is not None, "nobody else reads it meanwhile"
    said = CalendarSaid(tuple(Entry(entry_key(str(times)), times) for times in taken), read=len(taken))
    apply_reading(session, ApplyReading(source_id, begun.tried_at, said, begun.window), read_at)


def _ask(
    session: Session, actor: AgentActor, appointment: Appointment, now: datetime, tokens: Tokens, sealer: Sealer
) -> None:
    """They have deleted it in their agenda; nothing more is written there, since it is nowhere."""
    address = {"url": f"https://{HOST}/{actor.agent_id}/", "user": "demo", "password": secrets.token_urlsafe(12)}
    command = AddCalendarExport(ExportKind.CALDAV, "Agenda personnel", host=HOST, address=address)
    export = add_calendar_export(session, command, actor, now, tokens, sealer).export
    found = Found(appointment.id, "deleted", version_for(session, appointment, actor.agent_id))
    note_findings(session, NoteFindings(export.id, appointment.unit_id, actor.agent_id, [found]), now)
    change_calendar_export(session, ChangeCalendarExport(export.id, paused=True), actor, now)


def _coming(session: Session, unit_id: int, now: datetime) -> list[tuple[Appointment, int]]:
    """Who receives whom from now on, the earliest first."""
    rows = session.execute(
        select(Appointment, AppointmentAgent.agent_id)
        .join(AppointmentAgent, AppointmentAgent.appointment_id == Appointment.id)
        .where(Appointment.unit_id == unit_id, Appointment.state == State.CONFIRMED, Appointment.starts_at > now)
        .order_by(Appointment.starts_at, AppointmentAgent.agent_id)
    )
    return [(appointment, agent_id) for appointment, agent_id in rows]


def _mornings(now: datetime) -> list[Interval]:
    """A training course, two mornings after the last of the bookings."""
    days = [_day(now, after) for after in (16, 17)]
    return [Interval(_at(day, 8), _at(day, 12)) for day in days]


def _day(now: datetime, after: int) -> date:
    return now.astimezone(ZONE).date() + timedelta(days=after)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)
