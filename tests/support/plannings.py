"""A brigade whose plannings are read: sources added through the interface, calendars written line by line."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from models.database import Database
from models.rules.intervals import Interval
from models.rules.planning_entries import Entry, entry_key
from models.tables import Absence, PlanningSource
from server.context import Context
from server.planning.said import CalendarSaid, RefusedEntry
from server.services.apply_reading import ApplyReading, apply_reading
from server.services.begin_reading import BeginReading, begin_reading
from tests.support.seed import NOW, TOKENS

URL = "https://agenda.example/chef.ics?jeton=secret-de-l-adresse"
DAY = timedelta(days=1)


def write(terminal: Any, method: str, path: str, **options: Any) -> Any:
    """Call the interface as this terminal's own page does."""
    headers = {"X-CSRF-Token": TOKENS.csrf(terminal.token), **options.pop("headers", {})}
    return terminal.http.open(path, method=method, headers=headers, **options)


def add_planning(terminal: Any, **changes: Any) -> dict[str, Any]:
    """Name a source, one's own calendar unless it is said otherwise; return it as the interface does."""
    body = {"kind": "ical", "name": "Agenda de service", "url": URL, **changes}
    answer = write(terminal, "POST", "/api/plannings", json=body)
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def planning_of(terminal: Any, source_id: str) -> dict[str, Any]:
    """What the interface tells of a source now."""
    [found] = [one for one in terminal.http.get("/api/plannings").json if one["id"] == source_id]
    return dict(found)


def hour(number: float, length: float = 1) -> Interval:
    """An hour, so many hours from now."""
    start = NOW + timedelta(hours=number)
    return Interval(start, start + timedelta(hours=length))


def entry(name: str, times: Interval) -> Entry:
    """Something with this name takes a time."""
    return Entry(entry_key(name), times)


def said(*taken: Entry, refused: Iterable[str] = (), **more: Any) -> CalendarSaid:
    """What a calendar says; `refused` are names of entries that were not understood."""
    names = tuple(refused)
    entries = tuple(RefusedEntry(10 + number, "bad_time") for number, _ in enumerate(names))
    kept = frozenset(entry_key(name) for name in names)
    return CalendarSaid(taken, read=len(taken) + len(names), refused=entries, kept=kept, **more)


def read(database: Database, source_id: str | UUID, answer: Any, now: datetime, context: Context) -> bool:
    """Have a source say something at an instant."""
    with database.transaction() as session:
        begun = begin_reading(session, BeginReading(UUID(str(source_id))), now, context.sealer)
    assert begun is not None
    with database.transaction() as session:
        command = ApplyReading(UUID(str(source_id)), begun.tried_at, answer, begun.window)
        return apply_reading(session, command, now)


def absences_of(database: Database, source_id: str | UUID) -> set[tuple[datetime, datetime]]:
    """The times that a source takes, in UTC."""
    with database.transaction() as session:
        rows = session.execute(
            select(func.lower(Absence.during), func.upper(Absence.during)).where(
                Absence.planning_source_id == UUID(str(source_id))
            )
        )
        return {(start.astimezone(UTC), end.astimezone(UTC)) for start, end in rows}


def source_of(database: Database, source_id: str | UUID) -> PlanningSource:
    """The row of a source."""
    with database.transaction() as session:
        return session.get_one(PlanningSource, UUID(str(source_id)))


def calendar(*events: tuple[str, datetime, datetime], extra: Iterable[str] = ()) -> bytes:
    """A calendar of these events: name, start and end."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//FR"]
    for uid, start, end in events:
        times = (f"DTSTART:{start.astimezone(UTC):%Y%m%dT%H%M%SZ}", f"DTEND:{end.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        lines += ["BEGIN:VEVENT", f"UID:{uid}", "SUMMARY:Un secret", "LOCATION:Ailleurs", *times, "END:VEVENT"]
    lines += [*extra, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def context_of(app: Any) -> Context:
    """The context of an application."""
    context = app.extensions["brigade"]
    assert isinstance(context, Context)
    return context


def with_keys(context: Context, *keys: bytes) -> Context:
    """The same context with other keys to seal with, the current one first."""
    calendars = dataclasses.replace(context.settings.calendar_settings, secrets=keys)
    return dataclasses.replace(context, settings=dataclasses.replace(context.settings, calendars=calendars))
