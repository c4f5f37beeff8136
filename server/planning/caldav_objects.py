"""What one object of a CalDAV calendar says of its owner's time, and how it is refused (RFC 4791, section 4.1)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from models.rules.intervals import Interval
from server.planning.caldav_answers import Resource
from server.planning.errors import PlanningRefused
from server.planning.ical import Busy, read_calendar
from server.planning.ical_lines import Limits
from server.planning.ical_steps import Steps

# What stands, with the cause, in the place of the version of an object that was refused: no ETag begins like this
# (RFC 9110, section 8.8.3), so that it is asked for again, and its cause is known until then.
REFUSED = "!"
_LONGEST_ETAG = 512


@dataclass(frozen=True)
class Object:
    """One object of the calendar as it stands now.

    Args:
        key: SHA-256 of its path; names in addresses are nobody's business.
        etag: its version, or a mark that it was refused, so that it is asked for again.
        busy: when it takes time.
        entries: events and busy times in it.
        cause: why it, or a part of it, was not understood: then what it said before stands, beside `busy`.
        is_ours: nothing is in it but what this installation has written.
    """

    key: bytes
    etag: str
    busy: tuple[Busy, ...] = field(default=(), repr=False)
    entries: int = 0
    cause: str | None = None
    is_ours: bool = False


class ObjectReader:
    """Reads the objects of one calendar, one by one, within what all of them may ask of us together.

    Args:
        window, zone, tentative_counts, own_host: as `read_calendar` takes them.
    """

    def __init__(self, window: Interval, zone: ZoneInfo, tentative_counts: bool, own_host: str = "") -> None:
        self.window = window
        self._zone = zone
        self._tentative_counts = tentative_counts
        self._own_host = own_host
        self._limits = Limits()
        self._steps = Steps(self._limits, window.end)
        self._left = self._limits.busy

    def read(self, key: bytes, resource: Resource) -> Object:
        """Read one object.

        Raises:
            PlanningRefused: all that was read takes too long (`too_much_work`) or too much (`too_many_occurrences`).
        """
        if not resource.data:
            return refuse(key, "withheld")
        try:
            reading = read_calendar(
                io.BytesIO(resource.data),
                self.window,
                self._zone,
                tentative_counts=self._tentative_counts,
                limits=self._limits,
                steps=self._steps,
                own_host=self._own_host,
            )
        except PlanningRefused as refused:
            if refused.code == "too_much_work":
                raise
            return refuse(key, refused.code)
        self._left -= len(reading.busy)
        if self._left < 0:
            raise PlanningRefused("too_many_occurrences")
        cause = reading.refused[0].cause if reading.refused else None
        etag = resource.etag if len(resource.etag) <= _LONGEST_ETAG else ""
        etag = f"{REFUSED}{cause}" if cause else etag
        is_ours = 0 < reading.ours == reading.read
        return Object(key, etag, reading.busy, reading.read, cause, is_ours)


def refuse(key: bytes, cause: str) -> Object:
    """An object that was not understood, or not even given (`withheld`)."""
    return Object(key, f"{REFUSED}{cause}", entries=1, cause=cause)


def check_understood(objects: Sequence[Object]) -> None:
    """Let a calendar through of which something is understood that we have not written ourselves.

    Raises:
        PlanningRefused: `nothing_understood`, or what all of the others were refused for.
    """
    others = [one for one in objects if not one.is_ours]
    causes = {one.cause for one in others if one.cause is not None and not one.busy}
    if others and all(one.cause is not None and not one.busy for one in others):
        raise PlanningRefused(str(causes.pop()) if len(causes) == 1 else "nothing_understood")


def key_of(path: str) -> bytes:
    """What an object at this path is known by."""
    # Servers write the same path with more or fewer of its characters quoted.
    return hashlib.sha256(unquote(path).encode("utf-8", "surrogatepass")).digest()
