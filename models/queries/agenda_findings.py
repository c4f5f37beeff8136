"""What gendarmes have done to their appointments in their own agendas, and have not been heard about yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.queries.agenda_versions import versions_for
from models.rules.appointments import BOOKED
from models.tables import AgendaFinding, Agent, Appointment, AppointmentAgent, Booking, CalendarExport


@dataclass(frozen=True)
class OpenFinding:
    """A question to `agent_id`: do they mean what they did in their agenda?"""

    id: int
    agent_id: int
    agent_name: str
    deed: str
    at: datetime


def open_findings(session: Session, appointment_ids: Collection[UUID]) -> Mapping[UUID, Sequence[OpenFinding]]:
    """The questions about these appointments, one for each gendarme: the last thing that they did.

    Whoever does not receive any more is not asked, and nothing is asked about a version that is no longer the last for
    them. An agenda that somebody no longer wants is no word of theirs either.
    """
    rows = session.execute(
        select(AgendaFinding, Booking.id, Agent.name)
        .join(Appointment, Appointment.id == AgendaFinding.appointment_id)
        .join(Booking, Booking.id == Appointment.booking_id)
        .join(Agent, Agent.id == AgendaFinding.agent_id)
        .join(CalendarExport, CalendarExport.id == AgendaFinding.export_id)
        .join(
            AppointmentAgent,
            (AppointmentAgent.appointment_id == AgendaFinding.appointment_id)
            & (AppointmentAgent.agent_id == AgendaFinding.agent_id),
        )
        .where(
            AgendaFinding.appointment_id.in_(appointment_ids),
            AgendaFinding.answered_at.is_(None),
            Appointment.state.in_(BOOKED),
            CalendarExport.revoked_at.is_(None),
        )
        .order_by(AgendaFinding.found_at, AgendaFinding.id)
    ).all()
    versions = versions_for(session, {(booking_id, finding.agent_id) for finding, booking_id, _ in rows})
    last: dict[UUID, dict[int, OpenFinding]] = defaultdict(dict)
    for finding, booking_id, name in rows:
        if finding.sequence >= versions[booking_id, finding.agent_id]:
            asked = OpenFinding(finding.id, finding.agent_id, name, finding.deed, finding.found_at)
            last[finding.appointment_id][finding.agent_id] = asked
    return {appointment_id: list(of_agents.values()) for appointment_id, of_agents in last.items()}
