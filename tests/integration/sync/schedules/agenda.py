"""What a unit's agenda holds when a schedule begins: enough for two gendarmes to want the same, and to meet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentBooked
from models.record import record
from models.rules.actor import AgentActor
from models.rules.appointments import State
from models.rules.openings import PlaceKind, Proposal
from models.rules.recurrence import Frequency, Recurrence
from models.tables import (
    AgendaFinding,
    Agent,
    Appointment,
    CalendarExport,
    OpeningOccurrence,
    OpeningWindow,
    PlanningClash,
)
from server.services._clashes import weigh_clashes
from server.services.approve_opening import ApproveOpening, approve_opening
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.note_findings import Found, NoteFindings, note_findings, version_for
from server.services.propose_opening import ProposeOpening, propose_opening
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.planned import import_absence, seed_source
from tests.support.seed import NOW, actor_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Agenda:
    """What is there to be tapped on, by id; each opening with the day of its first occurrence."""

    appointments: list[str]
    absences: list[str]
    openings: dict[str, date]
    # What the planning contradicts, and what somebody did in their own agenda: each with its appointment.
    clashes: list[tuple[str, str]]
    findings: list[tuple[str, int]]


def seed_agenda(session: Session, chief: Agent, gendarme: Agent, deputy: Agent) -> Agenda:
    """The chief's unit: appointments of today and of two openings that come back, a proposal, an absence, a planning.

    Everything was said by `deputy`, who has no terminal.
    """
    actor = actor_of(deputy)
    approved = [_propose(session, actor, DAY, counters=2), _propose(session, actor, 2 * DAY, counters=1)]
    for opening_id in approved:
        approve_opening(session, ApproveOpening(opening_id), actor, NOW)
    proposed = [_propose(session, actor, 3 * DAY, counters=1)]
    # In the evening, when nobody receives.
    absence_id = uuid4()
    evening = DeclareAbsence(absence_id, NOW + 10 * HOUR, NOW + 11 * HOUR, agent_id=gendarme.id)
    declare_absence(session, evening, actor, NOW)
    appointments = [*_today(session, chief, gendarme), *_in_openings(session, approved)]
    for one in appointments:
        assert one.booking_id is not None
        event = AppointmentBooked(
            at=NOW, unit_id=one.unit_id, booking_id=one.booking_id, appointment_id=one.id, state=one.state
        )
        record(session, event)
    openings = {str(one): (NOW + days * DAY).date() for days, one in enumerate((*approved, *proposed), start=1)}
    return Agenda(
        [str(one.id) for one in appointments],
        [str(absence_id)],
        openings,
        _contradict(session, gendarme, deputy, appointments[4]),
        [_touch(session, agent, one) for agent, one in zip((chief, gendarme), appointments, strict=False)],
    )


def _contradict(session: Session, gendarme: Agent, deputy: Agent, appointment: Appointment) -> list[tuple[str, str]]:
    """The gendarme's planning says that they are away when they have an appointment."""
    source = seed_source(session, deputy, kind="positions_daily")
    import_absence(session, source, gendarme, appointment.starts_at, appointment.ends_at)
    weigh_clashes(session, appointment.unit_id, NOW)
    rows = session.execute(
        select(PlanningClash.appointment_id, PlanningClash.id).where(PlanningClash.unit_id == appointment.unit_id)
    ).all()
    assert [one.appointment_id for one in rows] == [appointment.id]
    return [(str(one), str(clash)) for one, clash in rows]


def _touch(session: Session, agent: Agent, appointment: Appointment) -> tuple[str, int]:
    """The agent has deleted an appointment of theirs from their agenda."""
    export = CalendarExport(
        id=uuid4(),
        unit_id=appointment.unit_id,
        agent_id=agent.id,
        kind="caldav",
        name="Agenda",
        host="agenda.example",
        address_sealed=b"sealed",
        created_at=NOW,
        created_by_id=agent.id,
    )
    session.add(export)
    session.flush()
    found = Found(appointment.id, "deleted", version_for(session, appointment, agent.id))
    assert note_findings(session, NoteFindings(export.id, appointment.unit_id, agent.id, [found]), NOW) == 1
    number = session.scalars(select(AgendaFinding.id).where(AgendaFinding.export_id == export.id)).one()
    return str(appointment.id), number


def _propose(session: Session, actor: AgentActor, later: timedelta, *, counters: int) -> UUID:
    weekly = Recurrence(Frequency.WEEKLY, until=(NOW + 15 * DAY).date())
    starts_at = NOW + later
    proposal = Proposal(starts_at, starts_at + 3 * HOUR, counters, (), PlaceKind.UNIT, "", None, recurrence=weekly)
    command = ProposeOpening(uuid4(), proposal)
    propose_opening(session, command, actor, NOW)
    return command.opening_id


def _today(session: Session, chief: Agent, gendarme: Agent) -> list[Appointment]:
    """Two at the same hour, each somebody's; one to be approved; one nobody's; the gendarme's second; one for two."""
    first, second = seed_windows(session, chief, NOW, NOW + 9 * HOUR, counters=2)
    found = [
        seed_appointment(session, window, NOW + hours * HOUR, state=state, agents=agents)
        for window, hours, state, agents in (
            (first, 0, State.CONFIRMED, [chief]),
            (second, 0, State.CONFIRMED, [gendarme]),
            (first, 2, State.REQUESTED, []),
            (second, 3, State.CONFIRMED, []),
            (second, 7, State.CONFIRMED, [gendarme]),
            (first, 5, State.CONFIRMED, [chief]),
        )
    ]
    found[-1].agents_needed = 2
    session.flush()
    return found


def _in_openings(session: Session, openings: list[UUID]) -> list[Appointment]:
    """One in the first occurrence of each: whoever closes it has to say what becomes of them."""
    windows = session.scalars(
        select(OpeningWindow)
        .join(OpeningOccurrence, OpeningOccurrence.id == OpeningWindow.occurrence_id)
        .where(OpeningOccurrence.opening_id.in_(openings), OpeningOccurrence.starts_at < NOW + 3 * DAY)
        .order_by(OpeningOccurrence.starts_at, OpeningWindow.counter_id)
    )
    firsts = {window.occurrence_id: window for window in windows}
    return [seed_appointment(session, window, window.during.lower + HOUR) for window in firsts.values()]
