from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models.appointment_events import AgendaTouched
from models.events import unit_scope
from models.queries.agenda_versions import versions_for
from models.record import lock_scopes, record
from models.rules.appointments import BOOKED
from models.tables import AgendaFinding, Appointment, AppointmentAgent, CalendarExport
from server.services._appointments import booking_of


@dataclass(frozen=True)
class Found:
    """What was done in the agenda to an appointment, and to which version of it."""

    appointment_id: UUID
    deed: str
    sequence: int


@dataclass(frozen=True)
class NoteFindings:
    """What was found in an agent's agenda.

    Args:
        sealed: the address at which it was found; None: at the one that the export has.
    """

    export_id: UUID
    unit_id: int
    agent_id: int
    found: Collection[Found]
    sealed: bytes | None = field(default=None, repr=False)


def note_findings(session: Session, command: NoteFindings, now: datetime) -> int:
    """Let an agent be asked about what they have done in their agenda; each deed is asked about once.

    What is over, has changed since or is no longer theirs is nothing to ask about, nor is what was found at an address
    that was entered anew since, or in an agenda that is revoked. Returns how many questions are new.
    """
    lock_scopes(session, {unit_scope(command.unit_id)})
    export = session.get_one(CalendarExport, command.export_id, with_for_update=True, populate_existing=True)
    if export.revoked_at is not None or command.sealed not in (None, export.address_sealed):
        return 0
    asked = 0
    for found in command.found:
        appointment = session.scalar(
            select(Appointment)
            .join(AppointmentAgent, AppointmentAgent.appointment_id == Appointment.id)
            .where(
                Appointment.id == found.appointment_id,
                Appointment.state.in_(BOOKED),
                Appointment.ends_at > now,
                AppointmentAgent.agent_id == command.agent_id,
            )
            .execution_options(populate_existing=True)
        )
        if appointment is None:
            continue
        version = version_for(session, appointment, command.agent_id)
        if found.sequence >= version:
            asked += _ask(session, command, replace(found, sequence=version), appointment, now)
    return asked


def version_for(session: Session, appointment: Appointment, agent_id: int) -> int:
    """The version of an appointment as one of its gendarmes is asked about it (`models.queries.agenda_versions`)."""
    whose = (booking_of(appointment), agent_id)
    return versions_for(session, [whose])[whose]


def _ask(session: Session, command: NoteFindings, found: Found, appointment: Appointment, now: datetime) -> bool:
    new = session.scalar(
        insert(AgendaFinding)
        .values(
            export_id=command.export_id,
            agent_id=command.agent_id,
            appointment_id=found.appointment_id,
            deed=found.deed,
            sequence=found.sequence,
            found_at=now,
        )
        .on_conflict_do_nothing(constraint="uq_agenda_findings_once")
        .returning(AgendaFinding.id)
    )
    if new is None:
        return False
    record(
        session,
        AgendaTouched(
            at=now,
            unit_id=command.unit_id,
            agent_id=command.agent_id,
            booking_id=booking_of(appointment),
            appointment_id=appointment.id,
            deed=found.deed,
        ),
    )
    return True
