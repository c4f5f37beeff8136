"""A calendar on a CalDAV server, read for when its owner has no time: once a day whole, in between what has changed.

    read = read_caldav(source, window, zone, known=Known(sync_token, etags))
    match read:
        case Unchanged(): ...
        case Agenda(objects, gone, is_whole): ...

What has changed is asked for with the sync-token of the last answer (RFC 6578). Where the server knows no such tokens,
or this one no longer, versions (ETags) are compared and only the objects with another one are asked for (RFC 4791,
section 7.8). Contents are read as `server.planning.ical` does and dropped.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from models.rules.intervals import Interval
from push.endpoint_guard import AllowedHost
from push.public_addresses import Lookup
from server.event_loops import run_to_its_end
from server.planning.caldav_answers import (
    Listing,
    Resource,
    read_listing,
    what_has_changed,
    what_takes_time,
    what_they_say,
)
from server.planning.caldav_calendars import find_calendar
from server.planning.caldav_objects import REFUSED, Object, ObjectReader, check_understood, key_of, refuse
from server.planning.caldav_visit import Visit, VisitLimits, check
from server.planning.errors import PlanningRefused
from server.planning.fetch import FetchFailed, Source, Unchanged

# A token that was given for the very address that was entered, and one for a calendar that was found from there.
_HERE, _FOUND = "=", "~"
_LONGEST_TOKEN = 2000
# A server gives changes in parts; one that never comes to an end is not followed for ever.
_MOST_PARTS = 50
# Nobody is let in, or asks too often.
_NOT_ABOUT_TOKENS = frozenset({401, 429})
_GONE, _TOO_LARGE = frozenset({404, 410}), 413


@dataclass(frozen=True)
class Known:
    """What the last reading that stands has given back.

    Args:
        etags: the version of each object, by its key; see `Object`.
    """

    sync_token: str = field(default="", repr=False)
    etags: Mapping[bytes, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Agenda:
    """What there is to know of a calendar.

    Args:
        objects: each that there is, or only those that have changed.
        gone: keys of those that are no longer there; of a whole reading, none: what it does not name is gone.
        sync_token: what to ask with next time.
        refused_before: why those were refused that have not changed since.
        standing: how many objects have not changed.
    """

    objects: tuple[Object, ...]
    gone: frozenset[bytes]
    is_whole: bool
    sync_token: str = field(default="", repr=False)
    refused_before: tuple[str, ...] = ()
    standing: int = 0


def read_caldav(
    source: Source,
    window: Interval,
    zone: ZoneInfo,
    *,
    known: Known | None = None,
    tentative_counts: bool = True,
    own_host: str = "",
    allowed_hosts: Sequence[AllowedHost] = (),
    ca_file: str | None = None,
    limits: VisitLimits | None = None,
    lookup: Lookup = socket.getaddrinfo,
) -> Agenda | Unchanged:
    """Read a calendar, whole or what has changed.

    Args:
        source: the calendar, or whatever leads to exactly one; see `find_calendar`.
        window, own_host: as `read_calendar` takes them.
        known: None for a whole reading; there must be one before the window leaves what was read.
        allowed_hosts, ca_file, lookup: as `server.planning.fetch` takes them.

    Raises:
        FetchFailed: the server cannot be asked, or refuses.
        PlanningRefused: `not_caldav`, `no_calendar`, `several_calendars`, more than a calendar has (`too_big`,
            `too_many_components`, `too_many_occurrences`, `too_much_work`), or nothing of it is understood.
    """
    reading = ObjectReader(window, zone, tentative_counts, own_host)
    return run_to_its_end(_visit(Visit(source, allowed_hosts, ca_file, limits, lookup), reading, known))


async def _visit(visit: Visit, reading: ObjectReader, known: Known | None) -> Agenda | Unchanged:
    try:
        async with asyncio.timeout(visit.limits.visit_s), visit:
            return await _changes(visit, reading, known) if known is not None else await _whole(visit, reading, None)
    except TimeoutError:
        raise FetchFailed("timeout") from None


async def _changes(visit: Visit, reading: ObjectReader, known: Known) -> Agenda | Unchanged:
    place, token = known.sync_token[:1], known.sync_token[1:]
    if place not in (_HERE, _FOUND) or not token:
        return await _whole(visit, reading, known)
    path = visit.path if place == _HERE else (await find_calendar(visit)).path
    listing = await _since(visit, path, token)
    if listing is None:
        return await _whole(visit, reading, known)
    wanted, gone = _sorted_out(visit, listing.resources)
    if not wanted and not gone and listing.sync_token == token:
        return Unchanged()
    return await _read(visit, reading, path, wanted, gone, known, f"{place}{listing.sync_token}")


async def _whole(visit: Visit, reading: ObjectReader, known: Known | None) -> Agenda | Unchanged:
    """Look at everything that touches the window; ask for what has another version than we know."""
    # The token comes first: what changes meanwhile is told with the next one.
    calendar = await find_calendar(visit)
    listing = await visit.list("REPORT", calendar.path, what_takes_time(reading.window), depth=1)
    if listing.partial:
        raise PlanningRefused("too_big")
    there, gone = _sorted_out(visit, listing.resources)
    token = calendar.sync_token if len(calendar.sync_token) < _LONGEST_TOKEN else ""
    place = _HERE if calendar.path == visit.path else _FOUND
    sync_token = f"{place}{token}" if token else ""
    if known is None:
        return await _read(visit, reading, calendar.path, there, set(), None, sync_token)
    keys = {key_of(path): path for path in there}
    wanted = {path: etag for key, path in keys.items() if not (etag := there[path]) or known.etags.get(key) != etag}
    gone |= known.etags.keys() - keys.keys()
    if not wanted and not gone and sync_token == known.sync_token:
        return Unchanged()
    return await _read(visit, reading, calendar.path, wanted, gone, known, sync_token)


async def _since(visit: Visit, path: str, token: str) -> Listing | None:
    """What has changed since; None when the server cannot say."""
    resources: dict[str, Resource] = {}
    for _ in range(_MOST_PARTS):
        answer = await visit.ask("REPORT", path, what_has_changed(token), depth=0)
        if answer.status == 501 or (400 <= answer.status < 500 and answer.status not in _NOT_ABOUT_TOKENS):
            # 403 or 409 for a token that is over (section 3.2), and servers that know no such report say so in many
            # ways; whatever else is wrong shows again.
            return None
        check(answer)
        listing = read_listing(answer.body)
        resources |= {one.href: one for one in listing.resources}
        token = listing.sync_token
        if not token or len(token) >= _LONGEST_TOKEN:
            return None
        if not listing.partial:
            return Listing(tuple(resources.values()), token)
    return None


async def _read(
    visit: Visit,
    reading: ObjectReader,
    path: str,
    wanted: Mapping[str, str],
    gone: set[bytes],
    known: Known | None,
    sync_token: str,
) -> Agenda:
    if len(wanted) > visit.limits.objects:
        raise PlanningRefused("too_many_components")
    objects: dict[bytes, Object] = {}
    async for resource in _contents(visit, path, list(wanted)):
        place = visit.path_of(resource.href)
        if place is None or place not in wanted:
            continue
        if resource.status in _GONE:
            gone = gone | {key_of(place)}
        elif resource.status == _TOO_LARGE:
            objects[key_of(place)] = refuse(key_of(place), "too_big")
        else:
            objects[key_of(place)] = reading.read(key_of(place), resource)
    for place in wanted:
        if (key := key_of(place)) not in objects and key not in gone:
            objects[key] = refuse(key, "withheld")
    if known is None:
        check_understood(list(objects.values()))
        return Agenda(tuple(objects.values()), frozenset(), True, sync_token)
    rest = {key: etag for key, etag in known.etags.items() if key not in objects and key not in gone}
    before = tuple(etag.removeprefix(REFUSED) for etag in rest.values() if etag.startswith(REFUSED))
    return Agenda(tuple(objects.values()), frozenset(gone), False, sync_token, before, len(rest))


async def _contents(visit: Visit, calendar: str, paths: Sequence[str]) -> AsyncIterator[Resource]:
    """Yield what the objects say, some at a time; where that is too much for one answer, fewer."""
    pending = [paths[at : at + visit.limits.at_once] for at in range(0, len(paths), visit.limits.at_once)]
    while pending:
        some = pending.pop()
        try:
            listing = await visit.list("REPORT", calendar, what_they_say(some), depth=1)
        except FetchFailed as failed:
            if failed.code != "too_big" or visit.is_spent:
                raise
            if len(some) == 1:
                yield Resource(some[0], _TOO_LARGE)
            else:
                pending += [some[: len(some) // 2], some[len(some) // 2 :]]
            continue
        for resource in listing.resources:
            yield resource


def _sorted_out(visit: Visit, resources: Sequence[Resource]) -> tuple[dict[str, str], set[bytes]]:
    """The paths of objects with their versions, and the keys of those that are gone."""
    there: dict[str, str] = {}
    gone: set[bytes] = set()
    for one in resources:
        path = visit.path_of(one.href)
        if path is None:
            # What is passed over would be sold as free.
            raise PlanningRefused("not_caldav")
        if path.endswith("/"):
            # The calendar itself is named too, by some servers.
            continue
        if one.status in _GONE:
            gone.add(key_of(path))
        else:
            there[path] = one.etag
    return there, gone
