"""A planning of 7,000 events and 15 MB: fetched over TLS and read, polled again unchanged, and made to do harm.

Each figure comes from a process of its own, imports included, as the worker would be hit for the first time. Reading is
told in CPU time, which a machine that is busy with other work does not stretch; the second poll on the clock. The peer
is the plain use of the libraries on the same file: `icalendar` reads it, `recurring-ical-events` expands what lies in
the same three months.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import stored_planning
from bench.plannings import NAME, big_calendar, serving
from bench.report import Row

EVENTS, OCTETS = 7_000, 15_000_000
BAR_S, BAR_MB, BAR_POLL_S = 10.0, 200.0, 0.5
BAR_REFUSED_S = 30.0

# What the processes run; each prints one line of JSON: seconds, and what came out. The peak of their memory is read
# from /proc, because a child's own account (ru_maxrss) begins with that of the process it was forked from.
_COMMON = """
import io, json, sys, time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo
started = 0.0
def peak_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
def tell(**more):
    print(json.dumps({"s": time.process_time() - started, "mb": peak_mb(), **more}))
start = datetime(2026, 11, 27, tzinfo=UTC)
end = start + timedelta(days=92)
"""
_OURS = (
    _COMMON
    + """
import socket
from push.endpoint_guard import AllowedHost
from models.rules.intervals import Interval
from server.planning.fetch import Source, Unchanged, Validators, fetch
from server.planning.ical import read_calendar
name, port, ca_file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
def lookup(host, port, **_):
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]
hosts = [AllowedHost(name, port, own=True, inside=True)]
source = Source(f"https://{name}:{port}/chef.ics")
found = fetch(source, None, hosts, ca_file, lookup=lookup)
reading = read_calendar(io.BytesIO(found.octets), Interval(start, end), ZoneInfo("Europe/Paris"))
first = time.process_time()
again = time.perf_counter()
unchanged = fetch(source, found.validators, hosts, ca_file, lookup=lookup) == Unchanged()
poll = time.perf_counter() - again
tell(first=first, poll=poll, unchanged=unchanged, busy=len({(b.starts_at, b.ends_at, b.uid) for b in reading.busy}),
     read=reading.read, refused=len(reading.refused))
"""
)
_PEER = (
    _COMMON
    + """
import icalendar, recurring_ical_events
with open(sys.argv[1], "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
found = recurring_ical_events.of(calendar).between(start, end)
tell(busy=len({(e["DTSTART"].dt.astimezone(UTC), e["DTEND"].dt.astimezone(UTC), e["UID"]) for e in found}))
"""
)
_HOSTILE = (
    _COMMON
    + """
from models.rules.intervals import Interval
from server.planning.errors import PlanningRefused
from server.planning.ical import read_calendar
HEAD = b"BEGIN:VCALENDAR\\r\\n"
class Endless(io.RawIOBase):
    def __init__(self, head, again):
        super().__init__()
        self.next, self.again, self.left = head, again, 1_000_000_000
    def readable(self):
        return True
    def readinto(self, buffer):
        while len(self.next) < len(buffer):
            self.next += self.again * (len(buffer) // len(self.again) + 1)
        count = min(len(buffer), self.left)
        buffer[:count] = self.next[:count]
        self.next, self.left = self.next[count:], self.left - count
        return count
def event(number, rest):
    lines = "BEGIN:VEVENT", f"UID:{number}", f"DTSTART:19000101T0000{number % 60:02}Z", rest, "END:VEVENT", ""
    return "\\r\\n".join(lines).encode()
def events(count, rest):
    return io.BytesIO(HEAD + b"".join(event(number, rest) for number in range(count)) + b"END:VCALENDAR")
stream = {
    "gigabyte": lambda: io.BufferedReader(Endless(HEAD, b"X-FILLER:" + b"x" * 60 + b"\\r\\n")),
    "one line": lambda: io.BufferedReader(Endless(HEAD + b"METHOD:", b"x" * 1000)),
    "folded line": lambda: io.BufferedReader(Endless(HEAD + b"METHOD:x\\r\\n", b" x\\r\\n")),
    "nested": lambda: io.BytesIO(HEAD + b"BEGIN:VEVENT\\r\\n" * 10_000 + b"END:VEVENT\\r\\n" * 10_000),
    "rules": lambda: events(10_000, "RRULE:FREQ=DAILY"),
    "empty rules": lambda: events(10_000, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"),
}[sys.argv[1]]()
started = time.process_time()
try:
    read_calendar(stream, Interval(start, end), ZoneInfo("Europe/Paris"))
    cause = ""
except PlanningRefused as error:
    cause = error.code
tell(cause=cause)
"""
)
HOSTILE = {
    "gigabyte": "a stream of 1 GB",
    "one line": "one line of 1 GB",
    "folded line": "one line in 250 million pieces",
    "nested": "10,000 nested components",
    "rules": "10,000 daily rules since 1900",
    "empty rules": "10,000 rules that nothing fulfils",
}


def run() -> list[Row]:
    """Read the calendar both ways, then the hostile ones.

    Raises:
        RuntimeError: the two do not find the same times, or something hostile was not refused.
    """
    content = big_calendar(EVENTS, OCTETS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calendar.ics"
        path.write_bytes(content)
        with serving(content, Path(folder)) as site:
            ours = _child(_OURS, NAME, str(site.port), site.ca_file)
            asked = site.asked
        peer = _child(_PEER, str(path))
    if (ours["busy"], ours["read"], ours["refused"]) != (peer["busy"], EVENTS, 0):
        raise RuntimeError(f"the two do not agree: {ours} and {peer}")
    if not ours["unchanged"] or asked != 2:
        raise RuntimeError(f"two polls took {asked} requests, and the second one gave the file again")
    first, poll, memory = float(ours["first"]), float(ours["poll"]), float(ours["mb"])
    size = f"{EVENTS:,} events, {len(content) / 1e6:.1f} MB"
    plain = "plain libraries"
    rows = [
        Row(f"{size}: fetch and read, CPU time", first, "s", f"≤ {BAR_S:.0f}", plain, float(peer["s"]), first <= BAR_S),
        Row("memory at its highest", memory, "MB", f"≤ {BAR_MB:.0f}", plain, float(peer["mb"]), memory <= BAR_MB),
        Row("second poll, unchanged, one request", poll, "s", f"≤ {BAR_POLL_S}", ok=poll <= BAR_POLL_S),
    ]
    rows += stored_planning.run(content, size)
    for name, what in HOSTILE.items():
        found = _child(_HOSTILE, name)
        if not found["cause"]:
            raise RuntimeError(f"{what}: read as if nothing were wrong")
        seconds, memory = float(found["s"]), float(found["mb"])
        what = f"{what}: {found['cause']}, {memory:.0f} MB"
        rows.append(Row(what, seconds, "s", f"≤ {BAR_REFUSED_S:.0f}", ok=seconds <= BAR_REFUSED_S and memory <= BAR_MB))
    return rows


def _child(code: str, *arguments: str) -> dict[str, float | str | bool]:
    told = subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True).stdout
    found: dict[str, float | str | bool] = json.loads(told)
    return found
