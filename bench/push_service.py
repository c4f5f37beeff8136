"""The tests' push service as a process of its own: `python -m bench.push_service FOLDER`.

It prints its port, then answers each line on standard input with what has arrived since the last one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.certificates import Authority
from tests.support.processes import PROJECT
from tests.support.push_service import PushService

NAME = "localhost"


@dataclass(frozen=True)
class Arrived:
    """What has arrived: for each path, when its messages came (`time.monotonic`, one clock for all processes)."""

    instants: dict[str, list[float]]

    @property
    def messages(self) -> int:
        """How many messages there were."""
        return sum(map(len, self.instants.values()))

    @property
    def most_for_one(self) -> int:
        """The most that one subscription got."""
        return max(map(len, self.instants.values()), default=0)


class PushServiceProcess:
    """The process, seen from outside."""

    def __init__(self, process: subprocess.Popen[str], ca_file: Path) -> None:
        self._process = process
        self.ca_file = ca_file
        self.port = int(self._read())
        self.origin = f"https://{NAME}:{self.port}"

    def arrived(self) -> Arrived:
        """What has arrived since this was asked last."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return Arrived(json.loads(self._read()))

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the push service has died")
        return line


@contextmanager
def push_service(folder: Path) -> Iterator[PushServiceProcess]:
    """Start it; its certificates are kept in `folder`."""
    command = [sys.executable, "-m", "bench.push_service", str(folder)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield PushServiceProcess(process, folder / "authority.pem")
        finally:
            process.kill()


def main(folder: Path) -> None:
    service = PushService(Authority(folder), NAME)
    print(service.port, flush=True)
    for _ in sys.stdin:
        instants: dict[str, list[float]] = {}
        for one in service.received:
            instants.setdefault(one.path, []).append(one.at)
        service.received.clear()
        print(json.dumps(instants), flush=True)
    service.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
