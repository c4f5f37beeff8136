"""A thousand citizens press at once for ten times of one morning, through the pages of two web processes.

Ten of them book; every other one must get the page that says so kindly and names the next free times. Then three
hundred citizens with a time of their own each, thirty at once, say how many bookings a second the two processes take.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import func, select

from bench.reference import throwaway_url
from bench.report import Row
from models.database import Database
from models.rules.actor import Role
from models.rules.appointments import BOOKED
from models.tables import Appointment
from server.pages.booking.picks import Pick, write_pick
from tests.support.agenda import seed_windows
from tests.support.processes import Deployment
from tests.support.recomputation import overlaps
from tests.support.seed import SECRET_KEY, seed_agent, seed_territory

CITIZENS, TIMES = 1000, 10
UNHURRIED, AT_ONCE = 300, 30
PATIENCE_S = 300
REASON, HALF_HOUR = "neighbours", timedelta(minutes=30)


@dataclass(frozen=True)
class Answer:
    """What one citizen came to: `booked`, `told` with the next times, or the status of what went wrong."""

    outcome: str
    seconds: float


def run() -> list[Row]:
    """Race, count in the database, then measure the throughput.

    Raises:
        RuntimeError: two citizens have the same time.
    """
    morning = (datetime.now(UTC) + timedelta(days=7)).replace(hour=8, minute=0, second=0, microsecond=0)
    with throwaway_url() as url, tempfile.TemporaryDirectory() as folder:
        database = Database(url, pool_size=2, application_name="brigade bench")
        # Every citizen comes from an address of their own, as they do behind a proxy.
        settings = {"SECRET_KEY": SECRET_KEY.decode(), "TRUSTED_PROXIES": "1"}
        deployment = Deployment(url, Path(folder), settings)
        try:
            unit_id = _seed(database, morning)
            ports = [deployment.web().port, deployment.web().port]
            wanted = [morning + HALF_HOUR * (number % TIMES) for number in range(CITIZENS)]
            answers, seconds = asyncio.run(_crowd(ports, unit_id, wanted, CITIZENS))
            booked = _booked(database, morning)
            later = [morning + timedelta(days=1) + HALF_HOUR * (number // 20) for number in range(UNHURRIED)]
            calm, calm_seconds = asyncio.run(_crowd(ports, unit_id, later, AT_ONCE))
            _require_no_overlap(database)
        finally:
            deployment.close()
            database.dispose()
    count = Counter(answer.outcome for answer in answers)
    broken = CITIZENS - count["booked"] - count["told"]
    rate = Counter(answer.outcome for answer in calm)["booked"] / calm_seconds
    slowest = max(answer.seconds for answer in answers)
    race = f"{CITIZENS} at once for {TIMES} times"
    return [
        Row(f"{race}: booked", booked, "", f"= {TIMES}", ok=booked == count["booked"] == TIMES),
        Row("told kindly, with the next times", count["told"], "", f"= {CITIZENS - TIMES}", ok=not broken),
        Row("anything else (5xx, cut off)", broken, "", "= 0", ok=broken == 0),
        Row("answers a second in the race", CITIZENS / seconds, "/s"),
        Row("the slowest answer of the race", slowest, "s"),
        Row(f"bookings a second, {AT_ONCE} citizens at once", rate, "/s"),
        Row("one booking then, median of its requests", statistics.median(one.seconds for one in calm) * 1000, "ms"),
    ]


def _seed(database: Database, morning: datetime) -> int:
    with database.transaction() as session:
        unit = seed_territory(session)
        chief = seed_agent(session, unit, Role.CHIEF)
        seed_windows(session, chief, morning, morning + HALF_HOUR * TIMES)
        seed_windows(session, chief, morning + timedelta(days=1), morning + timedelta(days=1, hours=8), counters=20)
        return unit.id


def _booked(database: Database, morning: datetime) -> int:
    with database.transaction() as session:
        during = Appointment.starts_at.between(morning, morning + HALF_HOUR * TIMES)
        count = session.scalar(
            select(func.count()).select_from(Appointment).where(during, Appointment.state.in_(BOOKED))
        )
        return count or 0


def _require_no_overlap(database: Database) -> None:
    with database.transaction() as session:
        if found := overlaps(session):
            raise RuntimeError(f"double bookings: {found}")


async def _crowd(
    ports: Sequence[int], unit_id: int, wanted: Sequence[datetime], at_once: int
) -> tuple[list[Answer], float]:
    """Let a citizen come for each time, so many at once; returns their answers and the seconds it took."""
    gate = asyncio.Semaphore(at_once)

    async def come(number: int) -> Answer:
        async with gate:
            citizen = _Citizen(ports[number % len(ports)], number)
            started = time.perf_counter()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    outcome = await citizen.come(unit_id, wanted[number])
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                outcome = type(error).__name__
            return Answer(outcome, time.perf_counter() - started)

    started = time.perf_counter()
    answers = await asyncio.gather(*(come(number) for number in range(len(wanted))))
    return list(answers), time.perf_counter() - started


class _Citizen:
    """Somebody on the page of times; asks without a library, whose thousand threads would be measured too."""

    def __init__(self, port: int, number: int) -> None:
        self.port = port
        # Of the network for documentation and its neighbours: addresses of their own.
        self.address = f"198.18.{number // 250}.{number % 250 + 1}"
        self.form = {"key": str(uuid4()), "reason_code": REASON, "commune": "Belley", "commune_insee": "01034"}

    async def come(self, unit_id: int, start: datetime) -> str:
        pick = write_pick(Pick(unit_id, start, "unit"))
        status, page = await self._post({**self.form, "step": "when", "go": f"pick-{pick}"})
        if status == 409:
            told = re.search(r'id="pris".*?</div>', page, re.DOTALL)
            return "told" if told and 'value="pick-' in told[0] else "409 without the next times"
        if status != 200:
            return str(status)
        hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
        who = {"caller_name": "Camille Essai", "email": f"{self.form['key']}@example.org", "go": "continue"}
        status, _ = await self._post({**self.form, **hidden, **who, "step": "who"})
        return "booked" if status == 303 else str(status)

    async def _post(self, form: dict[str, str]) -> tuple[int, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        body = urlencode(form).encode()
        head = (
            f"POST /rendez-vous HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n"
            f"X-Forwarded-For: {self.address}\r\nSec-Fetch-Site: same-origin\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            writer.write(head.encode() + body)
            await writer.drain()
            answer = await reader.read()
        finally:
            writer.close()
        if not answer:
            raise ConnectionResetError("no answer")
        return int(answer.split(b" ", 2)[1]), answer.decode(errors="replace")
