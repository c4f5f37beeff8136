"""What a calendar's entries are called here: the same entry at the same time is the same absence at every reading.

So a reading is a set of absences, and what changes is a difference of two sets: read twice, it changes nothing the
second time, whoever reads and however often.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from models.rules.intervals import Interval

_MILLISECONDS = 2**48


@dataclass(frozen=True, slots=True)
class Entry:
    """A time that is taken, by something that the source calls `key`: SHA-256 of its name there, which may hold names
    of people."""

    key: bytes
    times: Interval


def absence_id(source_id: UUID, agent_id: int, entry: Entry) -> UUID:
    """Return the id of the absence that an entry is (RFC 9562, 5.8: version 8, laid out by whoever makes it).

    It begins with the milliseconds of the end, as version 7 does with those of the making, so that entries of the feed
    can go a while after the absence is over, although the absence itself has gone with its event.
    """
    ends = int(entry.times.end.timestamp() * 1000) % _MILLISECONDS
    about = f"{source_id} {agent_id} {entry.times.start.timestamp()} {entry.times.end.timestamp()} "
    digest = hashlib.sha256(about.encode() + entry.key).digest()
    octets = bytearray(ends.to_bytes(6, "big") + digest[:10])
    octets[6] = octets[6] & 0x0F | 0x80
    octets[8] = octets[8] & 0x3F | 0x80
    return UUID(bytes=bytes(octets))


def entry_key(name: str) -> bytes:
    """Return what an entry with this name is known by."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
