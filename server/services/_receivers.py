"""How use cases write down which gendarmes receive, and let the database refuse two appointments at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, false, func, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.appointment_events import AppointmentAgentsChanged
from models.record import record
from models.rules import receivers
from models.rules.appointments import OPEN, State
from models.rules.errors import Conflict
from models.tables import Absence, Agent, Appointment, AppointmentAgent
from models.tables.appointment import AGENT_BUSY
from server.services._appointments import booking_of, facts_of
from server.services._clashes import weigh_clashes


def name_receivers(
    session: Session, appointment: Appointment, agent_ids: Sequence[int], named_by_id: int, now: datetime
) -> None:
    """Add gendarmes to those who receive, all or none; enough of them end the search for somebody.

    Raises:
        Conflict: `agent_absent` or `agent_busy`, with whom (`by`) and from when to when (`starts_at`, `ends_at`).
    """
    for agent_id in agent_ids:
        _require_present(session, appointment, agent_id)
    try:
        with session.begin_nested():
            session.add_all(
                AppointmentAgent(
                    appointment_id=appointment.id,
                    agent_id=agent_id,
                    occupied=appointment.occupied,
                    occupies=True,
                    taken_at=now,
                    named_by_id=named_by_id,
                )
                for agent_id in agent_ids
            )
            session.flush()
    except IntegrityError as error:
        if getattr(getattr(error.orig, "diag", None), "constraint_name", None) != AGENT_BUSY:
            raise
        raise _busy(session, appointment, agent_ids) from error
    count = session.scalar(
        select(func.count()).select_from(AppointmentAgent).where(AppointmentAgent.appointment_id == appointment.id)
    )
    if count is not None and count >= appointment.agents_needed:
        appointment.released_at, appointment.called_away = None, []


def remove_receivers(session: Session, appointment: Appointment, agent_ids: Sequence[int]) -> None:
    """Take gendarmes away from those who receive."""
    session.execute(
        delete(AppointmentAgent)
        .where(AppointmentAgent.appointment_id == appointment.id, AppointmentAgent.agent_id.in_(agent_ids))
        .execution_options(synchronize_session="fetch")
    )


def record_receivers(session: Session, appointment: Appointment, how: str, by_id: int | None, now: datetime) -> None:
    """Record who receives from now on; `how` as `AppointmentAgentsChanged` has it."""
    session.flush()
    facts = facts_of(session, appointment)
    record(
        session,
        AppointmentAgentsChanged(
            at=now,
            unit_id=appointment.unit_id,
            agent_id=by_id,
            booking_id=booking_of(appointment),
            appointment_id=appointment.id,
            how=how,
            agent_ids=tuple(receiver.agent_id for receiver in facts.receivers),
        ),
    )


def release_appointments(
    session: Session, agent_id: int, from_: datetime, until: datetime, by_id: int | None, now: datetime
) -> list[UUID]:
    """Withdraw somebody who is away from `from_` to before `until` from what they would have received.

    Colleagues see each of them at once and may take it.

    Returns:
        The appointments, the earliest first.
    """
    held = session.scalars(
        select(Appointment)
        .join(AppointmentAgent, AppointmentAgent.appointment_id == Appointment.id)
        .where(
            AppointmentAgent.agent_id == agent_id,
            AppointmentAgent.occupies,
            AppointmentAgent.occupied.overlaps(Range(from_, until)),
            Appointment.state.in_(OPEN),
        )
        .order_by(Appointment.starts_at)
        .execution_options(populate_existing=True)
    ).all()
    released = []
    for appointment in held:
        if receivers.is_released(facts_of(session, appointment), from_, until, now):
            remove_receivers(session, appointment, [agent_id])
            appointment.released_at = now
            appointment.called_away = sorted({*appointment.called_away, agent_id})
            _record_if_seen(session, appointment, "withdrawn", by_id, now)
            released.append(appointment.id)
    # Also where nothing was released: whoever is away can be named for nothing else.
    if (unit_id := session.scalar(select(Agent.unit_id).where(Agent.id == agent_id))) is not None:
        weigh_clashes(session, unit_id, now)
    return released


def give_back_appointments(
    session: Session, unit_id: int, agent_id: int, freed: Sequence[Range[datetime]], by_id: int, now: datetime
) -> None:
    """Let somebody who is back before their time receive again what they were called away from, if nobody else does.

    Args:
        freed: when they had said they would be away, and are not. Where they are absent or busy all the same, the
            appointment stays as it is.
    """
    waiting = session.scalars(
        select(Appointment)
        .where(
            Appointment.unit_id == unit_id,
            Appointment.state.in_(OPEN),
            Appointment.ends_at > now,
            Appointment.called_away.contains([agent_id]),
            or_(false(), *(Appointment.occupied.overlaps(during) for during in freed)),
        )
        .order_by(Appointment.starts_at)
        .execution_options(populate_existing=True)
    ).all()
    for appointment in waiting:
        if receivers.is_given_back(facts_of(session, appointment), agent_id, now):
            try:
                name_receivers(session, appointment, [agent_id], by_id, now)
            except Conflict:
                continue
            _record_if_seen(session, appointment, "returned", by_id, now)
    weigh_clashes(session, unit_id, now)


def _record_if_seen(session: Session, appointment: Appointment, how: str, by_id: int | None, now: datetime) -> None:
    # What a citizen holds while typing is nobody's business; once booked, it shows who is lacking.
    if appointment.state != State.HELD or appointment.offer is not None:
        record_receivers(session, appointment, how, by_id, now)


def _require_present(session: Session, appointment: Appointment, agent_id: int) -> None:
    # Whoever declares an absence holds the unit's lock too: none can come between this and the commit.
    absence = session.scalars(
        select(Absence)
        .where(
            Absence.agent_id == agent_id,
            Absence.cancelled_at.is_(None),
            Absence.during.overlaps(Range(appointment.starts_at, appointment.ends_at)),
        )
        .order_by(func.lower(Absence.during))
    ).first()
    if absence is not None:
        raise Conflict("agent_absent", _when(session, agent_id, absence.during))


def _busy(session: Session, appointment: Appointment, agent_ids: Sequence[int]) -> Conflict:
    # READ COMMITTED sees the row that the constraint saw, since that one has committed.
    other = session.scalars(
        select(AppointmentAgent)
        .where(
            AppointmentAgent.agent_id.in_(agent_ids),
            AppointmentAgent.occupies,
            AppointmentAgent.occupied.overlaps(appointment.occupied),
        )
        .order_by(func.lower(AppointmentAgent.occupied))
    ).first()
    return Conflict("agent_busy", {} if other is None else _when(session, other.agent_id, other.occupied))


def _when(session: Session, agent_id: int, during: Range[datetime]) -> dict[str, str]:
    assert during.lower is not None
    assert during.upper is not None
    return {
        "by": session.get_one(Agent, agent_id).name,
        "starts_at": during.lower.astimezone(UTC).isoformat(),
        "ends_at": during.upper.astimezone(UTC).isoformat(),
    }
