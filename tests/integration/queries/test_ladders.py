"""The sweep for neglected ladders reads what is open, not all that ever was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, text

from models.queries.ladders import find_neglected
from tests.support.seed import NOW

ENDED = 4_000

# What a unit has behind it. With tables as empty as a new test's the planner could take any index.
HISTORY = (
    """
    INSERT INTO contact_requests (
        id, reference, unit_id, commune_insee, reason_code, discreet, language, state, channel, call_window,
        may_leave_message, call_back_word, follow_token_hash, follow_generation, follow_code_hash, idempotency_hash,
        submission_hash, created_at, due_at, ended_at
    )
    SELECT gen_random_uuid(), 'ended ' || number, 1, '00000', 'none', false, 'fr', 'withdrawn', 'phone', 'asap',
        false, '', int8send(number), 1, '', int8send(number), '', :then, :then, :then
    FROM generate_series(1, :ended) number
    """,
    """
    INSERT INTO appointments (
        id, unit_id, counter_id, booking_id, reason_code, starts_at, ends_at, occupied, state, place_kind, called_away,
        created_at, ended_at
    )
    SELECT gen_random_uuid(), 1, 1, gen_random_uuid(), 'none', :then, :now, tstzrange(:then, :now), 'moved', 'counter',
        '{}', :then, :then
    FROM generate_series(1, :ended)
    """,
    """
    INSERT INTO events (name, at, unit_id, request_id, data)
    SELECT 'request_created', created_at, 1, id, '{}' FROM contact_requests
    """,
    """
    INSERT INTO events (name, at, unit_id, appointment_id, data)
    SELECT 'appointment_booked', created_at, 1, id, '{}' FROM appointments
    """,
    """
    INSERT INTO ladders (id, event_id, unit_id, request_id, appointment_id, begun_at, ended_at, ended_because, climbed)
    SELECT gen_random_uuid(), id, 1, request_id, appointment_id, at, at, 'over', 0 FROM events
    """,
    """
    INSERT INTO ladder_calls (id, ladder_id, step, who, channel, quiet, state, queued_at, sent_at, changed_at)
    SELECT gen_random_uuid(), id, 0, 'terminals', 'socket', false, 'sent', begun_at, begun_at, begun_at FROM ladders
    """,
    "ANALYZE contact_requests, appointments, events, ladders, ladder_calls",
)


@pytest.fixture
def plan(session):
    """How PostgreSQL runs the sweep's query where much has ended and nothing is open."""
    seen = []
    engine = session.get_bind()

    def note(_connection, _cursor, statement, parameters, _context, _many):
        seen.append((statement, parameters))

    # No trigger and no foreign key: this history needs no units, citizens or counters.
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in HISTORY:
        session.execute(text(statement), {"then": NOW - timedelta(days=9), "now": NOW, "ended": ENDED})
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


@pytest.mark.parametrize("table", ["contact_requests", "appointments", "events", "ladders", "ladder_calls"])
def test_nothing_that_ended_is_read(plan, table):
    assert f"Seq Scan on {table}" not in plan
