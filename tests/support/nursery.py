"""Workers that are there at once: one process has loaded the program, and each worker is a copy of it.

`python -m tests.support.nursery` answers each line `start` with the id of a new process that runs `server.worker`, and
each `bury` once the last one is dead.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from tests.support.processes import PROJECT


class Nursery:
    """Starts workers one after the other, to be killed."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        self.pid = 0
        self._lock = threading.Lock()
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.nursery"],
                cwd=PROJECT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
                start_new_session=True,
            )

    def start(self) -> None:
        """Begin one more life."""
        self.pid = int(self._say("start"))

    def kill(self) -> bool:
        """SIGKILL, from any thread; says whether there was somebody to kill."""
        with self._lock:
            pid, self.pid = self.pid, 0
        if pid:
            os.kill(pid, signal.SIGKILL)
        return bool(pid)

    def bury(self) -> None:
        """Wait until the last one is dead."""
        self._say("bury")

    def close(self) -> None:
        self.kill()
        self._process.kill()
        self._process.communicate()

    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    def _say(self, word: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        assert answer, self.printed()
        return answer


def _serve() -> None:
    from server import worker

    pid = 0
    for line in sys.stdin:
        if line.strip() == "bury":
            os.waitpid(pid, 0)
            print(pid)
            continue
        pid = os.fork()
        if pid == 0:
            # What it prints must not be taken for an answer.
            os.dup2(2, 1)
            worker.main()
            os._exit(0)
        print(pid)


if __name__ == "__main__":
    _serve()
