"""What a unit's terminals hold: each document's body, computed from the tables when it is pulled.

A body of None tells the terminal to forget the document: its unit may not see it any more, or it is over. Documents
change because somebody wrote (the feed's versions say which), and because a day passed in the unit: the cursor holds
both the version and the day that the terminal has read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import unit_scope
from models.queries.feed import absences, appointments, occurrences, openings, plannings, requests
from models.queries.feed.colleagues import agent_bodies, duty_bodies
from models.queries.feed.units import (
    holidays_bodies,
    holidays_body,
    neighbours_body,
    reasons_body,
    unit_bodies,
    unit_body,
)
from models.queries.feed.view import Bodies, View
from models.tables import FeedEntry, FeedEpoch, MutationResult, Scope, Unit
from models.tables.mutation import SyncClient

PAGE = 500

Document = tuple[str, int, dict[str, Any] | None]

# How to read the bodies of the documents `<kind>/<id>` that events stamp.
BODIES: dict[str, Callable[[Session, View, Collection[str]], Bodies]] = {
    "request": requests.bodies,
    "agent": agent_bodies,
    "duty": duty_bodies,
    "absence": absences.bodies,
    "opening": openings.bodies,
    "occurrence": occurrences.bodies,
    "holidays": holidays_bodies,
    "appointment": appointments.bodies,
    "planning": plannings.bodies,
    "unit": unit_bodies,
}


@dataclass(frozen=True)
class FeedPage:
    """One answer to a pull; `reset` tells the terminal to drop the documents (never the outbox) it had."""

    base: str
    cursor: str
    reset: bool
    documents: Sequence[Document]
    last_mutation_id: int
    results: Sequence[MutationResult]
    more: bool


@dataclass(frozen=True)
class _Cursor:
    """`<epoch>.<unit>.<day>.<version>`; the version comes last, where terminals compare it with a poke's."""

    epoch: int
    unit_id: int
    day: date
    version: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.unit_id}.{self.day.toordinal()}.{self.version}"


def pull(session: Session, *, unit_id: int, client_id: UUID, agent_id: int, cursor: str, now: datetime) -> FeedPage:
    """Read what changed for a unit since `cursor` (the last answer's, empty for everything).

    The caller gives a snapshot session, so that documents, cursor and results belong to one instant.
    """
    epoch = session.scalar(select(FeedEpoch.epoch)) or 0
    scope = unit_scope(unit_id)
    version = session.scalar(select(Scope.version).where(Scope.key == scope)) or 0
    view = View(unit_id, session.get_one(Unit, unit_id).time_zone, now)
    base = _read_cursor(cursor, epoch, unit_id)
    reset = base is None or base.version > version
    since = 0 if base is None or reset else base.version
    read_until = view.day if base is None or reset else base.day

    entries = session.execute(
        select(FeedEntry.document, FeedEntry.version)
        .where(FeedEntry.scope == scope, FeedEntry.version > since)
        .order_by(FeedEntry.version, FeedEntry.document)
    ).all()
    page = _whole_versions([(document, at) for document, at in entries])
    more = len(page) < len(entries)
    bodies = _bodies(session, view, [document for document, _ in page])
    documents: list[Document] = [
        (document, at, body) for document, at in page if (body := bodies.get(document)) is not None or not reset
    ]
    if reset:
        documents[:0] = [
            *_unit_documents(session, view, 0),
            *_colleagues(session, view),
            *_occurrences(session, view),
            *_imported(session, view),
        ]
    elif not more and read_until != view.day:
        # Only the last page turns the day, because only then has the terminal read all that was written.
        documents += [*_turned(session, view, read_until, version), *_unit_documents(session, view, version)]

    reached = _Cursor(epoch, unit_id, read_until if more else view.day, page[-1][1] if more else version)
    lmid, results = _results(session, client_id, agent_id, since)
    return FeedPage(cursor, str(reached), reset, documents, lmid, results, more)


def _bodies(session: Session, view: View, documents: Collection[str]) -> Bodies:
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for document in documents:
        kind, _, one = document.partition("/")
        ids[kind].append(one)
    return {
        f"{kind}/{one}": body for kind, some in ids.items() for one, body in BODIES[kind](session, view, some).items()
    }


def _unit_documents(session: Session, view: View, version: int) -> list[Document]:
    # The directory and the reasons are imported and have no feed of their own: their news comes with a new day.
    return [
        (f"unit/{view.unit_id}", version, unit_body(session, view.unit_id)),
        (f"neighbours/{view.unit_id}", version, neighbours_body(session, view.unit_id)),
        ("reasons/all", version, reasons_body(session)),
        (f"holidays/{view.unit_id}", version, holidays_body(session, view)),
    ]


def _colleagues(session: Session, view: View) -> list[Document]:
    return [(f"agent/{one}", 0, body) for one, body in agent_bodies(session, view, None).items()]


def _occurrences(session: Session, view: View) -> list[Document]:
    return [(f"occurrence/{one}", 0, body) for one, body in occurrences.bodies(session, view, None).items()]


def _imported(session: Session, view: View) -> list[Document]:
    return [(f"absence/{one}", 0, body) for one, body in absences.imported(session, view).items()]


def _turned(session: Session, view: View, since: date, version: int) -> list[Document]:
    return [
        (f"{kind}/{one}", version, body)
        for kind, turned in (
            ("absence", absences.turned),
            ("appointment", appointments.turned),
            ("opening", openings.turned),
            ("occurrence", occurrences.turned),
            ("request", requests.turned),
        )
        for one, body in turned(session, view, since).items()
    ]


def _results(session: Session, client_id: UUID, agent_id: int, since: int) -> tuple[int, Sequence[MutationResult]]:
    lmid = session.scalar(
        select(SyncClient.last_mutation_id).where(SyncClient.id == client_id, SyncClient.agent_id == agent_id)
    )
    if lmid is None:
        return 0, ()
    results = session.scalars(
        select(MutationResult)
        .where(MutationResult.client_id == client_id, MutationResult.version > since)
        .order_by(MutationResult.seq)
    ).all()
    return lmid, results


def _whole_versions(entries: list[tuple[str, int]]) -> list[tuple[str, int]]:
    # A page never ends inside a version, because the cursor could not say where it stopped.
    if len(entries) <= PAGE:
        return entries
    end = PAGE
    while end < len(entries) and entries[end][1] == entries[end - 1][1]:
        end += 1
    return entries[:end]


def _read_cursor(cursor: str, epoch: int, unit_id: int) -> _Cursor | None:
    parts = cursor.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.removeprefix("-").isdecimal() for part in parts):
        return None
    if int(parts[0]) != epoch or int(parts[1]) != unit_id:
        return None
    try:
        day = date.fromordinal(int(parts[2]))
    except (ValueError, OverflowError):
        return None
    return _Cursor(epoch, unit_id, day, int(parts[3]))
