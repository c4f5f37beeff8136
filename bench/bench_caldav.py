"""A CalDAV calendar of 2,000 objects on a real Radicale: read whole, asked again unchanged, asked after one change.

The whole reading is told in CPU time, the door before the server included, which counts the requests: Radicale takes
several times as long as we do, and how long depends on what it has in its cache. The peer of the other two is the whole
reading of the same run, on the clock.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bench.report import Row
from server.planning.caldav import Agenda
from server.planning.caldav_visit import VisitLimits
from server.planning.fetch import Unchanged
from tests.support.caldav_sources import Owner, event
from tests.support.certificates import Authority
from tests.support.radicale import FrontDoor, Radicale

OBJECTS, ROUNDS = 2_000, 5
BAR_CPU_S, BAR_RATIO = 10.0, 0.25
# However busy the machine is: figures are told, and not how patient we are.
_LIMITS = VisitLimits(read_s=300, total_s=300, visit_s=900)


def run() -> list[Row]:
    """Read a calendar in three ways.

    Raises:
        RuntimeError: something else was read, or asked for, than there is.
    """
    with tempfile.TemporaryDirectory() as folder:
        authority, server = Authority(Path(folder)), Radicale(Path(folder))
        server.start()
        try:
            with closing(FrontDoor(authority, "agenda.test", server)) as door:
                calendar = server.new_calendar()
                _fill(server.folder / "collections/collection-root" / calendar.path.strip("/"))
                return _measure(Owner(authority, door, calendar))
        finally:
            server.kill()


def _measure(owner: Owner) -> list[Row]:
    # Radicale reads every file once; afterwards it has them in its cache, as a server that runs.
    owner.read(limits=_LIMITS)
    owner.known = None
    cpu = time.process_time()
    whole, read = _timed_reading(owner)
    cpu = time.process_time() - cpu
    if not isinstance(read, Agenda) or len(read.objects) != OBJECTS:
        raise RuntimeError("the calendar was not read whole")
    requests = len(owner.asked)
    unchanged, polls = [], []
    for _ in range(ROUNDS):
        seconds, read = _timed_reading(owner)
        if read != Unchanged() or len(owner.asked) != 1:
            raise RuntimeError(f"an unchanged calendar took {owner.asked}")
        unchanged.append(seconds)
    for number in range(ROUNDS):
        owner.calendar.write(f"{number}.ics", event(number, hour=23))
        seconds, read = _timed_reading(owner)
        if not isinstance(read, Agenda) or len(read.objects) != 1 or len(owner.asked) != 2:
            raise RuntimeError(f"one change took {owner.asked}")
        polls.append(seconds)
    same, one = statistics.median(unchanged), statistics.median(polls)
    of_it, bar = "of a whole reading", f"≤ {BAR_RATIO}"
    return [
        Row(
            f"{OBJECTS:,} objects, read whole in {requests} requests, CPU time",
            cpu,
            "s",
            f"≤ {BAR_CPU_S:.0f}",
            "on the clock",
            whole,
            cpu <= BAR_CPU_S,
        ),
        Row(f"polled unchanged, one request: {same:.2f} s", same / whole, of_it, bar, ok=same <= BAR_RATIO * whole),
        Row(f"after one change, two requests: {one:.2f} s", one / whole, of_it, bar, ok=one <= BAR_RATIO * whole),
    ]


def _fill(folder: Path) -> None:
    # Two thousand PUTs take Radicale minutes; it reads what lies in its folder.
    for number in range(OBJECTS):
        (folder / f"{number}.ics").write_text(event(number, hour=number % 23), encoding="utf-8", newline="")


def _timed_reading(owner: Owner) -> tuple[float, Agenda | Unchanged]:
    started = time.perf_counter()
    read = owner.read(limits=_LIMITS)
    return time.perf_counter() - started, read
