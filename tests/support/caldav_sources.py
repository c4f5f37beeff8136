"""A calendar on a real CalDAV server that is read as a planning: its owner's side, and ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.rules.intervals import Interval
from push.endpoint_guard import AllowedHost
from server.planning.caldav import Agenda, Known, read_caldav
from server.planning.caldav_objects import key_of
from server.planning.caldav_visit import VisitLimits
from server.planning.fetch import Source, Unchanged
from tests.support.certificates import Authority
from tests.support.push_service import loopback
from tests.support.radicale import PASSWORD, USER, Calendar, FrontDoor, Radicale

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
WINDOW = Interval(NOW, NOW + timedelta(days=400))
# A machine that is busy makes everybody wait: only tests about waiting wait less.
PATIENT = VisitLimits(connect_s=60, read_s=60, total_s=60)


def event(number: int, *lines: str, hour: int | None = None, start: str = "DTSTART:20261130T{hour:02}0000Z") -> str:
    """The calendar object of an event of one hour; `number` names it, and says at which hour it begins by itself."""
    begins = start.format(hour=number if hour is None else hour)
    body = [f"UID:{number}@example.fr", "DTSTAMP:20261101T000000Z", begins, "DURATION:PT1H", *lines]
    text = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//FR", "BEGIN:VEVENT", *body, "END:VEVENT"]
    return "\r\n".join([*text, "END:VCALENDAR", ""])


def hours(agenda: Agenda | Unchanged) -> list[int]:
    """When the times begin that were read, by the hour in UTC."""
    assert isinstance(agenda, Agenda)
    return sorted(busy.starts_at.hour for one in agenda.objects for busy in one.busy)


class Owner:
    """Somebody's calendar: `calendar` is their side of it, `read` is ours; it remembers what was read as we do."""

    def __init__(self, authority: Authority, door: FrontDoor, calendar: Calendar) -> None:
        self.door, self.calendar = door, calendar
        self.known: Known | None = None
        self._ca_file = str(authority.ca_file)

    def read(self, url: str | None = None, *, whole: bool = False, **options: Any) -> Agenda | Unchanged:
        """Read it, whole or what has changed, and remember what was read if it was."""
        user, password = options.pop("user", USER), options.pop("password", PASSWORD)
        named = [AllowedHost(self.door.name, self.door.port, own=True, inside=options.pop("inside", True))]
        arguments = {"limits": PATIENT, "lookup": loopback, "allowed_hosts": named, "ca_file": self._ca_file, **options}
        source = Source(url or f"{self.door.origin}{self.calendar.path}", user, password)
        self.door.received.clear()
        read = read_caldav(source, WINDOW, PARIS, known=None if whole else self.known, **arguments)
        if isinstance(read, Agenda):
            before = self.known.etags if self.known is not None and not read.is_whole else {}
            kept = {key: etag for key, etag in before.items() if key not in read.gone}
            self.known = Known(read.sync_token, {**kept, **{one.key: one.etag for one in read.objects}})
        return read

    def key(self, name: str) -> bytes:
        """What the object `name` is known by."""
        return key_of(f"{self.calendar.path}{name}")

    @property
    def asked(self) -> list[str]:
        """The methods of the last reading's requests, in order."""
        return [one.path.partition(" ")[0] for one in self.door.received]


@pytest.fixture
def owner(authority: Authority, open_door: Callable[[Radicale], FrontDoor], radicale: Radicale) -> Owner:
    """Somebody with an empty calendar on a server that is well."""
    return Owner(authority, open_door(radicale), radicale.new_calendar())
