"""An agenda of ours on a real server, and entries to put there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from push.endpoint_guard import parse_allowed_hosts
from server.calendars.caldav.agenda import Agenda, Reconciled
from server.calendars.caldav.errands import Account, Exported, Limits
from server.calendars.entries import CalendarEntry, uid_of
from server.event_loops import run_to_its_end
from tests.support.certificates import Authority
from tests.support.push_service import loopback
from tests.support.radicale import PASSWORD, USER, Calendar, FrontDoor

HOST = "rdv.example.gouv.fr"
EXPORT = UUID(int=0xE)
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
# A machine that is busy makes everybody wait: only tests about waiting wait less.
PATIENT = Limits(connect_s=60, read_s=60, total_s=60)


def appointment(number: int, export_id: UUID = EXPORT, **changes: Any) -> CalendarEntry:
    """The entry of the appointment `number`: half an hour each, one after the other."""
    starts_at = datetime(2026, 11, 30, 8, 0, tzinfo=UTC) + number * timedelta(minutes=30)
    entry = CalendarEntry(
        uid=uid_of(UUID(int=number), HOST, export_id),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        time_zone="Europe/Paris",
        title="Rendez-vous",
        stamp=NOW,
    )
    return dataclasses.replace(entry, **changes)


def name_of(entry: CalendarEntry) -> str:
    """Under which name an entry lies in its calendar."""
    return f"{entry.uid.rpartition('@')[0]}.ics"


class Gendarme:
    """A gendarme's agenda: `calendar` is the gendarme's side of it, everything else is ours."""

    def __init__(self, authority: Authority, door: FrontDoor, calendar: Calendar) -> None:
        self.door, self.calendar = door, calendar
        self._ca_file = str(authority.ca_file)

    def agenda(self, *, limits: Limits = PATIENT, hosts: str | None = None, **account: Any) -> Agenda:
        """Our side of it, to be opened."""
        fields = {
            "url": self.door.origin + self.calendar.path,
            "user": USER,
            "password": PASSWORD,
            "export_id": EXPORT,
            **account,
        }
        allowed = parse_allowed_hosts(hosts or f"{self.door.name}:{self.door.port}", inside=True)
        return Agenda(
            Account(**fields),
            HOST,
            allowed,
            ca_file=self._ca_file,
            limits=limits,
            clock=lambda: NOW,
            lookup=loopback,
        )

    def put(self, entry: CalendarEntry, etag: str | None = None, **options: Any) -> Exported:
        return self._visit(lambda agenda: agenda.put(entry, etag), options)

    def remove(self, uid: str, etag: str | None = None, **options: Any) -> Exported:
        return self._visit(lambda agenda: agenda.remove(uid, etag), options)

    def reconcile(self, entries: Any, known: Any = (), **options: Any) -> Reconciled:
        return self._visit(lambda agenda: agenda.reconcile(entries, known), options)

    def _visit(self, errand: Callable[[Agenda], Any], options: dict[str, Any]) -> Any:
        async def visit() -> Any:
            async with self.agenda(**options) as agenda:
                return await errand(agenda)

        return run_to_its_end(visit())

    @property
    def asked(self) -> list[str]:
        """The methods of the requests that reached the door, in order."""
        return [one.path.partition(" ")[0] for one in self.door.received]
