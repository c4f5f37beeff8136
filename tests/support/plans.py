"""By which index PostgreSQL reads what a query asks for."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session


def conditions(session: Session, index: str, ask: Callable[[], Any]) -> list[str]:
    """What PostgreSQL looks up in an index for whatever `ask` reads of absences."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if "absences" in statement:
            seen.append((statement, parameters))

    session.flush()
    session.execute(text("SET LOCAL enable_seqscan = off"))
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    explained = [session.connection().exec_driver_sql(f"EXPLAIN {statement}", given) for statement, given in seen]
    lines = [line for rows in explained for (line,) in rows]
    return [below for line, below in itertools.pairwise(lines) if index in line]


def names_the_agent(condition: str) -> bool:
    """Whether both the agent and the times are looked up."""
    return "Index Cond" in condition and "int4range(agent_id" in condition and "&&" in condition
