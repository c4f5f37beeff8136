"""Rows of a unit's planning, straight into the tables: a source, and what was read from it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.tables import Absence, Agent, PlanningSource
from tests.support.seed import NOW

COLUMNS = {"columns": {}, "words": {}}


def seed_source(session: Session, agent: Agent, *, kind: str = "ical", **columns: Any) -> PlanningSource:
    """A source of the agent's unit; a calendar is the agent's own, a table (uploaded by hand) the whole unit's."""
    calendar = kind in {"ical", "caldav"}
    assert agent.unit_id is not None
    source = PlanningSource(
        id=uuid4(),
        unit_id=agent.unit_id,
        agent_id=agent.id if calendar else None,
        kind=kind,
        name="Planning",
        host="planning.example" if calendar else None,
        address_sealed=b"sealed" if calendar else None,
        created_at=NOW,
        created_by_id=agent.id,
        # JSONB would keep a None as JSON's null.
        **({} if calendar else {"columns": COLUMNS}),
        **columns,
    )
    session.add(source)
    session.flush()
    return source


def import_absence(
    session: Session, source: PlanningSource, agent: Agent, starts_at: datetime, ends_at: datetime
) -> Absence:
    """What one entry of the source says."""
    absence = Absence(
        id=uuid4(),
        agent_id=agent.id,
        during=Range(starts_at, ends_at),
        word=None,
        source="planning",
        planning_source_id=source.id,
        planning_key=secrets.token_bytes(32),
        declared_at=NOW,
        declared_by_id=None,
    )
    session.add(absence)
    session.flush()
    return absence


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
