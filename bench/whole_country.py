"""A country's worth of openings, made inside the database: 3,054 units, 20 gendarmes each, 60 days.

Units stand on a grid of some 13 km, about as dense as the brigades of metropolitan France, in groupings of four; each
answers for one commune. Every gendarme receives for ten hours a day. The first days of many units are taken, so that a
search has to look past them.
"""

from __future__ import annotations

from datetime import date

import psycopg

UNITS = 3054
GENDARMES = 20
DAYS = 60
# Units differ in how many of their first days are full: none to three.
FULL_DAYS = 4

_BARE = """
    ALTER TABLE opening_windows DROP CONSTRAINT ex_opening_windows_counter;
    DROP INDEX ix_opening_windows_unit_id, ix_opening_windows_occurrence_id, ix_opening_windows_agent_id;
    DROP INDEX ix_free_times_unit_id, ix_free_times_window_id;
"""
_ROWS = """
    INSERT INTO units (id, name, kind, institution, address, postcode, commune_insee, commune_name, latitude,
        longitude, phone_as_printed, time_zone, holiday_zone, opening_hours_as_printed, grouping,
        receives_contact_requests)
    SELECT n, 'Brigade ' || n, 'brigade', 'GN', '', '00000', insee, 'Commune ' || n, 43 + (n / 56) * 0.12,
        -1 + (n % 56) * 0.17, '', 'Europe/Paris', 'Métropole', '', 'COB ' || n / 4, true
    FROM (SELECT n, lpad(n::text, 5, '0') AS insee FROM generate_series(1, {units}) n) numbered;
    INSERT INTO communes (insee, name, search_name, kind, departement, departement_name, region, population, postcodes)
    SELECT commune_insee, commune_name, lower(commune_name), 'commune-actuelle', '01', 'Ain', '84', 1000, '{{00000}}'
    FROM units;
    INSERT INTO jurisdictions (commune_insee, institution, service_id, service_name)
    SELECT commune_insee, 'GN', id::text, name FROM units;
    INSERT INTO agents (login, name, unit_id, roles, password_hash, active, created_at)
    SELECT 'agent' || u.id || '-' || n, 'Agent', u.id, '{{gendarme}}', '', true, now()
    FROM units u, generate_series(1, {gendarmes}) n;
    INSERT INTO counters (unit_id, number) SELECT u.id, n FROM units u, generate_series(1, {gendarmes}) n;
    INSERT INTO openings (id, unit_id, starts_at, ends_at, counters, reason_codes, place_kind, state, proposed_by_id,
        proposed_at, decided_by_id, decided_at, recurrence, stored_until)
    SELECT gen_random_uuid(), unit_id, '{start} 07:00Z', '{start} 17:00Z', {gendarmes}, '{{}}', 'unit', 'approved',
        min(id), now(), min(id), now(), 'FREQ=DAILY', '{start}'::date + {days}
    FROM agents GROUP BY unit_id;
    INSERT INTO opening_occurrences (id, opening_id, unit_id, day, starts_at, ends_at)
    SELECT gen_random_uuid(), id, unit_id, '{start}'::date + n, starts_at + n * interval '1 day',
        ends_at + n * interval '1 day'
    FROM openings, generate_series(0, {days} - 1) n;
    INSERT INTO opening_windows (occurrence_id, unit_id, counter_id, agent_id, during, reason_codes, place_kind)
    SELECT o.id, o.unit_id, c.id, a.id, tstzrange(o.starts_at, o.ends_at), '{{}}', 'unit'
    FROM opening_occurrences o
    JOIN counters c ON c.unit_id = o.unit_id
    JOIN agents a ON a.login = 'agent' || o.unit_id || '-' || c.number
    ORDER BY c.id, o.starts_at;
    INSERT INTO appointments (id, unit_id, counter_id, occurrence_id, reason_code, starts_at, ends_at, occupied, state,
        place_kind, held_until, hold_token_hash, created_at)
    SELECT gen_random_uuid(), w.unit_id, w.counter_id, w.occurrence_id, 'other', lower(w.during), upper(w.during),
        w.during, 'held', 'unit', 'infinity', uuid_send(gen_random_uuid()), now()
    FROM opening_windows w WHERE lower(w.during) < '{start}'::timestamptz + (w.unit_id % {full}) * interval '1 day';
"""
# A plain index in place of the constraint's: adding a constraint looks each row up again, which takes minutes. Nothing
# is opened here, and the triggers use the index all the same.
_INDEXES = """
    CREATE INDEX ex_opening_windows_counter ON opening_windows
        USING gist (int4range(counter_id, counter_id, '[]'), during);
    CREATE INDEX ix_opening_windows_unit_id ON opening_windows (unit_id, lower(during));
    CREATE INDEX ix_opening_windows_occurrence_id ON opening_windows (occurrence_id);
    CREATE INDEX ix_opening_windows_agent_id ON opening_windows (agent_id) WHERE agent_id IS NOT NULL;
"""
# What `refresh_free_times` says of each window, in one statement over all of them: here each is either taken as a whole
# or free as a whole.
_FREE = """
    INSERT INTO free_times (window_id, unit_id, counter_id, agent_id, starts_at, ends_at, reason_codes, place_kind)
    SELECT w.id, w.unit_id, w.counter_id, w.agent_id, lower(w.during), upper(w.during), w.reason_codes, w.place_kind
    FROM opening_windows w
    WHERE NOT EXISTS (SELECT FROM appointments a WHERE a.counter_id = w.counter_id AND a.starts_at = lower(w.during));
    CREATE INDEX ix_free_times_unit_id ON free_times (unit_id, starts_at, ends_at DESC);
    CREATE INDEX ix_free_times_window_id ON free_times (window_id);
"""


def fill(url: str, start: date) -> None:
    """Fill a migrated, empty database; `url` is libpq's, of an account that may switch triggers off."""
    names = {"units": UNITS, "gendarmes": GENDARMES, "days": DAYS, "full": FULL_DAYS, "start": start.isoformat()}
    with psycopg.connect(url, autocommit=True) as connection:
        # Constraints and triggers would look at each of the millions of rows; what they would say is known here.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '512MB'")
        for step in (_BARE, _ROWS, _INDEXES, _FREE):
            for statement in step.format(**names).split(";\n"):
                if statement.strip():
                    connection.execute(statement.encode())
        connection.execute("VACUUM ANALYZE")


def sample_is_true(url: str) -> bool:
    """Say whether the index says of some windows what the database's own function says of them."""
    with psycopg.connect(url) as connection:
        windows = "SELECT array_agg(id) FROM (SELECT id FROM opening_windows WHERE id % 40009 = 7) sampled"
        rows = (
            "SELECT window_id, starts_at, ends_at, agent_id, reason_codes, place_kind FROM free_times"
            " WHERE window_id % 40009 = 7 ORDER BY 1, 2"
        )
        stored = connection.execute(rows.encode()).fetchall()
        connection.execute(f"SELECT refresh_free_times(({windows}))".encode())
        recomputed = connection.execute(rows.encode()).fetchall()
        connection.rollback()
    return bool(stored) and stored == recomputed
