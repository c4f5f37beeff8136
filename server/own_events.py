"""By what the events are known that this installation has written into a gendarme's calendar, wherever they are met."""

from __future__ import annotations

import re

# Lets us tell later whether somebody has changed an event on a server; see `server.calendars.caldav.held_events`.
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
