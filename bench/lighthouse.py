"""Lighthouse on its own slow phone (4 × slower, 1.6 Mbit/s)."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.browsers import CHROMIUM_FLAGS, find_chromium
from tests.support.processes import PROJECT


def lighthouse(url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Lighthouse's report on accessibility and performance of a page that is asked for with `headers`.

    Raises:
        RuntimeError: there is no Chromium, or Lighthouse gave up.
    """
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError("Chromium is missing: run `make browsers`")
    with tempfile.TemporaryDirectory() as profile:
        flags = " ".join(("--headless=new", *CHROMIUM_FLAGS, f"--user-data-dir={profile}"))
        # In a file, because what is signed in with is nobody's business in the list of processes.
        extra = Path(profile) / "headers.json"
        extra.write_text(json.dumps(dict(headers or {})))
        ran = subprocess.run(
            [
                *("node", "node_modules/lighthouse/cli/index.js", url, "--quiet", "--output=json"),
                *("--only-categories=accessibility,performance", f"--chrome-flags={flags}"),
                f"--extra-headers={extra}",
            ],
            cwd=PROJECT,
            env={**os.environ, "CHROME_PATH": str(chromium)},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
    if ran.returncode:
        raise RuntimeError(f"Lighthouse gave up:\n{ran.stderr}")
    report: dict[str, Any] = json.loads(ran.stdout)
    return report


def score(report: dict[str, Any], category: str) -> float:
    """A category's score, of 100."""
    return round(report["categories"][category]["score"] * 100)
