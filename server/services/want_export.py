from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, select, text, update
from sqlalchemy.orm import Session

from models.queries.agenda import CHANGES_FOR_GENDARMES, changes_of
from models.record import defer
from models.rules.exports import WANTED_PRIORITY, look_priority
from models.tables import AgendaFinding, Appointment, CalendarExport

RUN, QUEUE = "run_export", "exports"


@dataclass(frozen=True)
class WantExport:
    """Everything that leaves the unit for an agenda is to be looked at again, because a booking has changed."""

    unit_id: int
    booking_id: UUID


def want_export(session: Session, command: WantExport, now: datetime) -> int:
    """Raise what is wanted of the unit's agendas, and let a worker begin with those that nobody has in hand.

    One that is in hand, or that waits because its agenda is away, is looked at when that ends. Returns how many begin.
    """
    rows = session.scalars(
        select(CalendarExport.id)
        .where(
            CalendarExport.unit_id == command.unit_id,
            CalendarExport.kind != "feed",
            CalendarExport.revoked_at.is_(None),
        )
        # Everybody locks them in one order.
        .order_by(CalendarExport.id)
        .with_for_update()
    ).all()
    # Their questions after them, as whoever revokes one does.
    _overtake(session, command.booking_id, now)
    return len(begin(session, list(rows), now))


def begin(session: Session, export_ids: list[UUID], now: datetime) -> list[UUID]:
    """Raise what is wanted of these exports, which are locked; returns those of which a worker is told to begin."""
    idle = and_(
        # Whoever takes one in hand wants it, and so does one that has failed: both have more wanted than done.
        CalendarExport.wanted == CalendarExport.done,
        CalendarExport.paused_at.is_(None),
    )
    begun = session.execute(
        update(CalendarExport)
        .where(CalendarExport.id.in_(export_ids))
        .values(
            wanted=CalendarExport.wanted + 1,
            run_at=case((idle, now), else_=CalendarExport.run_at),
        )
        # As it was before: of one that waits already a worker was told, or is at the next `look_at_agendas`.
        .returning(
            CalendarExport.id,
            and_(CalendarExport.wanted == CalendarExport.done + 1, CalendarExport.paused_at.is_(None)),
        )
        .execution_options(synchronize_session=False)
    ).all()
    due = sorted(export_id for export_id, was_idle in begun if was_idle)
    for export_id in due:
        defer(session, RUN, queue=QUEUE, priority=WANTED_PRIORITY, export_id=str(export_id))
    return due


def _overtake(session: Session, booking_id: UUID, now: datetime) -> None:
    """What was asked about an older version of the booking's appointments is no question any more."""
    sequence = changes_of(session, [booking_id], CHANGES_FOR_GENDARMES)[booking_id].sequence
    of_booking = select(Appointment.id).where(Appointment.booking_id == booking_id)
    session.execute(
        update(AgendaFinding)
        .where(
            AgendaFinding.appointment_id.in_(of_booking),
            AgendaFinding.answered_at.is_(None),
            AgendaFinding.sequence < sequence,
        )
        .values(answered_at=now, answer="overtaken")
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class BeginDue:
    """At most `limit` in one transaction."""

    limit: int = 200


# One of which a worker was told already is not told again each minute for as long as all of them are busy.
_DUE = text(
    "SELECT id, failures_in_a_row FROM calendar_exports WHERE run_at <= :now AND address_sealed IS NOT NULL"
    " AND (paused_at IS NULL OR revoked_at IS NOT NULL)"
    " AND id::text NOT IN (SELECT args->>'export_id' FROM procrastinate_jobs"
    " WHERE queue_name = :queue AND task_name = :task AND status = 'todo' AND args ? 'export_id')"
    " ORDER BY run_at, id LIMIT :limit"
)


def begin_due(session: Session, command: BeginDue, now: datetime) -> int:
    """Tell workers to begin with what is due: what nobody has looked at for a while, and what the dead have left.

    Returns:
        How many; fewer than the limit: no other is due.
    """
    arguments = {"now": now, "queue": QUEUE, "task": RUN, "limit": command.limit}
    due = session.execute(_DUE, arguments).all()
    for export_id, failures in due:
        defer(session, RUN, queue=QUEUE, priority=look_priority(failures), export_id=str(export_id))
    return len(due)
