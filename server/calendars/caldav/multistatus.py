"""The one question that we ask about a whole agenda, and how its answer is read (RFC 4791, section 7.8)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat
from xml.sax.saxutils import escape

DAV, CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
# A listing of 20,000 objects has a fifth of it; without a bound a few megabytes of empty elements become gigabytes.
MOST_ELEMENTS = 1_000_000
DEEPEST = 64


class NotUnderstood(Exception):
    """The server's answer is not what was asked for.

    Args:
        cause: `not_caldav`, `too_long`, or `truncated` when the server says that it keeps something back.
    """

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True)
class Found:
    """One event: where it lies, which version it is, and what it says."""

    href: str
    etag: str
    data: bytes


def ask_for(ending: str) -> bytes:
    """Ask for the events whose names hold `ending` and for no others: an agenda may hold 15 MB of them."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
        "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
        '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="UID">'
        f'<C:text-match collation="i;octet">{escape(ending)}</C:text-match>'
        "</C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    ).encode()


def read_multistatus(body: bytes) -> Iterator[Found]:
    """Read the answer (RFC 4918, section 13).

    Raises:
        NotUnderstood: it is another document, or not all of it.
    """
    root = parse_xml(body)
    if root.tag != f"{DAV}multistatus":
        raise NotUnderstood("not_caldav")
    for response in root.iterfind(f"{DAV}response"):
        # A server that gives a part only says so in the place of a further event (RFC 5323, section 2.3.1).
        if " 507" in response.findtext(f"{DAV}status", ""):
            raise NotUnderstood("truncated")
        href = response.findtext(f"{DAV}href", "").strip()
        for propstat in response.iterfind(f"{DAV}propstat"):
            etag = propstat.findtext(f"{DAV}prop/{DAV}getetag", "").strip()
            data = propstat.findtext(f"{DAV}prop/{CALDAV}calendar-data", "")
            # XML lets a line break through, and then it would be one in the head of our next request.
            if any(unicodedata.category(char) == "Cc" for char in etag):
                raise NotUnderstood("not_caldav")
            if href and etag and data:
                yield Found(href, etag, data.encode())


def parse_xml(body: bytes) -> Element:
    """Read XML that has no document type, and so no entities of its own to grow or to lead elsewhere.

    Raises:
        NotUnderstood: `not_caldav`: it is no such document; `too_long`: it has too many elements, or too deep ones.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    count = depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count, depth
        count, depth = count + 1, depth + 1
        if count > MOST_ELEMENTS or depth > DEEPEST:
            raise NotUnderstood("too_long")
        builder.start(_clark(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_clark(name))

    def refuse(*_: Any) -> None:
        raise NotUnderstood("not_caldav")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise NotUnderstood("not_caldav") from None
    return builder.close()


def _clark(name: str) -> str:
    return "{" + name if "}" in name else name
