"""A real Kannel for the tests: bearerbox, smsbox, and the operator at the other end of its fake SMSC, whom we play."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
import requests

from tests.support.processes import PROJECT, free_port, wait_until

USER, PASSWORD = "brigade", "essai-kannel"
CALLBACK_SECRET = "essai-du-secret-des-appels-de-kannel"

# The test plays the operator: one line for each message, both ways, on this port.
_FAKE_OPERATOR = "group = smsc\nsmsc = fake\nsmsc-id = operator\nport = {operator}\nconnect-allow-ip = 127.0.0.1\n\n"


def documented_configuration() -> str:
    """The kannel.conf of docs/operations/text-messages.md."""
    page = (PROJECT / "docs/operations/text-messages.md").read_text(encoding="utf-8")
    return page.partition("```ini\n")[2].partition("```")[0]


@dataclass(frozen=True)
class Carried:
    """One segment as the operator got it; `udh` is the header of a segment that is one of several."""

    sender: str
    receiver: str
    udh: bytes
    data: bytes


class Kannel:
    """Both boxes, started and stopped together; `connect()` once they run, to be the operator.

    Args:
        web_url: where the application listens for what comes in.
    """

    def __init__(self, folder: Path, web_url: str) -> None:
        self.folder = folder
        self.carried: list[Carried] = []
        self._ports = {name: free_port() for name in ("admin", "box", "operator", "sendsms")}
        self._boxes: list[subprocess.Popen[bytes]] = []
        self._line: socket.socket | None = None
        (folder / "dlr").mkdir()
        (folder / "kannel.conf").write_text(self._configuration(web_url))

    def _configuration(self, web_url: str) -> str:
        """What the documentation says, with our ports, folders and passwords, and ourselves as the operator."""
        found = documented_configuration()
        line = re.search(r"group = smsc\n.*?\n\n", found, re.DOTALL)
        assert line is not None
        for said, ours in {
            line[0]: _FAKE_OPERATOR.format(operator=self._ports["operator"]),
            "13000": str(self._ports["admin"]),
            "13001": str(self._ports["box"]),
            "13013": str(self._ports["sendsms"]),
            "ADMIN-PASSWORD": PASSWORD,
            "SENDSMS-PASSWORD": PASSWORD,
            "CALLBACK-SECRET": CALLBACK_SECRET,
            "127.0.0.1:8000": web_url.partition("://")[2],
            "/var/log/kannel": str(self.folder),
            "/var/spool/kannel": str(self.folder),
            "http-queue-delay = 10": "http-queue-delay = 1",
        }.items():
            assert said in found, f"the documentation says nothing of {said!r}"
            found = found.replace(said, ours)
        return found

    @property
    def environment(self) -> dict[str, str]:
        """What a web process and a worker need to send here and to be called from here."""
        return {
            "SMS_KANNEL_FROM": "36112",
            "SMS_KANNEL_URL": f"http://{USER}:{PASSWORD}@127.0.0.1:{self._ports['sendsms']}/cgi-bin/sendsms",
            "SMS_KANNEL_SECRET": CALLBACK_SECRET,
        }

    def start(self) -> None:
        self._run("bearerbox")
        wait_until(self._connect, "bearerbox accepts the operator")
        self._run("smsbox")
        wait_until(self._listens, "smsbox accepts messages")

    def _run(self, program: str) -> None:
        with (self.folder / f"{program}.out").open("ab") as out:
            self._boxes.append(
                subprocess.Popen(
                    [_program(program), str(self.folder / "kannel.conf")],
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
            )

    def _connect(self) -> bool:
        try:
            self._line = socket.create_connection(("127.0.0.1", self._ports["operator"]), timeout=5)
        except OSError:
            return False
        self._line.settimeout(None)
        threading.Thread(target=self._listen, args=(self._line,), daemon=True).start()
        return True

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._ports["sendsms"]), 5):
            status = requests.get(
                f"http://127.0.0.1:{self._ports['admin']}/status.txt", {"password": PASSWORD}, timeout=5
            ).text
            return "smsbox:" in status and "online" in status
        return False

    def _listen(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError), line.makefile("rb") as lines:
            for raw in lines:
                self.carried.append(_read(raw.rstrip(b"\r\n")))

    def answer(self, sender: str, receiver: str, text: str) -> None:
        """Let a phone send a text."""
        assert self._line is not None
        self._line.sendall(f"{sender} {receiver} text {text}\n".encode())

    def wait_for(self, count: int) -> list[Carried]:
        """Wait until the operator has got `count` segments, then return all."""
        wait_until(lambda: len(self.carried) >= count, f"{count} segments, {self.carried} are there. {self.printed()}")
        return self.carried

    def printed(self) -> str:
        """What both boxes have written so far."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
            self._line.close()
        for box in reversed(self._boxes):
            # It would first deliver what it still has to report, to a web process that may be gone.
            box.kill()
            box.wait()
        self._boxes.clear()


def _read(line: bytes) -> Carried:
    sender, receiver, kind, rest = line.split(b" ", 3)
    udh = b""
    if kind == b"udh":
        header, kind, rest = rest.split(b" ", 2)
        udh = unquote_to_bytes(header.replace(b"+", b" "))
    data = rest if kind == b"text" else unquote_to_bytes(rest.replace(b"+", b" "))
    return Carried(sender.decode(), receiver.decode(), udh, data)


def _program(name: str) -> str:
    # Debian puts daemons where only root's PATH looks.
    return shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin") or ""


@pytest.fixture(scope="session")
def _kannel_programs() -> None:
    """Kannel's programs; without them the test is skipped, under CI it fails."""
    if _program("bearerbox") and _program("smsbox"):
        return
    if os.environ.get("CI"):
        pytest.fail("Kannel is missing, and this run may not skip it: run `apt install kannel`.")
    pytest.skip("Kannel is missing: run `apt install kannel`")


@pytest.fixture
def start_kannel(_kannel_programs: None, tmp_path: Path) -> Iterator[Callable[[str], Kannel]]:
    """Start a Kannel that calls the application at an address."""
    started: list[Kannel] = []

    def start(web_url: str) -> Kannel:
        kannel = Kannel(tmp_path, web_url)
        started.append(kannel)
        kannel.start()
        return kannel

    yield start
    for kannel in started:
        kannel.stop()
