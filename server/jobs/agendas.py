"""Keeps gendarmes' agendas in line with their appointments."""

from __future__ import annotations

from models.tables import Event
from server.jobs import wiring
from server.jobs.app import CALENDARS_QUEUE, queue
from server.jobs.backoff import ExponentialBackoff
from server.services.want_export import WantExport
from server.services.want_export import want_export as want


@queue.task(name="want_export", queue=CALENDARS_QUEUE, retry=ExponentialBackoff(attempts=10))
def want_export(event_id: int) -> None:
    """Let the agendas of a unit be looked at, because something has happened to one of its appointments."""
    context = wiring.current()
    with context.database.transaction() as session:
        want(session, WantExport(session.get_one(Event, event_id).unit_id), context.now())
