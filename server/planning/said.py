"""What an adapter is given of a source, and what it gives back; the same for every kind of source.

    said = read_ical(ask)          # Ask → Unchanged | CalendarSaid | TableSaid
    ADAPTERS: {"ical": read_ical, …}  (server/jobs/plannings.py)

An adapter knows no database. What goes wrong is a `FetchFailed` or a `PlanningRefused`; both change nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from models.rules.intervals import Interval
from models.rules.planning_entries import Entry
from push.endpoint_guard import AllowedHost
from push.public_addresses import Lookup
from server.planning.fetch import Source, Unchanged, Validators
from server.planning.layout import Layout
from server.planning.positions import AgentPosition

# So many refused entries are named; of the others only the number is told.
MOST_NAMED = 50


@dataclass(frozen=True)
class Ask:
    """What is known of a source when it is asked.

    Args:
        source: where it is, and who asks.
        window: what lies outside need not be told.
        zone: of the unit.
        validators: what the last reading that stands was called; empty when the source must be read whole again.
        sync_token, objects: the same of a CalDAV source: SHA-256 of each object's address, and its ETag.
        layout: of a table.
        own_host: as `read_calendar` takes it.
        allowed_hosts, ca_file: as `fetch` takes them.
        longest_s: for everything that is asked, where that is less than a source of this kind may take.
    """

    source: Source
    window: Interval
    zone: ZoneInfo
    validators: Validators = field(default_factory=Validators)
    sync_token: str = ""
    objects: Mapping[bytes, str] = field(default_factory=dict, repr=False)
    tentative_counts: bool = True
    layout: Layout = field(default_factory=Layout)
    own_host: str = ""
    allowed_hosts: Sequence[AllowedHost] = ()
    ca_file: str | None = None
    lookup: Lookup = socket.getaddrinfo
    longest_s: float | None = None


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """Where an entry or row was left out, and why; nothing of what it says."""

    line: int
    cause: str


@dataclass(frozen=True)
class CalendarSaid:
    """When the owner of a calendar has no time within the window.

    Args:
        taken: at most once each.
        read: how many entries the calendar has, as far as that is known.
        refused: those that were left out; of an incremental reading, those among what has changed.
        kept: keys of refused entries: what these said before stands.
        changed: None: this is the whole calendar, and what is not in `taken` is over. Else the keys that were read
            again or are gone: what others said stands.
        validators, sync_token: what to ask with next time.
        objects: of a CalDAV source: all that there are now; None: as before.
    """

    taken: tuple[Entry, ...] = field(repr=False)
    read: int
    refused: tuple[RefusedEntry, ...] = ()
    kept: frozenset[bytes] = frozenset()
    changed: frozenset[bytes] | None = None
    validators: Validators = field(default_factory=Validators)
    sync_token: str = ""
    objects: Mapping[bytes, str] | None = field(default=None, repr=False)

    @property
    def whole(self) -> bool:
        return self.changed is None


@dataclass(frozen=True)
class TableSaid:
    """Who holds which position, as a table says it; agents are called as they are there.

    Args:
        kept: agents of whom a row was refused: what the table said of them before stands where it says nothing now.
    """

    taken: tuple[AgentPosition, ...] = field(repr=False)
    read: int
    refused: tuple[RefusedEntry, ...] = ()
    kept: frozenset[str] = frozenset()
    validators: Validators = field(default_factory=Validators)


Said = CalendarSaid | TableSaid
Answer = Said | Unchanged
