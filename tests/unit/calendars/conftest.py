"""A second reader of calendars: ical.js, in one Node process for all questions of a module."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def ical_js() -> Iterator[Callable[[bytes], Any]]:
    """Read a calendar with ical.js: its method, its events, and every warning."""
    script = Path(__file__).with_name("read_calendar.mjs")
    with subprocess.Popen(["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        assert node.stdin is not None
        assert node.stdout is not None

        def read(calendar: bytes) -> Any:
            node.stdin.write(json.dumps(calendar.decode()).encode() + b"\n")
            node.stdin.flush()
            answer = node.stdout.readline()
            assert answer, "ical.js broke"
            return json.loads(answer)

        yield read
