"""A search in a unit that has a planning, beside the same search in the same unit without one.

Ten gendarmes with 250 imported absences each over four hundred days, five counters that name nobody, 30 days searched.
Both searches run by turns, so that whatever else the machine does meanwhile hits both.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

import psycopg
from sqlalchemy import text

from bench.reference import throwaway_url
from bench.report import Row
from models.database import Database, libpq_url
from models.queries.slots import find_slots
from models.rules.actor import Role
from models.tables import Reason
from server.services._clashes import weigh_clashes
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.planned import seed_source
from tests.support.seed import seed_agent, seed_unit

BAR_MS = 20.0
BAR_TIMES = 3.0
SEARCHES = 200
WARM_UP = 10
GENDARMES, ABSENCES, COUNTERS, DAYS = 10, 250, 5, 30
BOOKED_A_DAY = 8

# Four to twelve hours away, nearly all at once: what a planning has most of are nights, courses and operations.
_ABSENCES = text("""
    INSERT INTO absences (id, agent_id, during, source, planning_source_id, planning_key, declared_at)
    SELECT gen_random_uuid(), agent.id,
        tstzrange(start.at, start.at + (4 + 4 * (number % 3)) * interval '1 hour'), 'planning', :source,
        uuid_send(gen_random_uuid()), now()
    FROM agents agent, generate_series(0, :absences - 1) number,
        LATERAL (
            SELECT CAST(:first AS timestamptz) + number * interval '38 hours' + agent.id % 3 * interval '1 hour' AS at
        ) start
    WHERE agent.unit_id = :unit
""")


def run() -> list[Row]:
    """Search 200 times with the planning and 200 times without, then weigh what it contradicts."""
    with throwaway_url() as url:
        database = Database(url, pool_size=2, application_name="brigade bench")
        try:
            planned, plain, first = _load(database)
            with_planning, without = _search(database, planned, plain, first)
            weighed = _weigh(database, planned)
        finally:
            database.dispose()
    p95, bare = _percentile(with_planning, 0.95), _percentile(without, 0.95)
    ratio = statistics.median(with_planning) / statistics.median(without)
    what = f"{GENDARMES} gendarmes × {ABSENCES} absences, {COUNTERS} counters × {DAYS} days"
    return [
        Row(f"{what}: one search, p95", p95, "ms", f"≤ {BAR_MS:.0f}", "no planning", bare, p95 <= BAR_MS),
        Row(
            "as many times slower than without a planning, p50", ratio, "×", f"≤ {BAR_TIMES:.0f}", ok=ratio <= BAR_TIMES
        ),
        Row("weighing what the planning contradicts, nothing new, p95", _percentile(weighed, 0.95), "ms"),
    ]


def _load(database: Database) -> tuple[int, int, date]:
    """Two units with the same openings and appointments, one of which has a planning."""
    first = datetime.now(UTC).date() + timedelta(days=1)
    units = []
    with database.transaction() as session:
        reason = session.get_one(Reason, "road")
        reason.duration_minutes, reason.buffer_minutes, reason.notice_minutes = 30, 0, 0
        for number in (1, 2):
            unit = seed_unit(session, number, f"Brigade {number}")
            unit.time_zone = "UTC"
            agents = [seed_agent(session, unit, Role.CHIEF) for _ in range(GENDARMES)]
            for day in range(DAYS):
                opens = datetime.combine(first + timedelta(days=day), clock(8), UTC)
                windows = seed_windows(session, agents[0], opens, opens + timedelta(hours=10), counters=COUNTERS)
                for booked in range(BOOKED_A_DAY):
                    window = windows[booked % COUNTERS]
                    at = opens + timedelta(hours=booked)
                    seed_appointment(session, window, at, reason_code="road")
            units.append((unit.id, agents[0]))
        planned, chief = units[0]
        source = seed_source(session, chief)
        start = datetime.combine(first, clock(0), UTC)
        session.execute(_ABSENCES, {"source": source.id, "absences": ABSENCES, "first": start, "unit": planned})
    with psycopg.connect(libpq_url(database.url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    with database.transaction() as session:
        weigh_clashes(session, planned, datetime.now(UTC))
    return planned, units[1][0], first


def _search(database: Database, planned: int, plain: int, first: date) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each search with and without, each in a transaction of its own."""
    last, now = first + timedelta(days=DAYS - 1), datetime.now(UTC)
    elapsed: dict[int, list[float]] = {planned: [], plain: []}
    found = {}
    for number in range(SEARCHES + WARM_UP):
        for unit_id in (planned, plain):
            started = time.perf_counter()
            with database.snapshot() as session:
                found[unit_id] = find_slots(session, unit_id, "road", first, last, now)
            if number >= WARM_UP:
                elapsed[unit_id].append((time.perf_counter() - started) * 1000)
    if not 0 < len(found[planned]) < len(found[plain]):
        raise RuntimeError(f"the planning took nothing away: {len(found[planned])} of {len(found[plain])} starts")
    return elapsed[planned], elapsed[plain]


def _weigh(database: Database, unit_id: int) -> list[float]:
    elapsed = []
    for _ in range(30):
        started = time.perf_counter()
        with database.transaction() as session:
            weigh_clashes(session, unit_id, datetime.now(UTC))
        elapsed.append((time.perf_counter() - started) * 1000)
    return elapsed


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]
