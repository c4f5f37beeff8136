"""What a CalDAV server is asked about a calendar that we only read, and how its answers are read. Pure.

RFC 4791 (CalDAV), RFC 4918 (WebDAV), RFC 6578 (sync-collection), RFC 5397 (current-user-principal).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from models.rules.intervals import Interval
from server.calendars.caldav.multistatus import CALDAV, DAV, NotUnderstood, parse_xml
from server.planning.errors import PlanningRefused

# Whole days and times without a zone are weighed by the server in a zone that we do not know.
_MARGIN = timedelta(days=2)
_PARTIAL = 507
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'
_NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'


@dataclass(frozen=True, slots=True)
class Resource:
    """What an answer says of one resource.

    Attributes:
        status: of the resource; 0 where the answer gives it for each property.
        kinds: what it is, names of elements without their namespace: `collection`, `calendar`, `principal`.
        holds: which components it may hold; empty where it does not say.
    """

    href: str = field(repr=False)
    status: int = 0
    etag: str = ""
    data: bytes = field(default=b"", repr=False)
    kinds: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()
    sync_token: str = ""
    homes: tuple[str, ...] = field(default=(), repr=False)
    principal: str = field(default="", repr=False)

    @property
    def is_calendar(self) -> bool:
        """It holds events."""
        return "calendar" in self.kinds and (not self.holds or "VEVENT" in self.holds)


@dataclass(frozen=True, slots=True)
class Listing:
    """An answer about several resources.

    Attributes:
        sync_token: what the state that it leads to is called.
        partial: the server keeps something back, to be asked for with `sync_token` (RFC 6578, section 3.6).
    """

    resources: tuple[Resource, ...]
    sync_token: str = ""
    partial: bool = False


def what_is_there() -> bytes:
    """Ask what stands at an address, and where its owner's calendars are (PROPFIND)."""
    return (
        f"{_HEAD}<D:propfind {_NAMES}><D:prop><D:resourcetype/><D:sync-token/><D:current-user-principal/>"
        "<C:calendar-home-set/><C:supported-calendar-component-set/></D:prop></D:propfind>"
    ).encode()


def what_has_changed(sync_token: str) -> bytes:
    """Ask what has changed since a state (REPORT, RFC 6578, section 3.2)."""
    return (
        f"{_HEAD}<D:sync-collection {_NAMES}><D:sync-token>{escape(sync_token)}</D:sync-token>"
        "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
    ).encode()


def what_takes_time(window: Interval) -> bytes:
    """Ask for the names and versions of the events that touch `window` (REPORT, RFC 4791, section 7.8)."""
    start, end = _utc(window.start - _MARGIN), _utc(window.end + _MARGIN)
    return (
        f"{_HEAD}<C:calendar-query {_NAMES}><D:prop><D:getetag/></D:prop><C:filter>"
        f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="{start}" end="{end}"/>'
        "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    ).encode()


def what_they_say(paths: Iterable[str]) -> bytes:
    """Ask for the contents of several objects at once (REPORT, RFC 4791, section 7.9)."""
    hrefs = "".join(f"<D:href>{escape(path)}</D:href>" for path in paths)
    return (
        f"{_HEAD}<C:calendar-multiget {_NAMES}><D:prop><D:getetag/><C:calendar-data/></D:prop>{hrefs}"
        "</C:calendar-multiget>"
    ).encode()


def read_listing(body: bytes) -> Listing:
    """Read a multistatus (RFC 4918, section 13).

    Raises:
        PlanningRefused: `not_caldav`: it is another document; `too_big`: it has more parts than any calendar needs.
    """
    try:
        root = parse_xml(body)
    except NotUnderstood as error:
        raise PlanningRefused("too_big" if error.cause == "too_long" else "not_caldav") from None
    if root.tag != f"{DAV}multistatus":
        raise PlanningRefused("not_caldav")
    found = tuple(one for response in root.iterfind(f"{DAV}response") for one in _resources(response))
    resources = tuple(one for one in found if one.status != _PARTIAL)
    return Listing(resources, root.findtext(f"{DAV}sync-token", "").strip(), len(resources) < len(found))


def _resources(response: Element) -> Iterator[Resource]:
    status = _code(response.findtext(f"{DAV}status", ""))
    # What the server could not give of it stands in parts with other states.
    props = [
        prop
        for propstat in response.iterfind(f"{DAV}propstat")
        if _code(propstat.findtext(f"{DAV}status", "")) in (0, 200)
        for prop in propstat.iterfind(f"{DAV}prop")
    ]
    for href in response.iterfind(f"{DAV}href"):
        yield Resource(
            href=(href.text or "").strip(),
            status=status,
            etag=_text(props, f"{DAV}getetag"),
            data=_text(props, f"{CALDAV}calendar-data").encode(),
            kinds=frozenset(
                one.tag.rpartition("}")[2] for prop in props for one in prop.iterfind(f"{DAV}resourcetype/*")
            ),
            holds=frozenset(
                one.get("name", "").upper()
                for prop in props
                for one in prop.iterfind(f"{CALDAV}supported-calendar-component-set/{CALDAV}comp")
            ),
            sync_token=_text(props, f"{DAV}sync-token"),
            homes=tuple(
                (one.text or "").strip()
                for prop in props
                for one in prop.iterfind(f"{CALDAV}calendar-home-set/{DAV}href")
            ),
            principal=_text(props, f"{DAV}current-user-principal/{DAV}href"),
        )


def _text(props: list[Element], path: str) -> str:
    return next((text.strip() for prop in props if (text := prop.findtext(path))), "")


def _code(status: str) -> int:
    parts = status.split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isascii() and parts[1].isdigit() else 0


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
