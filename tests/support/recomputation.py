"""What `free_times` and the slots must be, computed from windows, appointments, gendarmes and absences by the rules."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.rules.appointments import OCCUPYING
from models.rules.intervals import Interval
from models.rules.openings import PlaceKind
from models.rules.slots import BookingTerms, Gap, Slot, Window, gaps_of, slots
from models.tables import Absence, Agent, Appointment, AppointmentAgent, FreeTime, OpeningWindow, Reason


def stored_gaps(session: Session) -> list[Gap]:
    """What the index says, in order."""
    rows = session.execute(
        select(
            FreeTime.window_id, FreeTime.counter_id, FreeTime.agent_id, FreeTime.starts_at, FreeTime.ends_at
        ).order_by(FreeTime.window_id, FreeTime.starts_at)
    )
    return [Gap(*row) for row in rows]


def recomputed_gaps(session: Session) -> list[Gap]:
    """What the index must say, from scratch."""
    return sorted(gaps_of(_windows(session), _busy_counters(session), _busy_agents(session)))


def recomputed_slots(session: Session, unit_id: int, reason: Reason, now: datetime) -> list[Slot]:
    """All slots of a unit for a reason that needs no room, from scratch."""
    terms = BookingTerms(
        timedelta(minutes=reason.duration_minutes),
        timedelta(minutes=reason.buffer_minutes),
        timedelta(minutes=reason.notice_minutes),
        timedelta(days=reason.horizon_days),
    )
    places = [PlaceKind(kind) for kind in reason.place_kinds]
    return slots(
        _windows(session, unit_id),
        _busy_counters(session),
        _busy_agents(session),
        reason.code,
        terms,
        now,
        places=places,
    )


OVERLAPS = {
    "counters": """
        SELECT one.id, other.id FROM appointments one JOIN appointments other
        ON one.counter_id = other.counter_id AND one.id < other.id AND one.occupied && other.occupied
        WHERE one.occupies AND other.occupies
    """,
    "gendarmes": """
        SELECT one.appointment_id, other.appointment_id FROM appointment_agents one JOIN appointment_agents other
        ON one.agent_id = other.agent_id AND one.appointment_id < other.appointment_id
        AND one.occupied && other.occupied WHERE one.occupies AND other.occupies
    """,
    "rooms": """
        SELECT one.appointment_id, other.appointment_id FROM appointment_resources one
        JOIN appointment_resources other ON one.resource_id = other.resource_id
        AND one.appointment_id < other.appointment_id AND one.occupied && other.occupied
        WHERE one.occupies AND other.occupies
    """,
    "followers": """
        SELECT a.id, named.agent_id FROM appointments a JOIN appointment_agents named ON named.appointment_id = a.id
        WHERE named.occupied <> a.occupied OR named.occupies <> a.occupies
    """,
    "bookings": """
        SELECT booking_id, count(*) FROM appointments WHERE state IN ('requested', 'confirmed')
        GROUP BY booking_id HAVING count(*) > 1
    """,
}


def overlaps(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every double booking in the tables, by kind; asked without the help of the constraints that forbid it."""
    found = {name: [tuple(row) for row in session.execute(text(query))] for name, query in OVERLAPS.items()}
    return {name: rows for name, rows in found.items() if rows}


def _windows(session: Session, unit_id: int | None = None) -> list[Window]:
    query = select(OpeningWindow)
    if unit_id is not None:
        query = query.where(OpeningWindow.unit_id == unit_id)
    return [
        Window(one.id, one.counter_id, one.agent_id, *_ends(one.during), one.reason_codes, PlaceKind(one.place_kind))
        for one in session.scalars(query.execution_options(populate_existing=True))
    ]


def _busy_counters(session: Session) -> dict[int, list[Interval]]:
    rows = session.execute(select(Appointment.counter_id, Appointment.occupied).where(Appointment.state.in_(OCCUPYING)))
    return _by_owner(rows)


def _busy_agents(session: Session) -> dict[int, list[Interval]]:
    appointments = session.execute(
        select(AppointmentAgent.agent_id, Appointment.occupied)
        .join(Appointment, Appointment.id == AppointmentAgent.appointment_id)
        .where(Appointment.state.in_(OCCUPYING))
    )
    absences = session.execute(select(Absence.agent_id, Absence.during).where(Absence.cancelled_at.is_(None)))
    ages = Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    closed = [(agent_id, ages) for agent_id in session.scalars(select(Agent.id).where(Agent.active.is_(False)))]
    return _by_owner([*appointments, *absences, *closed])


def _by_owner(rows) -> dict[int, list[Interval]]:
    busy = defaultdict(list)
    for owner, during in rows:
        busy[owner].append(Interval(*_ends(during)))
    return busy


def _ends(during) -> tuple[datetime, datetime]:
    return during.lower.astimezone(UTC), during.upper.astimezone(UTC)
