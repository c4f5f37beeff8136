"""From the appointments that ought to stand in an agenda and the events that do: what is to be done. Pure.

Interrupted anywhere and asked for again it comes to the same end, because it looks only at what is there now. What a
gendarme did in the agenda is found and told, for somebody to ask about, and never obeyed: an appointment moves and ends
where the citizen hears of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.calendars.caldav.held_events import HeldEvent, content_of
from server.calendars.entries import CalendarEntry, Status


class Deed(StrEnum):
    """What somebody did to an event of ours in the agenda."""

    DELETED = "deleted"
    DECLINED = "declined"  # Or cancelled there.
    MOVED = "moved"
    CHANGED = "changed"  # Its words, or that it repeats.


@dataclass(frozen=True)
class Finding:
    """Somebody has done something there.

    Args:
        sequence: of the version that it was done to; None when that is gone.
        starts_at: where it was moved to.
    """

    deed: Deed
    uid: str
    sequence: int | None = None
    starts_at: datetime | None = None


@dataclass(frozen=True)
class Put:
    """Write an event, over the version `etag` at `path`, or as a new one when there is none."""

    entry: CalendarEntry
    path: str | None = None
    etag: str | None = None


@dataclass(frozen=True)
class Remove:
    """Take an event away, if it still is the version `etag`."""

    uid: str
    path: str
    etag: str


@dataclass(frozen=True)
class Plan:
    """The steps, in an order in which any number of them may be the last, and what was found."""

    steps: tuple[Put | Remove, ...]
    findings: tuple[Finding, ...]


def make_plan(
    confirmed: Iterable[CalendarEntry], held: Iterable[HeldEvent], known: Collection[str], ending: str
) -> Plan:
    """Say what is to be done so that the agenda holds exactly `confirmed`.

    Args:
        held: what the server has.
        known: the names of events that were there when we last looked: what of them is gone was deleted.
        ending: what the names of our events end with; whatever is named otherwise is not touched.
    """
    ours: dict[str, list[HeldEvent]] = {}
    for event in held:
        if event.uid.endswith(ending):
            ours.setdefault(event.uid, []).append(event)
    steps: list[Put | Remove] = []
    findings: list[Finding] = []
    for entry in confirmed:
        there = sorted(ours.pop(entry.uid, []), key=lambda event: (not event.says(entry), event.path))
        # A server allows one of a name only (RFC 4791, section 4.1); where there are copies, one is enough.
        steps += [Remove(event.uid, event.path, event.etag) for event in there[1:]]
        if not there:
            steps.append(Put(entry))
            findings += [Finding(Deed.DELETED, entry.uid)] if entry.uid in known else []
            continue
        if finding := find_deed(entry, there[0]):
            findings.append(finding)
        if not there[0].says(entry):
            steps.append(Put(entry, there[0].path, there[0].etag))
    steps += [Remove(event.uid, event.path, event.etag) for events in ours.values() for event in events]
    return Plan(tuple(steps), tuple(findings))


def find_deed(entry: CalendarEntry, event: HeldEvent) -> Finding | None:
    """What somebody did to `event`, which ought to say what `entry` says."""
    content, wanted = event.content, content_of(entry)
    cancelled = content is not None and content.status == Status.CANCELLED and wanted.status != Status.CANCELLED
    if event.declined or (cancelled and not event.untouched):
        return Finding(Deed.DECLINED, event.uid, event.sequence)
    if event.untouched or content == wanted:
        return None
    times = (wanted.starts_at, wanted.ends_at)
    if content is not None and not event.times_untouched and (content.starts_at, content.ends_at) != times:
        return Finding(Deed.MOVED, event.uid, event.sequence, content.starts_at)
    return Finding(Deed.CHANGED, event.uid, event.sequence)
