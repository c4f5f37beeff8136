"""Why a unit has no slot: what the rules need to say it, read from the tables the index is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.queries.booking_terms import terms_of
from models.queries.slot_search import agents_serving, bookable_reason, days_in_utc, resources_serving, unit_zone
from models.queries.staffing import capacity_of
from models.rules.appointments import OCCUPYING, State
from models.rules.intervals import Interval
from models.rules.occurrences import Closure, ClosureCode, occurrences
from models.rules.openings import PlaceKind
from models.rules.openings import State as OpeningState
from models.rules.recurrence_text import read_recurrence
from models.rules.resources import ResourceKind
from models.rules.slot_explanations import (
    Busy,
    BusyKind,
    ClosedWindow,
    DayExplanation,
    Need,
    UnitCalendar,
    explain,
)
from models.rules.slots import Window
from models.tables import Absence, Agent, Appointment, AppointmentAgent, Opening, OpeningOccurrence, OpeningWindow

# A window that is not open has no row of its own, so that it has no number either; those of counters begin with one.
_NO_WINDOW = 0
_DAY = timedelta(days=1)


def explain_slots(
    session: Session, unit_id: int, reason_code: str, first_day: date, last_day: date, now: datetime
) -> list[DayExplanation]:
    """Explain each local day of a unit, both included: what is offered, and which rule removed each other start.

    What is offered is what `find_slots` gives for the same days.

    Raises:
        NotFound: there is no such unit.
        Invalid: there is no such reason, or appointments are not made for it.
    """
    reason, zone = bookable_reason(session, reason_code), unit_zone(session, unit_id)
    during = days_in_utc(first_day, last_day, zone)
    approved = _approved(session, unit_id, during)
    whole = _spanned(during, approved)
    gaps, terms = resources_serving(session, unit_id, reason, whole), terms_of(reason)
    calendar = UnitCalendar(
        approved=approved,
        proposed=_proposed(session, unit_id, during, zone),
        closed=_closed(session, unit_id, during),
        busy=[*_appointments(session, unit_id, whole), *_of_the_gendarmes(session, approved, whole)],
        needs=[Need(ResourceKind(kind), free) for kind, free in gaps.items()],
        agents=agents_serving(session, unit_id, reason, whole, [whole]),
        capacity=capacity_of(session, unit_id, reason.agents_needed, terms, [whole]),
    )
    places = [PlaceKind(kind) for kind in reason.place_kinds]
    return explain(calendar, reason.code, terms, now, zone, first_day, last_day, places=places)


def _approved(session: Session, unit_id: int, during: Interval) -> list[Window]:
    rows = session.scalars(
        select(OpeningWindow)
        .where(OpeningWindow.unit_id == unit_id, _overlaps(OpeningWindow.during, during))
        .order_by(OpeningWindow.id)
    )
    return [
        Window(one.id, one.counter_id, one.agent_id, *_ends(one.during), one.reason_codes, PlaceKind(one.place_kind))
        for one in rows
    ]


def _proposed(session: Session, unit_id: int, during: Interval, zone: ZoneInfo) -> list[Window]:
    """What waits for the chief; of one that comes back, every time in these days, since nothing is stored of it yet."""
    rows = session.scalars(
        select(Opening).where(
            Opening.unit_id == unit_id,
            Opening.state == OpeningState.PROPOSED,
            Opening.starts_at < during.end,
            Opening.recurrence.is_not(None) | (Opening.ends_at > during.start),
        )
    )
    # One that lasts over midnight began the day before.
    first_day, last_day = (instant.astimezone(zone).date() for instant in (during.start - _DAY, during.end))
    return [
        window
        for opening in rows
        for one in occurrences(
            opening.starts_at,
            opening.ends_at,
            None if opening.recurrence is None else read_recurrence(opening.recurrence),
            zone,
            opening.starts_at.astimezone(zone).date() if opening.recurrence is None else first_day,
            last_day,
            {},
        )
        if one.starts_at < during.end and one.ends_at > during.start
        for window in _windows_of(opening, one.starts_at, one.ends_at)
    ]


def _closed(session: Session, unit_id: int, during: Interval) -> list[ClosedWindow]:
    rows = session.execute(
        select(OpeningOccurrence, Opening)
        .join(Opening, Opening.id == OpeningOccurrence.opening_id)
        .where(
            OpeningOccurrence.unit_id == unit_id,
            OpeningOccurrence.closed_because.is_not(None),
            OpeningOccurrence.starts_at < during.end,
            OpeningOccurrence.ends_at > during.start,
            Opening.state == OpeningState.APPROVED,
        )
        .order_by(OpeningOccurrence.starts_at)
    )
    return [
        ClosedWindow(window, Closure(ClosureCode(str(one.closed_because)), one.closed_name or ""))
        for one, opening in rows
        for window in _windows_of(opening, one.starts_at, one.ends_at)
    ]


def _windows_of(opening: Opening, starts_at: datetime, ends_at: datetime) -> Iterator[Window]:
    for counter in range(1, opening.counters + 1):
        yield Window(
            _NO_WINDOW,
            counter,
            opening.agent_id,
            starts_at,
            ends_at,
            opening.reason_codes,
            PlaceKind(opening.place_kind),
        )


def _appointments(session: Session, unit_id: int, during: Interval) -> Iterator[Busy]:
    rows = session.execute(
        select(Appointment.occupied, Appointment.state, Appointment.counter_id).where(
            Appointment.unit_id == unit_id, Appointment.state.in_(OCCUPYING), _overlaps(Appointment.occupied, during)
        )
    )
    for occupied, state, counter_id in rows:
        yield Busy(*_ends(occupied), _kind(state), counter_id=counter_id)


def _of_the_gendarmes(session: Session, windows: Iterable[Window], during: Interval) -> Iterator[Busy]:
    agents = {window.agent_id for window in windows if window.agent_id is not None}
    if not agents:
        return
    # Appointments on other counters, at another unit too: a gendarme is in one place at a time.
    taken = session.execute(
        select(AppointmentAgent.occupied, Appointment.state, AppointmentAgent.agent_id)
        .join(Appointment, Appointment.id == AppointmentAgent.appointment_id)
        .where(
            AppointmentAgent.agent_id.in_(agents),
            AppointmentAgent.occupies,
            _overlaps(AppointmentAgent.occupied, during),
        )
    )
    for occupied, state, agent_id in taken:
        yield Busy(*_ends(occupied), _kind(state), agent_id=agent_id)
    for agent_id in session.scalars(select(Agent.id).where(Agent.id.in_(agents), Agent.active.is_(False))):
        # Nobody signs in by this account any more.
        yield Busy(during.start, during.end, BusyKind.ABSENCE, agent_id=agent_id)
    absences = session.execute(
        select(Absence.during, Absence.source, Absence.agent_id).where(
            Absence.agent_id.in_(agents), Absence.cancelled_at.is_(None), _overlaps(Absence.during, during)
        )
    )
    for absent, source, agent_id in absences:
        yield Busy(*_ends(absent), BusyKind.ABSENCE if source == "own" else BusyKind.IMPORTED, agent_id=agent_id)


def _kind(state: str) -> BusyKind:
    return BusyKind.HELD if state == State.HELD else BusyKind.APPOINTMENT


def _overlaps(column: InstrumentedAttribute[Range[datetime]], during: Interval) -> ColumnElement[bool]:
    return column.op("&&")(bindparam(None, Range(during.start, during.end), TSTZRANGE))


def _spanned(during: Interval, windows: Iterable[Window]) -> Interval:
    """Return the days and whatever window reaches beyond them, so that what is busy there counts as well."""
    return Interval(
        min((window.start for window in windows), default=during.start),
        max((window.end for window in windows), default=during.end),
    )


def _ends(during: Range[datetime]) -> tuple[datetime, datetime]:
    assert during.lower is not None
    assert during.upper is not None
    return during.lower.astimezone(UTC), during.upper.astimezone(UTC)
