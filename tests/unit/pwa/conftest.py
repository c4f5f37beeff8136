"""The terminal's own code, asked by tests that compare it with the server's."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def ask() -> Iterator[Callable[..., Any]]:
    """Ask the terminal's code about a recurrence, in one Node process for all questions of a module."""
    script = Path(__file__).with_name("recurrence_twin.mjs")
    with subprocess.Popen(["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdin is not None
        assert node.stdout is not None

        def ask(question: str, **values: Any) -> Any:
            node.stdin.write(json.dumps({"ask": question, **values}) + "\n")
            node.stdin.flush()
            answer = node.stdout.readline()
            assert answer, "the terminal's code broke"
            return json.loads(answer)

        yield ask
