"""Sites with next to nothing on them: what a machine and its browser cost by themselves."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Nothing but a title.
BARE_PAGE = (
    "<!doctype html><html lang=fr><title>Rien</title><meta name=viewport content='width=device-width'><h1>Rien</h1>"
)


def page_with_rows(rows: int) -> str:
    """A page that is nothing but `rows` links, without style or script."""
    links = "".join(f"<li><a href='#{row}'>Porter plainte<br>Belley, il y a {row} min</a>" for row in range(rows))
    return f"{BARE_PAGE}<ul>{links}</ul>"


@contextmanager
def bare_site(page: str) -> Iterator[str]:
    """Yield the address of a site that answers everything with `page`."""

    class Site(_Quiet):
        def do_GET(self) -> None:
            self._answer(page.encode(), "text/html; charset=utf-8")

    with _serving(Site) as port:
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def echo_site() -> Iterator[int]:
    """Yield the port of a site that sends back what it gets, over connections that stay open."""

    class Echo(_Quiet):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(BARE_PAGE.encode(), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])), "text/plain")

    with _serving(Echo) as port:
        yield port


class _Quiet(http.server.BaseHTTPRequestHandler):
    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class names it so.
        pass


@contextmanager
def _serving(handler: type[_Quiet]) -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
