"""One search of a busy unit's month, from the database; beside it, django-appointment on the same month.

"Search" means all free starts of 30 days, of every gendarme; both must find the same number of free half-hours.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import psycopg
from sqlalchemy import make_url, text
from sqlalchemy.dialects.postgresql import Range

from bench import unit_month
from bench.reference import throwaway_url
from bench.report import Row
from bench.web_process import like_the_web_process
from models.database import Database, libpq_url
from models.queries.slots import find_slots
from models.rules.actor import Role
from models.tables import Agent, OpeningWindow, Reason
from tests.support.agenda import seed_windows
from tests.support.processes import PROJECT
from tests.support.seed import seed_agent, seed_unit

BAR_MS = 20.0
BAR_TIMES = 300.0
SEARCHES = 200


def run() -> list[Row]:
    """Search 200 times, after ten to warm up; the peer searches twice, and its faster one counts."""
    with throwaway_url() as url:
        database = Database(url, pool_size=2, application_name="brigade bench")
        try:
            unit_id, start = _load(database)
            with like_the_web_process():
                ours = _search(database, unit_id, start)
        finally:
            database.dispose()
        peer_ms = _peer_ms(url)
    p50, p95 = _percentile(ours, 0.5), _percentile(ours, 0.95)
    month = "20 gendarmes × 30 days, 3,600 bookings"
    times = peer_ms / p95
    return [
        Row(f"{month}: one search, p50", p50, "ms", peer="django-appointment", peer_measured=peer_ms),
        Row(f"{month}: one search, p95", p95, "ms", f"≤ {BAR_MS:.0f}", "django-appointment", peer_ms, p95 <= BAR_MS),
        Row(
            "as many times faster, p95 against the peer's best", times, "×", f"≥ {BAR_TIMES:.0f}", ok=times >= BAR_TIMES
        ),
    ]


def _load(database: Database) -> tuple[int, date]:
    start = unit_month.first_day(datetime.now(UTC).date())
    with database.transaction() as session:
        reason = session.get_one(Reason, "road")
        reason.duration_minutes, reason.buffer_minutes, reason.notice_minutes = unit_month.MINUTES, 0, 0
        unit = seed_unit(session)
        unit.time_zone = "UTC"
        agents = [seed_agent(session, unit, Role.CHIEF) for _ in range(unit_month.GENDARMES)]
        windows = {
            (number, day): _window(session, agent, start + timedelta(days=day))
            for number, agent in enumerate(agents)
            for day in range(unit_month.DAYS)
        }
        session.execute(_BOOKINGS, [_booking(windows[one.gendarme, one.day], one) for one in unit_month.bookings()])
        unit_id = unit.id
    with psycopg.connect(libpq_url(database.url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return unit_id, start


def _window(session, agent: Agent, day: date) -> OpeningWindow:
    opens = datetime(day.year, day.month, day.day, unit_month.OPENS, tzinfo=UTC)
    closes = opens.replace(hour=unit_month.CLOSES)
    (window,) = seed_windows(session, agent, opens, closes, agent=agent)
    return window


# A booking, its appointment and its gendarme; what the bench needs of a citizen is that there is one.
_BOOKINGS = text("""
    WITH booking AS (
        INSERT INTO bookings (id, reference, unit_id, reason_code, discreet, language, caller_name, follow_token_hash,
            follow_generation, follow_code_hash, idempotency_hash, submission_hash, created_at)
        VALUES (gen_random_uuid(), gen_random_uuid()::text, :unit, 'road', false, 'fr', 'Camille Essai',
            uuid_send(gen_random_uuid()), 1, '', uuid_send(gen_random_uuid()), '', now())
        RETURNING id
    ),
    appointment AS (
        INSERT INTO appointments (id, unit_id, counter_id, occurrence_id, booking_id, reason_code, starts_at, ends_at,
            occupied, state, place_kind, created_at, booked_at)
        SELECT gen_random_uuid(), :unit, :counter, :occurrence, booking.id, 'road', :starts_at, :ends_at,
            tstzrange(:starts_at, :ends_at), 'confirmed', 'unit', now(), now() FROM booking
        RETURNING id, occupied, occupies
    )
    INSERT INTO appointment_agents (appointment_id, agent_id, occupied, occupies, taken_at)
    SELECT id, :agent, occupied, occupies, now() FROM appointment
""")


def _booking(window: OpeningWindow, booked: unit_month.Booked) -> dict[str, object]:
    during: Range[datetime] = window.during
    assert during.lower is not None
    starts_at = during.lower + timedelta(minutes=unit_month.MINUTES * booked.half_hour)
    return {
        "unit": window.unit_id,
        "counter": window.counter_id,
        "occurrence": window.occurrence_id,
        "agent": window.agent_id,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=unit_month.MINUTES),
    }


def _search(database: Database, unit_id: int, start: date) -> list[float]:
    """Return the milliseconds of each search, each in a transaction of its own as a page opens it."""
    last, now = start + timedelta(days=unit_month.DAYS - 1), datetime.now(UTC)
    elapsed = []
    for number in range(SEARCHES + 10):
        started = time.perf_counter()
        with database.snapshot() as session:
            found = find_slots(session, unit_id, "road", start, last, now)
        if number >= 10:
            elapsed.append((time.perf_counter() - started) * 1000)
    _require(sum(len(slot.choices) for slot in found), "our search")
    return elapsed


def _require(found: int, who: str) -> None:
    expected = len(unit_month.free())
    if found != expected:
        raise RuntimeError(f"{who} found {found} free half-hours, not {expected}")


def _peer_ms(url: str) -> float:
    address = make_url(url).set(database="peer")
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        connection.execute("CREATE DATABASE peer")
    done = subprocess.run(
        [sys.executable, "-m", "bench.peer_django_appointment", address.render_as_string(hide_password=False)],
        cwd=PROJECT,
        check=True,
        stdout=subprocess.PIPE,
    )
    answer = json.loads(done.stdout)
    _require(answer["found"], "django-appointment")
    return float(min(answer["seconds"])) * 1000


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]
