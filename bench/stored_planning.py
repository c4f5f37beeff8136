"""A calendar from its server into the database, by the very job that the worker runs, in a process of its own.

Its gendarme is named in an opening of every weekday, so that each absence has free times to be taken from. The first
poll is told in CPU time of the worker and of the database, imports included; the second one on the clock. The peer is
the same number of rows, inserted in the plainest way that PostgreSQL has: without index, trigger or rule.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, text

from bench.plannings import serving
from bench.reference import throwaway_url
from bench.report import Row
from models.database import Database
from models.tables import Absence
from server.calendar_settings import CalendarSettings
from server.sealing import Sealer
from server.services.add_planning_source import AddPlanningSource, Kind, add_planning_source
from tests.support.agenda import seed_windows
from tests.support.seed import actor_of, seed_agent, seed_territory

HOST = "localhost"
WINDOWS = 280
BAR_S, BAR_MB, BAR_POLL_S = 10.0, 200.0, 0.5
_SECRET = "a key that only the benchmark knows, 32+ characters"

_JOB = """
import json, os, sys, time
from sqlalchemy import text
from models.database import Database
from server.config import load_settings
from server.context import Context
from server.jobs import wiring
from server.jobs.plannings import poll_planning
from server.tokens import Tokens
def peak_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
settings = load_settings(os.environ)
database = Database(settings.database_url, pool_size=1)
wiring.install(Context(settings, database, Tokens(settings.secret_key)))
def database_cpu():
    # The pool's one connection, whose process is on this machine.
    with database.transaction() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    with open(f"/proc/{pid}/stat") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
before = database_cpu()
poll_planning(sys.argv[1])
first = time.process_time() + database_cpu() - before
clock = time.perf_counter()
poll_planning(sys.argv[1])
again = time.perf_counter() - clock
print(json.dumps({"first": first, "poll": again, "mb": peak_mb()}))
"""


def run(content: bytes, what: str) -> list[Row]:
    """Poll twice.

    Raises:
        RuntimeError: it was not read, or the second poll took more than a request.
    """
    with throwaway_url() as url, tempfile.TemporaryDirectory() as folder, serving(content, Path(folder), HOST) as site:
        database = Database(url, pool_size=2, application_name="brigade bench")
        try:
            source_id = _load(database, f"https://{HOST}:{site.port}/chef.ics")
            told = _poll(url, source_id, site.port, site.ca_file)
            with database.transaction() as session:
                count = session.scalar(select(func.count()).select_from(Absence)) or 0
            plain = _plain(database)
        finally:
            database.dispose()
        if not count or site.asked != 2:
            raise RuntimeError(f"{count} absences after {site.asked} requests")
    first, poll, memory = told["first"], told["poll"], told["mb"]
    rows = f"{count:,} plain rows"
    into = f"{what}: from its server into the database ({count:,} absences), CPU time"
    return [
        Row(into, first, "s", f"≤ {BAR_S:.0f}", rows, plain, first <= BAR_S),
        Row("the same job, memory at its highest", memory, "MB", f"≤ {BAR_MB:.0f}", ok=memory <= BAR_MB),
        Row("its second poll, unchanged, one request", poll, "s", f"≤ {BAR_POLL_S}", ok=poll <= BAR_POLL_S),
    ]


def _load(database: Database, url: str) -> UUID:
    now = datetime.now(UTC)
    with database.transaction() as session:
        agent = seed_agent(session, seed_territory(session))
        for number in range(WINDOWS):
            start = now.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1 + number * 7 // 5)
            seed_windows(session, agent, start, start + timedelta(hours=8))
        session.execute(text("UPDATE opening_windows SET agent_id = :id"), {"id": agent.id})
        sealer = Sealer(CalendarSettings((_SECRET.encode(),)).secrets)
        command = AddPlanningSource(Kind.ICAL, "Agenda de service", url=url)
        return add_planning_source(session, command, actor_of(agent), now, sealer)


def _poll(url: str, source_id: UUID, port: int, ca_file: str) -> dict[str, float]:
    environment = {
        "DATABASE_URL": url,
        "SECRET_KEY": _SECRET,
        "PSYCOPG_WAIT_FUNC": "wait_selector",
        "CALENDAR_HOSTS": f"{HOST}:{port}",
        "CALENDAR_HOSTS_INSIDE": "1",
        "CALENDAR_CA_FILE": ca_file,
    }
    command = [sys.executable, "-c", _JOB, str(source_id)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    found: dict[str, float] = json.loads(told)
    return found


def _plain(database: Database) -> float:
    with database.transaction() as session:
        session.execute(text("CREATE TABLE plain AS SELECT * FROM absences WITH NO DATA"))
        started = time.perf_counter()
        session.execute(text("INSERT INTO plain SELECT * FROM absences"))
        session.flush()
        return time.perf_counter() - started
