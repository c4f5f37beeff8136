"""The sweep for neglected ladders reads what is open, not all that ever was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, text

from models.queries.ladders import find_neglected
from tests.support.seed import NOW


@pytest.fixture
def plan(session):
    """How PostgreSQL runs the sweep's query when it has a choice of indexes."""
    seen = []
    engine = session.get_bind()

    def note(_connection, _cursor, statement, parameters, _context, _many):
        seen.append((statement, parameters))

    session.execute(text("SET LOCAL enable_seqscan = off"))
    event.listen(engine, "before_cursor_execute", note)
    try:
        find_neglected(session, NOW, grace=timedelta(seconds=30), limit=10)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    [(statement, parameters)] = [one for one in seen if "ladder_calls" in one[0]]
    rows = session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return "\n".join(line for (line,) in rows)


@pytest.mark.parametrize(
    "index",
    ["ix_contact_requests_open", "uq_appointments_one_for_a_booking", "ix_ladders_open", "ix_ladder_calls_queued"],
)
def test_each_table_is_read_through_the_index_of_what_is_open(plan, index):
    assert index in plan
