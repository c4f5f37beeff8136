"""The citizen's home page as a phone gets it: what travels, what Lighthouse says; beside it, a page with nothing on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.lighthouse import lighthouse, score
from bench.reference import throwaway_url
from bench.report import Row
from bench.small_sites import BARE_PAGE, bare_site
from tests.support.processes import Deployment

LIGHTEST_KB = 40.0
ACCESSIBILITY = 100
PERFORMANCE = 95


def run() -> list[Row]:
    """Measure the French and the English home page on Lighthouse's own slow phone (4 × slower, 1.6 Mbit/s)."""
    with _site() as site, bare_site(BARE_PAGE) as bare:
        peer = lighthouse(bare)
        return [row for path in ("/", "/en/") for row in _rows(path, lighthouse(site + path), peer)]


def _rows(path: str, page: dict[str, Any], peer: dict[str, Any]) -> list[Row]:
    weight, accessibility, performance = _weight(page), score(page, "accessibility"), score(page, "performance")
    bare = "a bare page"
    return [
        Row(f"{path} over the wire", weight, "kB", f"≤ {LIGHTEST_KB:.0f}", bare, _weight(peer), weight <= LIGHTEST_KB),
        Row(
            f"{path} accessibility",
            accessibility,
            "of 100",
            f"= {ACCESSIBILITY}",
            bare,
            score(peer, "accessibility"),
            accessibility >= ACCESSIBILITY,
        ),
        Row(
            f"{path} performance",
            performance,
            "of 100",
            f"≥ {PERFORMANCE}",
            bare,
            score(peer, "performance"),
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


@contextmanager
def _site() -> Iterator[str]:
    with throwaway_url() as url, tempfile.TemporaryDirectory() as folder:
        deployment = Deployment(url, Path(folder))
        try:
            yield deployment.web().url
        finally:
            deployment.close()
