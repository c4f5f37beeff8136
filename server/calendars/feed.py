"""A gendarme's appointments as a feed that calendars subscribe to.

Calendars ask every few minutes and for ever, so that the answer to an unchanged feed is its name and nothing else. The
same appointments give the same octets: nothing in them says when they were written.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from server.calendars.content_lines import text_line
from server.calendars.entries import CalendarEntry
from server.calendars.writing import write_calendar

# RFC 7986, section 5.7, and what Outlook reads instead. Google asks when it likes.
_HEAD = ("REFRESH-INTERVAL;VALUE=DURATION:PT15M", "X-PUBLISHED-TTL:PT15M")
_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
# One list member, or the comma after it; anything else is no list of tags.
_LIST = re.compile(rf"(?:[ \t]*(?:{_ENTITY_TAG.pattern}[ \t]*)?(?:,|\Z))+")


@dataclass(frozen=True)
class Feed:
    """The feed, and the name of just these octets (RFC 9110, section 8.8.3)."""

    content: bytes = field(repr=False)
    etag: str


@dataclass(frozen=True)
class FeedAnswer:
    """What the subscriber is told."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def write_feed(entries: Iterable[CalendarEntry], name: str) -> Feed:
    """The feed of these entries, in whatever order they come.

    Args:
        name: what calendars call it.
    """
    ordered = sorted(entries, key=lambda entry: (entry.starts_at, entry.uid))
    # RFC 7986, section 5.1, and what most programs read instead.
    names = (text_line("NAME", name), text_line("X-WR-CALNAME", name))
    content = write_calendar(ordered, head=(*names, *_HEAD))
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
    return Feed(content, f'"{digest.rstrip("=")}"')


def answer_feed(feed: Feed, if_none_match: str | None) -> FeedAnswer:
    """The whole feed, or 304 for who has it already (RFC 9110, section 13.1.2).

    Args:
        if_none_match: the header as it came; what cannot be read asks for the whole.
    """
    headers = {
        "ETag": feed.etag,
        # Kept by who asked and by nobody on the way, and asked for again each time.
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex",
    }
    if if_none_match is not None and _names(if_none_match, feed.etag):
        return FeedAnswer(304, headers, b"")
    return FeedAnswer(200, {**headers, "Content-Type": "text/calendar; charset=utf-8"}, feed.content)


def _names(header: str, etag: str) -> bool:
    """Compare weakly: what only differs in `W/` is the same (RFC 9110, section 8.8.3.2)."""
    if header.strip() == "*":
        return True
    return bool(_LIST.fullmatch(header)) and etag in _ENTITY_TAG.findall(header)
