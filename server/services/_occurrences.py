"""The occurrences of an approved opening and the windows of their counters: rows that say what was approved.

Approval, the passing of time, a change of one occurrence and a holiday all end here: what the opening should have is
compared with what is stored, and only the difference is written. Whoever calls has locked the unit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.queries.unit_holidays import holidays_of
from models.rules.counters import Counters
from models.rules.occurrences import DROPPED, ClosureCode, HolidayRule, closed_because, occurrences, read_closure
from models.rules.opening_series import HORIZON
from models.rules.openings import FORTNIGHT
from models.tables import Counter, Opening, OpeningOccurrence, OpeningWindow, Unit
from server.services._openings import changes_of, recurrence_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """How one occurrence should be stored."""

    starts_at: datetime
    ends_at: datetime
    closed_because: str | None
    closed_name: str | None


@dataclass(frozen=True)
class Stored:
    """What was written: the occurrences whose windows changed, and those whose documents terminals may hold."""

    changed: Sequence[UUID]
    documents: Sequence[UUID]


def store_occurrences(session: Session, opening: Opening, now: datetime) -> Stored:
    """Make the stored occurrences of an approved opening, from now to 400 days ahead, what they should be.

    Windows of occurrences that have other times now are opened anew, at the same counters where these are free.
    """
    unit = session.get_one(Unit, opening.unit_id)
    zone = ZoneInfo(unit.time_zone)
    until = now.astimezone(zone).date() + HORIZON
    wanted = _wanted(session, opening, unit, zone, now, until)
    rows = {
        row.day: row
        for row in session.scalars(
            select(OpeningOccurrence).where(
                OpeningOccurrence.opening_id == opening.id, OpeningOccurrence.day.in_(wanted)
            )
        )
    }
    horizon = now + FORTNIGHT + DAY
    documents = []
    stale = []
    for day, want in wanted.items():
        row = rows.get(day)
        if row is None:
            row = OpeningOccurrence(id=uuid4(), opening_id=opening.id, unit_id=unit.id, day=day)
            session.add(row)
            rows[day] = row
        elif want == Wanted(row.starts_at, row.ends_at, row.closed_because, row.closed_name):
            continue
        elif row.starts_at < horizon:
            documents.append(row.id)
        row.starts_at, row.ends_at = want.starts_at, want.ends_at
        row.closed_because, row.closed_name = want.closed_because, want.closed_name
        stale.append(row)
        if want.starts_at < horizon and row.id not in documents:
            documents.append(row.id)
    session.flush()
    opening.stored_until = until
    _open_windows(session, opening, stale)
    return Stored([row.id for row in stale], documents)


def close_occurrences(session: Session, opening: Opening, now: datetime) -> Stored:
    """Close all the windows of an opening that are not over; its occurrences stay as what once was approved."""
    rows = session.scalars(
        select(OpeningOccurrence).where(OpeningOccurrence.opening_id == opening.id, OpeningOccurrence.ends_at > now)
    ).all()
    _close_windows(session, [row.id for row in rows])
    return Stored([row.id for row in rows], [row.id for row in rows if row.starts_at < now + FORTNIGHT + DAY])


def _wanted(
    session: Session, opening: Opening, unit: Unit, zone: ZoneInfo, now: datetime, until: date
) -> dict[date, Wanted]:
    changes = changes_of(session, opening)
    # One that lasts over midnight, or that was moved from a day that is past, is still to come.
    first = min((now.astimezone(zone).date() - DAY, *changes))
    dropped = {day for day, change in changes.items() if change == DROPPED}
    found = [
        one
        for one in occurrences(
            opening.starts_at,
            opening.ends_at,
            recurrence_of(opening),
            zone,
            first,
            until,
            {day: change for day, change in changes.items() if day not in dropped},
        )
        if one.ends_at > now
    ]
    if not found:
        return {}
    days = [one.starts_at.astimezone(zone).date() for one in found]
    holidays = holidays_of(session, unit, min(days), max(days))
    wanted = {}
    for one in found:
        because, name = str(ClosureCode.DROPPED) if one.original_day in dropped else None, None
        if because is None and (verdict := closed_because(one, HolidayRule(opening.holiday_rule), holidays, zone)):
            closure = read_closure(verdict)
            because, name = str(closure.code), closure.name or None
        wanted[one.original_day] = Wanted(one.starts_at, one.ends_at, because, name)
    return wanted


def _open_windows(session: Session, opening: Opening, rows: Collection[OpeningOccurrence]) -> None:
    """Give the occurrences the windows they should have, and no others."""
    if not rows:
        return
    kept = _close_windows(session, [row.id for row in rows])
    span = Range(min(row.starts_at for row in rows), max(row.ends_at for row in rows))
    opened = session.execute(
        select(Counter.number, func.lower(OpeningWindow.during), func.upper(OpeningWindow.during))
        .join(Counter, Counter.id == OpeningWindow.counter_id)
        .where(OpeningWindow.unit_id == opening.unit_id, OpeningWindow.during.overlaps(span))
    )
    counters = Counters((number, begin, end) for number, begin, end in opened)
    taken = [
        (row.id, number)
        for row in sorted(rows, key=lambda row: row.starts_at)
        if row.closed_because is None
        for number in counters.take(opening.counters, row.starts_at, row.ends_at, kept.get(row.id, ()))
    ]
    ids = _counter_ids(session, opening.unit_id, {number for _, number in taken})
    # One statement, because the index of free times is kept once for each.
    session.execute(
        text(
            "INSERT INTO opening_windows"
            " (occurrence_id, unit_id, counter_id, agent_id, during, reason_codes, place_kind, place_name)"
            " SELECT o.id, o.unit_id, taken.counter_id, p.agent_id, tstzrange(o.starts_at, o.ends_at),"
            " p.reason_codes, p.place_kind, p.place_name"
            " FROM unnest(CAST(:occurrences AS uuid[]), CAST(:counters AS int[])) AS taken (occurrence_id, counter_id)"
            " JOIN opening_occurrences o ON o.id = taken.occurrence_id JOIN openings p ON p.id = o.opening_id"
        ),
        {"occurrences": [one for one, _ in taken], "counters": [ids[number] for _, number in taken]},
    )


def _close_windows(session: Session, occurrence_ids: Collection[UUID]) -> dict[UUID, set[int]]:
    """Delete the windows of occurrences; return at which counters each was open."""
    open_at: dict[UUID, set[int]] = {}
    for occurrence_id, number in session.execute(
        select(OpeningWindow.occurrence_id, Counter.number)
        .join(Counter, Counter.id == OpeningWindow.counter_id)
        .where(OpeningWindow.occurrence_id.in_(occurrence_ids))
    ):
        open_at.setdefault(occurrence_id, set()).add(number)
    session.execute(delete(OpeningWindow).where(OpeningWindow.occurrence_id.in_(open_at)))
    return open_at


def _counter_ids(session: Session, unit_id: int, numbers: Collection[int]) -> dict[int, int]:
    """The counters of the unit with these numbers, made where there are none yet."""
    rows = session.execute(select(Counter.number, Counter.id).where(Counter.unit_id == unit_id))
    known = {row.number: row.id for row in rows}
    missing = sorted(set(numbers) - known.keys())
    if missing:
        made = session.execute(
            insert(Counter).returning(Counter.number, Counter.id),
            [{"unit_id": unit_id, "number": number} for number in missing],
        )
        known.update({row.number: row.id for row in made})
    return known
