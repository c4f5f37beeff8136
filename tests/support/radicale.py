"""A real Radicale (CalDAV) for the tests, which they may kill, and a door of TLS before it that does what they say."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import icalendar
import pytest
import requests

from tests.support.certificates import Authority
from tests.support.processes import free_port, wait_until
from tests.support.push_service import RESET, Answer, PushService, Received, Say

# Some servers call people by their address.
ADDRESS = "adj.martin@example.org"
USER, PASSWORD = "gendarme", "essai-de-l’agenda"
# Handed on as it is; handed on, and the answer lost; handed on, and the answer cut in two.
FORWARD, LOST, CUT = "forward", "lost", "cut"


class Radicale:
    """The server, with a folder and a port that it keeps over its lives.

    Args:
        folder: where it keeps its users and their calendars.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "users").write_text(f"{USER}:{PASSWORD}\nautre:{PASSWORD}\n{ADDRESS}:{PASSWORD}\n", encoding="utf-8")
        (folder / "config").write_text(
            f"[server]\nhosts = 127.0.0.1:{self.port}\n"
            f"[auth]\ntype = htpasswd\nhtpasswd_filename = {folder / 'users'}\nhtpasswd_encryption = plain\ndelay = 0\n"
            f"[storage]\nfilesystem_folder = {folder / 'collections'}\n",
            encoding="utf-8",
        )
        self._configured = (folder / "config").read_text(encoding="utf-8")

    def only_to_look(self) -> None:
        """Start again, and let nobody change anything any more."""
        self.kill()
        rights = self.folder / "rights"
        rights.write_text("[everything]\nuser: .+\ncollection: .*\npermissions: Rr\n", encoding="utf-8")
        config = f"{self._configured}[rights]\ntype = from_file\nfile = {rights}\n"
        (self.folder / "config").write_text(config, encoding="utf-8")
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "radicale", "--config", str(self.folder / "config")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers, f"Radicale answers; it printed {self.printed()}")

    def kill(self) -> None:
        """SIGKILL: whatever it was doing stays half done."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def printed(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def _answers(self) -> bool:
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{self.url}/.web/", timeout=5).status_code < 500
        return False

    def new_calendar(self, user: str = USER) -> Calendar:
        """Make an empty calendar for `user`."""
        calendar = Calendar(self, f"/{user}/{uuid.uuid4()}/", user)
        calendar.ask("MKCALENDAR").raise_for_status()
        return calendar


class Calendar:
    """One calendar on the server, as its owner's own program sees it."""

    def __init__(self, server: Radicale, path: str, user: str) -> None:
        self.path = path
        self._server, self._user = server, user

    def ask(self, method: str, name: str = "", body: bytes = b"", **headers: str) -> requests.Response:
        """Send one request about the event `name`, or about the calendar itself."""
        return requests.request(
            method,
            f"{self._server.url}{self.path}{name}",
            data=body,
            headers=headers,
            auth=(self._user.encode(), PASSWORD.encode()),
            timeout=30,
        )

    def write(self, name: str, text: str) -> None:
        """Write the event `name`, whatever was there."""
        self.ask("PUT", name, text.encode(), **{"Content-Type": "text/calendar"}).raise_for_status()

    def change(self, name: str, *replacements: tuple[str, str]) -> None:
        """Write the event `name` as it is, but for what is to be replaced."""
        text = self.read(name)
        for said, instead in replacements:
            assert said in text, f"{said} is not in {text}"
            text = text.replace(said, instead)
        self.write(name, text)

    def read(self, name: str) -> str:
        """The event `name` as it stands there."""
        answer = self.ask("GET", name)
        answer.raise_for_status()
        answer.encoding = "utf-8"
        return answer.text

    def delete(self, name: str) -> None:
        self.ask("DELETE", name).raise_for_status()

    def events(self) -> list[icalendar.Component]:
        """Every event that is there."""
        answer = self.ask("GET")
        answer.raise_for_status()
        return icalendar.Calendar.from_ical(answer.content).walk("VEVENT") if answer.content else []

    @property
    def uids(self) -> list[str]:
        """The names of the events that are there."""
        return sorted(str(event["UID"]) for event in self.events())


class FrontDoor(PushService):
    """Speaks TLS as `name` and hands on to the server; `answer(…)` says what it does with the next requests.

    `received` holds each request as `PUT /path`.
    """

    def __init__(self, authority: Authority, name: str, server: Radicale) -> None:
        self._behind = server
        self.before_each: Callable[[], None] = lambda: None
        super().__init__(authority, name)
        self.usual = FORWARD

    def mend(self) -> None:
        """Hand everything on from now on."""
        self.before_each = lambda: None
        self._scripts.clear()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        request_line, *lines = head.decode("latin-1").rstrip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        asked = request_line.rpartition(" ")[0]
        self.received.append(Received(asked, headers, body))
        self.before_each()
        answer = self._next(asked)
        if answer not in (FORWARD, LOST, CUT):
            return await self._say(answer, writer)
        reply = await self._hand_on(head + body)
        if isinstance(reply, Say):
            return await self._say(reply, writer)
        writer.write({FORWARD: reply, LOST: b"", CUT: reply[: len(reply) // 2]}[str(answer)])
        await writer.drain()
        return await self._say(RESET, writer) if answer != FORWARD else False

    async def _hand_on(self, request: bytes) -> Answer | bytes:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._behind.port)
        except OSError:
            return Say(502)
        try:
            writer.write(request)
            # It speaks HTTP/1.0, and so ends with the connection.
            return await reader.read() or Say(502)
        except OSError:
            return Say(502)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@pytest.fixture(scope="session")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    """A server for all tests that leave it alone; each makes calendars of its own."""
    server = Radicale(tmp_path_factory.mktemp("radicale"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def own_radicale(tmp_path: Path) -> Iterator[Radicale]:
    """A server that the test may kill."""
    server = Radicale(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def open_door(authority: Authority) -> Iterator[Callable[[Radicale], FrontDoor]]:
    """Open a door before a server: `open_door(radicale)`."""
    with contextlib.ExitStack() as stack:

        def start(server: Radicale) -> FrontDoor:
            door = FrontDoor(authority, "agenda.test", server)
            stack.callback(door.close)
            return door

        yield start
