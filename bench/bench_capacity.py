"""A search in a unit that has a large planning, beside the same search in the same unit without one.

Ten gendarmes with 2,500 imported absences each over four hundred days, five counters that name nobody; a week and 30
days searched. Earliest anywhere: sixteen units whose plannings say that everybody is away on the first day, beside as
many without a planning. Searches that are compared run by turns, so that whatever else the machine does hits both.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import NamedTuple

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.reference import throwaway_url
from bench.report import Row
from bench.web_process import like_the_web_process
from models.database import Database, libpq_url
from models.queries.earliest import earliest_around
from models.queries.slots import find_slots
from models.rules.actor import Role
from models.tables import Agent, Reason
from server.services._clashes import weigh_clashes
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.planned import seed_source
from tests.support.seed import seed_agent, seed_unit

BAR_MS = 20.0
BAR_TIMES = 3.0
SEARCHES = 200
WARM_UP = 10
GENDARMES, ABSENCES, COUNTERS, DAYS, WEEK = 10, 2_500, 5, 30, 7
BOOKED_A_DAY = 8
# Earliest anywhere: units around, gendarmes of each, and how many absences of each besides the one of the first day.
EARLIEST = 60
UNITS, SMALL, EARLIER = 16, 5, 400

# Half an hour to an hour away, day and night: what a calendar of a busy gendarme has most of are short entries.
_ABSENCES = text("""
    INSERT INTO absences (id, agent_id, during, source, planning_source_id, planning_key, declared_at)
    SELECT gen_random_uuid(), agent.id,
        tstzrange(start.at, start.at + (30 + 15 * (number % 3)) * interval '1 minute'), 'planning', :source,
        uuid_send(gen_random_uuid()), now()
    FROM agents agent, generate_series(0, :absences - 1) number,
        LATERAL (
            SELECT CAST(:first AS timestamptz) + number * interval '230 minutes'
                + agent.id % 3 * interval '10 minutes' AS at
        ) start
    WHERE agent.unit_id = :unit
""")

# Each evening, when nobody receives, and the whole first day.
_FIRST_DAY = text("""
    INSERT INTO absences (id, agent_id, during, source, planning_source_id, planning_key, declared_at)
    SELECT gen_random_uuid(), agent.id, tstzrange(away.starts_at, away.ends_at), 'planning', :source,
        uuid_send(gen_random_uuid()), now()
    FROM agents agent, (
        SELECT CAST(:opens AS timestamptz) AS starts_at, CAST(:opens AS timestamptz) + interval '10 hours' AS ends_at
        UNION ALL
        SELECT at, at + interval '45 minutes'
        FROM generate_series(0, :absences - 1) number,
            LATERAL (SELECT CAST(:opens AS timestamptz) + number * interval '1 day' + interval '12 hours' AS at) evening
    ) away
    WHERE agent.unit_id = :unit
""")


def run() -> list[Row]:
    """Search 200 times with the planning and 200 times without, a week and a month; weigh; then earliest anywhere."""
    with throwaway_url() as url:
        database = Database(url, pool_size=2, application_name="brigade bench")
        try:
            planned, plain, first = _load(database)
            with like_the_web_process():
                week = _search(database, planned, plain, first, WEEK)
                month = _search(database, planned, plain, first, DAYS)
                weighed = _weigh(database, planned)
        finally:
            database.dispose()
    with throwaway_url() as url:
        database = Database(url, pool_size=2, application_name="brigade bench")
        try:
            away, there = _around(database)
        finally:
            database.dispose()
    what = f"{GENDARMES} gendarmes × {ABSENCES:,} absences, {COUNTERS} counters"
    p95, bare = _percentile(week.planned, 0.95), _percentile(week.plain, 0.95)
    return [
        Row(f"{what}, {WEEK} days: one search, p95", p95, "ms", f"≤ {BAR_MS:.0f}", "no planning", bare, p95 <= BAR_MS),
        Row(f"{WEEK} days: CPU of this process, p50", week.planned_cpu, "ms", "", "no planning", week.plain_cpu),
        _times(f"{WEEK} days", week.planned, week.plain),
        _against(f"{DAYS} days: one search, p50", month.planned, month.plain),
        Row(f"{DAYS} days: CPU of this process, p50", month.planned_cpu, "ms", "", "no planning", month.plain_cpu),
        _times(f"{DAYS} days", month.planned, month.plain),
        Row("weighing what the planning contradicts, nothing new, p95", _percentile(weighed, 0.95), "ms"),
        _against(f"earliest of {UNITS} units, everybody away on the first day, p50", away, there),
        _times("earliest", away, there),
    ]


def _against(what: str, planned: list[float], plain: list[float]) -> Row:
    return Row(what, statistics.median(planned), "ms", "", "no planning", statistics.median(plain))


def _times(what: str, planned: list[float], plain: list[float]) -> Row:
    ratio = statistics.median(planned) / statistics.median(plain)
    return Row(
        f"{what}: as many times slower than without a planning, p50",
        ratio,
        "×",
        f"≤ {BAR_TIMES:.0f}",
        ok=ratio <= BAR_TIMES,
    )


def _load(database: Database) -> tuple[int, int, date]:
    """Two units with the same openings and appointments, one of which has a planning."""
    first = datetime.now(UTC).date() + timedelta(days=1)
    units = []
    with database.transaction() as session:
        _terms(session)
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
    _analyse(database)
    with database.transaction() as session:
        weigh_clashes(session, planned, datetime.now(UTC))
    return planned, units[1][0], first


class _Searched(NamedTuple):
    """The milliseconds of each search with a planning and without, and of CPU in this process (the median)."""

    planned: list[float]
    plain: list[float]
    planned_cpu: float
    plain_cpu: float


def _search(database: Database, planned: int, plain: int, first: date, days: int) -> _Searched:
    """Search by turns with and without, each in a transaction of its own."""
    last, now = first + timedelta(days=days - 1), datetime.now(UTC)
    elapsed: dict[int, list[float]] = {planned: [], plain: []}
    cpu: dict[int, list[float]] = {planned: [], plain: []}
    found = {}
    for number in range(SEARCHES + WARM_UP):
        for unit_id in (planned, plain):
            started, began = time.perf_counter(), time.process_time()
            with database.snapshot() as session:
                found[unit_id] = find_slots(session, unit_id, "road", first, last, now)
            if number >= WARM_UP:
                elapsed[unit_id].append((time.perf_counter() - started) * 1000)
                cpu[unit_id].append((time.process_time() - began) * 1000)
    if not 0 < len(found[planned]) < len(found[plain]):
        raise RuntimeError(f"the planning took nothing away: {len(found[planned])} of {len(found[plain])} starts")
    return _Searched(elapsed[planned], elapsed[plain], statistics.median(cpu[planned]), statistics.median(cpu[plain]))


def _around(database: Database) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each earliest anywhere where all units have a planning, and where none has."""
    first = datetime.now(UTC).date() + timedelta(days=1)
    opens = datetime.combine(first, clock(8), UTC)
    with database.transaction() as session:
        _terms(session)
        # Two regions too far apart to be each other's neighbours.
        planned, plain = (_neighbours(session, opens, number) for number in (0, 1))
        for chief in planned:
            source = seed_source(session, chief)
            session.execute(
                _FIRST_DAY, {"source": source.id, "opens": opens, "absences": EARLIER, "unit": chief.unit_id}
            )
    _analyse(database)
    elapsed: tuple[list[float], list[float]] = ([], [])
    now = datetime.now(UTC)
    for number in range(EARLIEST + WARM_UP):
        for into, chiefs, day in zip(elapsed, (planned, plain), (1, 0), strict=True):
            started = time.perf_counter()
            with database.snapshot() as session:
                assert chiefs[0].unit_id is not None
                found = earliest_around(session, chiefs[0].unit_id, "road", now)
            if number >= WARM_UP:
                into.append((time.perf_counter() - started) * 1000)
            starts = [slot.starts_at for unit in found for slot in unit.slots]
            if len(starts) != 18 or min(starts) != opens + timedelta(days=day):
                raise RuntimeError(f"earliest anywhere found {len(starts)} starts from {min(starts, default=None)} on")
    return elapsed


def _neighbours(session: Session, opens: datetime, region: int) -> list[Agent]:
    """A region of units a kilometre from each other, all with the same openings; returns their chiefs."""
    chiefs = []
    for number in range(UNITS):
        unit = seed_unit(session, region * UNITS + number + 1, f"Brigade {region}.{number}")
        unit.time_zone, unit.institution, unit.receives_contact_requests = "UTC", "GN", True
        unit.latitude, unit.longitude = 44.0 + 4 * region + number * 0.01, 2.0
        agents = [seed_agent(session, unit, Role.CHIEF) for _ in range(SMALL)]
        for day in range(DAYS):
            start = opens + timedelta(days=day)
            seed_windows(session, agents[0], start, start + timedelta(hours=10), counters=3)
        chiefs.append(agents[0])
    return chiefs


def _terms(session: Session) -> None:
    reason = session.get_one(Reason, "road")
    reason.duration_minutes, reason.buffer_minutes, reason.notice_minutes = 30, 0, 0


def _analyse(database: Database) -> None:
    with psycopg.connect(libpq_url(database.url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


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
