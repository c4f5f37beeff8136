"""What each kind of source is asked with: iCalendar by URL, and tables of positions. CalDAV is in `caldav`."""

from __future__ import annotations

import io
from dataclasses import replace
from zoneinfo import ZoneInfo

from models.rules.intervals import Interval
from models.rules.planning_entries import Entry, entry_key
from server.planning.errors import PlanningRefused
from server.planning.fetch import FetchLimits, Unchanged, fetch
from server.planning.ical import read_calendar
from server.planning.layout import Layout
from server.planning.positions import MOST_OCTETS, MOST_ROWS, read_positions
from server.planning.said import Ask, CalendarSaid, RefusedEntry, TableSaid

_TABLE = FetchLimits(octets=MOST_OCTETS)


def ask_ical(ask: Ask) -> CalendarSaid | Unchanged:
    """Fetch a calendar and read it, if it has changed.

    Raises:
        FetchFailed, PlanningRefused: it changes nothing.
    """
    limits = FetchLimits().within(ask.longest_s)
    found = fetch(ask.source, ask.validators, ask.allowed_hosts, ask.ca_file, limits=limits, lookup=ask.lookup)
    if isinstance(found, Unchanged):
        return found
    reading = read_calendar(
        io.BytesIO(found.octets),
        ask.window,
        ask.zone,
        tentative_counts=ask.tentative_counts,
        own_host=ask.own_host,
    )
    taken = {Entry(entry_key(one.uid), Interval(one.starts_at, one.ends_at)): None for one in reading.busy}
    return CalendarSaid(
        taken=tuple(taken),
        read=reading.read,
        refused=tuple(RefusedEntry(one.line, one.cause) for one in reading.refused),
        # Events without a name have none in common: one that is refused says nothing of the others.
        kept=frozenset(entry_key(one.uid) for one in reading.refused if one.uid),
        validators=found.validators,
    )


def ask_table(ask: Ask) -> TableSaid | Unchanged:
    """Fetch a table of positions and read it, if it has changed.

    Raises:
        FetchFailed, PlanningRefused: it changes nothing.
    """
    found = fetch(ask.source, ask.validators, ask.allowed_hosts, ask.ca_file, limits=_TABLE, lookup=ask.lookup)
    if isinstance(found, Unchanged):
        return found
    return replace(read_table(found.octets, ask.zone, ask.layout), validators=found.validators)


def read_table(octets: bytes, zone: ZoneInfo, layout: Layout, most_rows: int = MOST_ROWS) -> TableSaid:
    """Read a table, from wherever it has come.

    Args:
        most_rows: as `read_positions` takes it.

    Raises:
        PlanningRefused: it changes nothing.
    """
    found = read_positions(octets, zone, layout.columns, layout.words, most_rows)
    if not found.read:
        # A table that names nobody is a table that somebody forgot to fill in.
        raise PlanningRefused("empty")
    return TableSaid(
        taken=found.taken,
        read=found.read,
        refused=tuple(RefusedEntry(one.line, one.cause) for one in found.refused),
        kept=frozenset(one.agent for one in found.refused if one.agent),
    )
