"""A calendar as a busy Exchange exports it, and a server that serves it and counts who asks."""

from __future__ import annotations

import random
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.certificates import Authority

NAME = "agenda.test"
_ETAG = '"7000"'
_ZONE = """BEGIN:VTIMEZONE
TZID:Romance Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""
_RULES = (
    "FREQ=WEEKLY;BYDAY=MO",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
    "FREQ=MONTHLY;BYDAY=2WE",
    "FREQ=DAILY;COUNT=30",
    "FREQ=WEEKLY;BYDAY=FR;UNTIL=20280101T000000Z",
)


def big_calendar(events: int, octets: int) -> bytes:
    """A calendar with `events` events, one in ten recurring, filled up to `octets` with descriptions and attendees."""
    chance = random.Random(1)  # The same calendar in every run.
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bench//FR", "METHOD:PUBLISH", *_ZONE.splitlines()]
    each = octets // events
    for number in range(events):
        day = date(2022, 1, 3) + timedelta(days=chance.randrange(6 * 365))
        start = datetime(day.year, day.month, day.day, chance.randrange(6, 22), 30)  # noqa: DTZ001
        end = start + timedelta(minutes=30 * chance.randrange(1, 17))
        event = [
            "BEGIN:VEVENT",
            f"UID:{number:040x}@example.gouv.fr",
            "DTSTAMP:20261127T080000Z",
            f"DTSTART;TZID=Romance Standard Time:{start:%Y%m%dT%H%M%S}",
            f"DTEND;TZID=Romance Standard Time:{end:%Y%m%dT%H%M%S}",
            "SEQUENCE:0",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "SUMMARY:Patrouille de surveillance",
        ]
        if number % 10 == 0:
            event.append(f"RRULE:{chance.choice(_RULES)}")
        for guest in range(6):
            event += [f'ATTENDEE;CN="Gendarme {guest}";ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CUTYPE=IND', " IVIDUAL:"]
            event[-1] += f"mailto:gendarme.{guest}@example.gouv.fr"
        filler = max(0, each - sum(len(one) + 2 for one in event) - 30)
        text = "DESCRIPTION:" + "Point de situation puis consignes pour la nuit. " * (filler // 47)
        event += [text[:74], *(f" {text[at : at + 73]}" for at in range(74, len(text), 73)), "END:VEVENT"]
        lines += event
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


class Site:
    """Serves one file with a validator (RFC 9110, section 8.8) over TLS on this machine; `asked` counts requests."""

    def __init__(self, content: bytes, folder: Path, name: str) -> None:
        authority = Authority(folder)
        self.ca_file = str(authority.ca_file)
        self.asked = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked += 1
                known = self.headers.get("If-None-Match") == _ETAG
                self.send_response(304 if known else 200)
                self.send_header("ETag", _ETAG)
                self.send_header("Content-Length", "0" if known else str(len(content)))
                self.end_headers()
                if not known:
                    self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.certify(name))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.port: int = self._server.server_port

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def serving(content: bytes, folder: Path, name: str = NAME) -> Iterator[Site]:
    """Serve `content` as long as the block lasts, on a host with this name."""
    site = Site(content, folder, name)
    try:
        yield site
    finally:
        site.close()
