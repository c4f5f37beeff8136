"""`record()`: the three things that must follow a change, inside the change's own transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.orm import Session, SessionTransaction

from models.events import UnitEvent
from models.tables.event import Event

POKE_CHANNEL = "poke"
_VERSIONS = "scope_versions"


def lock_scopes(session: Session, scopes: Iterable[str]) -> dict[str, int]:
    """Lock each scope until the transaction ends and take its next version.

    Every writer of a unit's documents calls this before it reads what it decides on, so that versions become
    visible in the order in which they were taken. Locks are taken in one fixed order: two transfers that cross
    wait for each other instead of deadlocking.

    Returns:
        The version of each scope in this transaction; taken once, however often the scope is named.
    """
    taken: dict[str, int] = session.info.setdefault(_VERSIONS, {})
    # Units come before requests, because a request's scope is only known once its unit is locked.
    for key in sorted({*scopes} - taken.keys(), key=lambda key: (not key.startswith("unit:"), key)):
        taken[key] = session.execute(
            text(
                "INSERT INTO scopes (key, version) VALUES (:key, 1)"
                " ON CONFLICT (key) DO UPDATE SET version = scopes.version + 1 RETURNING version"
            ),
            {"key": key},
        ).scalar_one()
    return taken


def record(session: Session, event: UnitEvent) -> int:
    """Write down that `event` happened, stamp its feeds, poke its listeners and defer its jobs.

    Commit makes all of it true; rollback makes none of it happen. A poke holds a scope and a version, nothing else.

    Returns:
        The id of the history row.
    """
    row = Event(
        name=event.name,
        at=event.at,
        unit_id=event.unit_id,
        agent_id=event.agent_id,
        data=event.data,
        **event.subject,
    )
    session.add(row)
    session.flush()

    versions = lock_scopes(session, (*event.unit_scopes, *event.follower_scopes))
    for scope in event.unit_scopes:
        _stamp(session, scope, event.documents, versions[scope])
    for scope in (*event.unit_scopes, *event.follower_scopes):
        _poke(session, scope, versions[scope])
    for deferral in event.deferrals:
        defer(session, deferral.task, queue=deferral.queue, priority=deferral.priority, event_id=row.id)
    return row.id


def defer(
    session: Session,
    task: str,
    *,
    queue: str,
    at: datetime | None = None,
    priority: int = 0,
    one_at_a_time: str | None = None,
    **args: str | int,
) -> None:
    """Put a job on the queue in this transaction, through the queue's own SQL function.

    Args:
        at: not before then; None: at once.
        priority: of those whose time has come, the higher goes first.
        one_at_a_time: of jobs that name the same, no two run at once.
    """
    session.execute(
        text(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW("
            ":queue, :task, :priority, :lock, NULL, CAST(:args AS jsonb), CAST(:at AS timestamptz))"
            "::procrastinate_job_to_defer_v1])"
        ),
        {
            "queue": queue,
            "task": task,
            "priority": priority,
            "lock": one_at_a_time,
            "args": json.dumps(args),
            "at": at,
        },
    )


def poke(session: Session, scope: str) -> None:
    """Tell whoever listens to `scope` to come and look, although none of its documents has changed."""
    _poke(session, scope, lock_scopes(session, (scope,))[scope])


def stamp(session: Session, scope: str, document: str) -> None:
    """Say that a document of `scope` is no longer what it was, although nothing has happened that is worth an event."""
    version = lock_scopes(session, (scope,))[scope]
    _stamp(session, scope, (document,), version)
    _poke(session, scope, version)


def _stamp(session: Session, scope: str, documents: Iterable[str], version: int) -> None:
    # In one statement: a reading of a planning may change hundreds.
    session.execute(
        text(
            "INSERT INTO feed_entries (scope, document, version)"
            " SELECT :scope, document, :version FROM unnest(CAST(:documents AS text[])) document"
            " ON CONFLICT (scope, document) DO UPDATE SET version = excluded.version"
        ),
        {"scope": scope, "documents": sorted({*documents}), "version": version},
    )


def _poke(session: Session, scope: str, version: int) -> None:
    payload = json.dumps({"scope": scope, "version": version})
    session.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": POKE_CHANNEL, "payload": payload})


@sqlalchemy_event.listens_for(Session, "after_transaction_end")
def _forget_at_the_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_VERSIONS, None)


@sqlalchemy_event.listens_for(Session, "after_soft_rollback")
def _forget_what_was_rolled_back(session: Session, _rolled_back: SessionTransaction) -> None:
    # A savepoint that is rolled back gives back the locks it took; taking one again that is still held is harmless.
    session.info.pop(_VERSIONS, None)
