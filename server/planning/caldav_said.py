"""CalDAV as an adapter of planning sources: what `server.planning.caldav` reads, as every source says it."""

from __future__ import annotations

from models.rules.intervals import Interval
from models.rules.planning_entries import Entry
from server.planning.caldav import Known, read_caldav
from server.planning.caldav_visit import VisitLimits
from server.planning.fetch import Unchanged
from server.planning.said import Ask, CalendarSaid, RefusedEntry


def ask_caldav(ask: Ask) -> CalendarSaid | Unchanged:
    """Ask a CalDAV server for a calendar, or for what has changed in it since.

    Raises:
        FetchFailed, PlanningRefused: it changes nothing.
    """
    known = Known(ask.sync_token, ask.objects) if ask.sync_token or ask.objects else None
    read = read_caldav(
        ask.source,
        ask.window,
        ask.zone,
        known=known,
        tentative_counts=ask.tentative_counts,
        own_host=ask.own_host,
        allowed_hosts=ask.allowed_hosts,
        ca_file=ask.ca_file,
        limits=VisitLimits().within(ask.longest_s),
        lookup=ask.lookup,
    )
    if isinstance(read, Unchanged):
        return read
    taken = {Entry(one.key, Interval(busy.starts_at, busy.ends_at)): None for one in read.objects for busy in one.busy}
    # An object stands in no line of a file.
    causes = (*(one.cause for one in read.objects if one.cause is not None), *read.refused_before)
    standing = {key: etag for key, etag in ask.objects.items() if not read.is_whole and key not in read.gone}
    return CalendarSaid(
        taken=tuple(taken),
        read=sum(one.entries for one in read.objects) + read.standing,
        refused=tuple(RefusedEntry(0, cause) for cause in causes),
        kept=frozenset(one.key for one in read.objects if one.cause is not None),
        changed=None if read.is_whole else frozenset(one.key for one in read.objects) | read.gone,
        sync_token=read.sync_token,
        objects={**standing, **{one.key: one.etag for one in read.objects}},
    )
