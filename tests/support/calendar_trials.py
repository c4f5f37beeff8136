"""A brigade whose people test addresses: asked for through the interface, tried by the real job, read again."""

from __future__ import annotations

import dataclasses
import socket
from typing import Any
from uuid import UUID

import pytest

from models.database import Database
from models.tables import Agent, CalendarTrial
from push.endpoint_guard import AllowedHost
from server.calendar_settings import CalendarSettings
from server.jobs import wiring
from server.jobs.calendar_trials import try_calendar
from tests.support.brigade_world import BrigadeWorld
from tests.support.certificates import Authority
from tests.support.push_service import PushService, StartPushService, loopback
from tests.support.terminals import Terminal

NAME = "agenda.test"


class Trials:
    """Tests of addresses; every name stands for this machine, but for those in `nowhere`.

    Args:
        site: a server whose host the operator has named.
    """

    def __init__(self, database: Database, brigade: BrigadeWorld, site: PushService, authority: Authority) -> None:
        self.database, self.brigade, self.site = database, brigade, site
        self.nowhere: set[str] = set()
        self.ca_file = str(authority.ca_file)
        self.context = brigade.app.extensions["brigade"]
        self._terminals: dict[int, Terminal] = {}
        self.name_hosts((site.name, site.port))

    def name_hosts(self, *hosts: tuple[str, int], inside: bool = True) -> None:
        """Let the operator name other hosts."""
        named = tuple(AllowedHost(name, port, own=True, inside=inside) for name, port in hosts)
        calendars = CalendarSettings(self.context.settings.calendar_settings.secrets, named, self.ca_file)
        settings = dataclasses.replace(self.context.settings, calendars=calendars)
        wiring.install(dataclasses.replace(self.context, settings=settings))

    def look_up(self, host: str, port: int, **options: Any) -> Any:
        if host in self.nowhere:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return loopback(host, port, **options)

    def terminal(self, agent: Agent) -> Terminal:
        if agent.id not in self._terminals:
            self._terminals[agent.id] = self.brigade.terminal(agent)
        return self._terminals[agent.id]

    def ask(self, agent: Agent, **body: Any) -> Any:
        """What the interface answers to somebody who has an address tested."""
        terminal = self.terminal(agent)
        headers = {"X-CSRF-Token": self.context.tokens.csrf(terminal.token)}
        body = {"kind": "ical", "url": f"{self.site.origin}/chef.ics?jeton=secret", **body}
        return terminal.http.post("/api/calendar-trials", json=body, headers=headers)

    def get(self, agent: Agent, trial_id: str) -> Any:
        return self.terminal(agent).http.get(f"/api/calendar-trials/{trial_id}")

    def tried(self, agent: Agent, **body: Any) -> dict[str, Any]:
        """What a test has come to, once a worker has made it."""
        answer = self.ask(agent, **body)
        assert answer.status_code == 202, answer.json
        assert (answer.json["state"], answer.json["code"], answer.json["found"]) == ("queued", None, None)
        try_calendar(answer.json["id"])
        found: dict[str, Any] = self.get(agent, answer.json["id"]).json
        return found

    def row(self, trial_id: str) -> CalendarTrial:
        with self.database.transaction() as session:
            return session.get_one(CalendarTrial, UUID(trial_id))


@pytest.fixture
def trials(
    database: Database, start_push_service: StartPushService, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> Trials:
    """Belley, with a server at hand that answers as it is told."""
    monkeypatch.setattr(wiring, "_installed", [])
    trials = Trials(database, BrigadeWorld(database), start_push_service(NAME), authority)
    monkeypatch.setattr("server.jobs.calendar_trials.look_up", trials.look_up)
    return trials
