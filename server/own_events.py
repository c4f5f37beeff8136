"""By what the events are known that this installation has written into a gendarme's calendar, wherever they are met."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime

# Lets us tell later whether somebody has changed an event on a server; see `server.calendars.caldav.held_events`. Its
# value is digests with dots between: of the event's times, of its words, of whom it was written for if it says so, and,
# with an @ before it, of the host that has written it.
MARK = "X-BRIGADE-MARK"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAME = re.compile(rf"{_UUID}\.{_UUID}", re.IGNORECASE)


def is_own_name(uid: str, host: str) -> bool:
    """Say whether `uid` is one that `server.calendars.entries.uid_of` gives a gendarme's export at this host.

    Other programs at the same host name their events in other ways; a citizen's entry has no export in its name. A
    gendarme may be somebody's citizen, and has that hour taken.
    """
    name, _, at = uid.rpartition("@")
    return at.lower() == host.lower() and _NAME.fullmatch(name) is not None


def is_own_copy(mark: str, starts_at: datetime, ends_at: datetime, host: str) -> bool:
    """Say whether an event with another's name is a copy of one that this host has written, and still is when that was.

    Whoever duplicates an event and makes a meeting of it takes the mark along, and not the time.

    Args:
        mark: what stands in the event; events that an older release has written name no host.
    """
    said = without_host(mark)
    return said.partition(".")[0] == digest_of_times(starts_at, ends_at) and mark in (said, f"{said}.{host_part(host)}")


def digest_of_times(starts_at: datetime, ends_at: datetime) -> str:
    """The first part of a mark."""
    return digest(at.astimezone(UTC).replace(microsecond=0).isoformat() for at in (starts_at, ends_at))


def host_part(host: str) -> str:
    """The last part of a mark."""
    return f"@{digest([host.lower()])}"


def without_host(mark: str) -> str:
    """A mark without its last part, as older releases have written it."""
    return mark.partition(".@")[0]


def digest(texts: Iterable[str]) -> str:
    """A part of a mark; no text holds a line end."""
    return base64.urlsafe_b64encode(hashlib.sha256("\n".join(texts).encode()).digest()[:12]).decode()
