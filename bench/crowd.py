"""The process of bench/socket_clients.py, as an object."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.support.processes import PROJECT, wait_until


class Crowd:
    """Thousands of terminals in a process of their own."""

    def __init__(self, port: int, namespace: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.socket_clients", str(port), namespace],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, command: str, argument: str = "") -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command} {argument}\n".encode())
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def connect(self, headers: list[str]) -> float:
        """Join one terminal for each set of headers; returns the seconds that it took."""
        answer = self.ask("connect", json.dumps(headers))
        if answer["joined"] != len(headers):
            raise RuntimeError(f"only {answer['joined']} of {len(headers)} terminals could join")
        return float(answer["seconds"])

    def await_messages(self, count: int) -> None:
        wait_until(lambda: self.ask("count")["messages"] >= count, f"{count} messages came in")

    def report(self) -> dict[str, list[float]]:
        """For each message, the instants at which it came in."""
        answer = self.ask("report")
        if answer["lost"]:
            raise RuntimeError(f"{answer['lost']} terminals were disconnected")
        arrivals: dict[str, list[float]] = answer["arrivals"]
        return arrivals

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
