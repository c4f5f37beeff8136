"""Which calendar is meant by the address that somebody has entered (RFC 4791, section 6.2.1; RFC 5397).

People paste what their program shows: the calendar itself, the folder of their calendars, their own address on the
server (principal), or the server. Where exactly one calendar is found there, it is meant.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.planning.caldav_answers import Resource, what_is_there
from server.planning.caldav_visit import Visit
from server.planning.errors import PlanningRefused
from server.planning.fetch import FetchFailed


@dataclass(frozen=True)
class Calendar:
    """A calendar, and what its state is called; empty where the server does not say."""

    path: str
    sync_token: str = ""


async def find_calendar(visit: Visit) -> Calendar:
    """Find the calendar that is meant.

    Raises:
        PlanningRefused: `no_calendar`, or `several_calendars` of which nobody has said which; `not_caldav`.
        FetchFailed: the server does not let us look.
    """
    here = await _properties(visit, visit.path)
    if here is not None and here.is_calendar:
        return Calendar(visit.path, here.sync_token)
    try:
        calendars = await _calendars_in(visit, visit.path)
    except FetchFailed as failed:
        # Some servers let nobody look into their root, and say where to look instead.
        if failed.status not in (400, 403):
            raise
        calendars = []
    if calendars:
        return _only(calendars)
    if here is None:
        raise PlanningRefused("no_calendar")
    homes, principal = here.homes, visit.path_of(here.principal) if here.principal else None
    if not homes and principal is not None and principal != visit.path:
        there = await _properties(visit, principal)
        homes = there.homes if there is not None else ()
    found: dict[str, Calendar] = {}
    for home in homes:
        path = visit.path_of(home)
        if path is not None and path != visit.path:
            found |= {one.path: one for one in await _calendars_in(visit, path)}
    return _only(list(found.values()))


def _only(calendars: list[Calendar]) -> Calendar:
    if len(calendars) != 1:
        raise PlanningRefused("several_calendars" if calendars else "no_calendar")
    return calendars[0]


async def _properties(visit: Visit, path: str) -> Resource | None:
    listing = await visit.list("PROPFIND", path, what_is_there(), depth=0)
    return listing.resources[0] if listing.resources else None


async def _calendars_in(visit: Visit, path: str) -> list[Calendar]:
    listing = await visit.list("PROPFIND", path, what_is_there(), depth=1)
    places = ((visit.path_of(one.href), one) for one in listing.resources if one.is_calendar)
    return [Calendar(place, one.sync_token) for place, one in places if place is not None]
