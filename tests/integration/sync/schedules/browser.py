"""The terminals' real code (`pwa/sync/`), run by Node on one IndexedDB for each; the network is the test's."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

Json = dict[str, Any]


class Browser:
    """One Node process; `do` sends a command of `browser.mjs` and returns its answer."""

    def __enter__(self) -> Browser:
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).with_name("browser.mjs"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def do(self, command: str, **arguments: Any) -> Any:
        self._process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if isinstance(answer, dict) and str(answer.get("failed", "")).startswith("bug: "):
            raise AssertionError(answer["failed"])
        return answer
