"""The citizen's home page as a phone gets it: what travels, what Lighthouse says; beside it, a page with nothing on."""

from __future__ import annotations

import functools
import http.server
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.reference import throwaway_url
from bench.report import Row
from tests.support.browsers import CHROMIUM_FLAGS, find_chromium
from tests.support.processes import PROJECT, Deployment

LIGHTEST_KB = 40.0
ACCESSIBILITY = 100
PERFORMANCE = 95
# Nothing but a title: what the machine and the browser cost by themselves.
BARE_PAGE = (
    "<!doctype html><html lang=fr><title>Rien</title><meta name=viewport content='width=device-width'><h1>Rien</h1>"
)


def run() -> list[Row]:
    """Measure the French and the English home page on Lighthouse's own slow phone (4 × slower, 1.6 Mbit/s)."""
    with _site() as site, _bare_site() as bare:
        peer = _lighthouse(bare)
        return [row for path in ("/", "/en/") for row in _rows(path, _lighthouse(site + path), peer)]


def _rows(path: str, page: dict[str, Any], peer: dict[str, Any]) -> list[Row]:
    weight, accessibility, performance = _weight(page), _score(page, "accessibility"), _score(page, "performance")
    bare = "a bare page"
    return [
        Row(f"{path} over the wire", weight, "kB", f"≤ {LIGHTEST_KB:.0f}", bare, _weight(peer), weight <= LIGHTEST_KB),
        Row(
            f"{path} accessibility",
            accessibility,
            "of 100",
            f"= {ACCESSIBILITY}",
            bare,
            _score(peer, "accessibility"),
            accessibility >= ACCESSIBILITY,
        ),
        Row(
            f"{path} performance",
            performance,
            "of 100",
            f"≥ {PERFORMANCE}",
            bare,
            _score(peer, "performance"),
            performance >= PERFORMANCE,
        ),
        Row(
            f"{path} largest text painted",
            page["audits"]["largest-contentful-paint"]["numericValue"],
            "ms",
            peer=bare,
            peer_measured=peer["audits"]["largest-contentful-paint"]["numericValue"],
        ),
    ]


def _weight(report: dict[str, Any]) -> float:
    return sum(item["transferSize"] for item in report["audits"]["network-requests"]["details"]["items"]) / 1000


def _score(report: dict[str, Any], category: str) -> float:
    return round(report["categories"][category]["score"] * 100)


def _lighthouse(url: str) -> dict[str, Any]:
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError("Chromium is missing: run `make browsers`")
    with tempfile.TemporaryDirectory() as profile:
        flags = " ".join(("--headless=new", *CHROMIUM_FLAGS, f"--user-data-dir={profile}"))
        ran = subprocess.run(
            [
                *("node", "node_modules/lighthouse/cli/index.js", url, "--quiet", "--output=json"),
                *("--only-categories=accessibility,performance", f"--chrome-flags={flags}"),
            ],
            cwd=PROJECT,
            env={**os.environ, "CHROME_PATH": str(chromium)},
            capture_output=True,
            text=True,
            check=True,
            timeout=180,
        )
    report: dict[str, Any] = json.loads(ran.stdout)
    return report


@contextmanager
def _site() -> Iterator[str]:
    with throwaway_url() as url, tempfile.TemporaryDirectory() as folder:
        deployment = Deployment(url, Path(folder))
        try:
            yield deployment.web().url
        finally:
            deployment.close()


@contextmanager
def _bare_site() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index.html").write_text(BARE_PAGE)
        handler = functools.partial(_Quiet, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_address[1]}/"
            server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class names it so.
        pass
