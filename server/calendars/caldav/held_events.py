"""One event of ours as a server gives it back, and whether anybody has changed it there.

Each event that we put carries a mark: digests of its times, of its words, and of whose agenda it was written for. An
event that no longer says what its mark is of was changed by somebody else, whatever we remember of it; an older version
of ours still fits its own mark.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
from icalendar.error import BrokenCalendarProperty

from server.calendars.content_lines import plain
from server.calendars.entries import CalendarEntry, Status
from server.calendars.writing import write_calendar
from server.own_events import MARK

_REPEATS = ("RRULE", "RDATE", "RECURRENCE-ID")
_TEXTS = ("SUMMARY", "LOCATION", "DESCRIPTION")


@dataclass(frozen=True)
class Content:
    """What an event says, as far as it matters whether it is right."""

    starts_at: datetime
    ends_at: datetime
    title: str = field(repr=False)
    location: str = field(repr=False)
    description: str = field(repr=False)
    status: str

    @property
    def mark(self) -> str:
        """The same for the same content, and for no other: a digest of its times, a dot, and one of its words."""
        times = [self.starts_at.isoformat(), self.ends_at.isoformat()]
        words = [self.title, self.location, self.description, self.status]
        return f"{_digest(times)}.{_digest(words)}"


@dataclass(frozen=True)
class HeldEvent:
    """An event of ours on the server.

    Args:
        path: where it lies on its host; `etag` names the version that stands there.
        content: None when it says something that no event of ours could, such as a day without an hour.
        mark: the mark that it carries, "" without one.
        declined: the gendarme has declined it (RFC 5546, section 3.2.3).
    """

    path: str
    etag: str
    uid: str
    sequence: int
    content: Content | None
    mark: str
    declined: bool

    @property
    def untouched(self) -> bool:
        """It says what we once put there, whenever that was."""
        return self.content is not None and self.content.mark.split(".") == self.mark.split(".")[:2]

    @property
    def times_untouched(self) -> bool:
        """Whatever else has become of it, it is when we once put it there."""
        return self.content is not None and self.content.mark.partition(".")[0] == self.mark.partition(".")[0]

    def says(self, entry: CalendarEntry) -> bool:
        """It says what `entry` says to whom, and is no older."""
        return self.content == content_of(entry) and self.sequence >= entry.sequence and self._is_for(entry)

    def _is_for(self, entry: CalendarEntry) -> bool:
        # Not read from the event's people: a server that changes those would be written to for ever. What was declined
        # stands until it is answered, and a server that keeps no marks keeps what it has.
        return self.declined or not self.mark or self.mark.split(".")[2:] == _owner_of(entry)


def content_of(entry: CalendarEntry) -> Content:
    """What an event says that we write for `entry`."""
    title, location, description = (_words(text) for text in (entry.title, entry.location, entry.description))
    starts_at, ends_at = _to_the_second(entry.starts_at), _to_the_second(entry.ends_at)
    return Content(starts_at, ends_at, title, location, description, entry.status.value)


def write_object(entry: CalendarEntry) -> bytes:
    """The calendar object that is put on the server: one event, and its mark."""
    mark = ".".join([content_of(entry).mark, *_owner_of(entry)])
    return write_calendar([dataclasses.replace(entry, mark=mark)])


def _owner_of(entry: CalendarEntry) -> list[str]:
    """The part of a mark that says for whom an event was written; none for nobody."""
    return [_digest([entry.attendee.address])] if entry.attendee else []


def read_object(octets: bytes, path: str, etag: str) -> HeldEvent | None:
    """Read what the server gives; None when nothing can be read, which therefore is nothing of ours."""
    try:
        events = icalendar.Calendar.from_ical(octets).walk("VEVENT")
        uids = {str(event["UID"]) for event in events}
        marks = {str(event.get(MARK, "")) for event in events}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
    if len(uids) != 1:
        return None
    first = events[0]
    return HeldEvent(
        path=path,
        etag=etag,
        uid=uids.pop(),
        sequence=_sequence(first),
        # Who made it repeat has made several of it.
        content=_content(first) if len(events) == 1 and not any(name in first for name in _REPEATS) else None,
        mark=marks.pop() if len(marks) == 1 else "",
        declined=any(_declined(event) for event in events),
    )


def _content(event: icalendar.Component) -> Content | None:
    try:
        starts_at, ends_at = _instant(event, "DTSTART"), _instant(event, "DTEND")
        length = _value(event, "DURATION")
        if starts_at and ends_at is None and isinstance(length, timedelta):
            # Some programs say how long it is instead (RFC 5545, section 3.6.1).
            ends_at = starts_at + length
    except OverflowError:
        # It is beyond the years that a date can have.
        return None
    if starts_at is None or ends_at is None:
        return None
    title, location, description = (_words(str(event.get(name, ""))) for name in _TEXTS)
    status = str(event.get("STATUS", Status.CONFIRMED)).upper()
    return Content(starts_at, ends_at, title, location, description, status)


def _instant(event: icalendar.Component, name: str) -> datetime | None:
    at = _value(event, name)
    return _to_the_second(at) if isinstance(at, datetime) and at.tzinfo is not None else None


def _value(event: icalendar.Component, name: str) -> Any:
    """What the library has made of a property; None when it could make nothing of it."""
    with contextlib.suppress(BrokenCalendarProperty):
        return getattr(event.get(name), "dt", None)
    return None


def _declined(event: icalendar.Component) -> bool:
    attendees = event.get("ATTENDEE", [])
    # One attendee is no list.
    attendees = attendees if isinstance(attendees, list) else [attendees]
    known = (one for one in attendees if isinstance(one, icalendar.vCalAddress))
    return any(str(one.params.get("PARTSTAT", "")).upper() == "DECLINED" for one in known)


def _sequence(event: icalendar.Component) -> int:
    try:
        return int(str(event.get("SEQUENCE", 0)))
    except (ValueError, TypeError):
        return 0


def _digest(texts: list[str]) -> str:
    # No text holds a line end any more.
    return base64.urlsafe_b64encode(hashlib.sha256("\n".join(texts).encode()).digest()[:12]).decode()


def _words(text: str) -> str:
    """Servers trim texts and break their lines anew."""
    return " ".join(plain(text).split())


def _to_the_second(at: datetime) -> datetime:
    """A calendar knows no smaller part."""
    return at.astimezone(UTC).replace(microsecond=0)
