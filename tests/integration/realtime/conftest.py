"""One web process for each async mode, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.tables import Agent
from tests.support import cluster
from tests.support.live import LiveTerminal, Site
from tests.support.processes import Deployment, WebProcess

MODES = ("eventlet", "gevent", "threading")


@dataclass
class Stage:
    """A web process on a site of its own, and the terminals that a test put on it."""

    mode: str
    site: Site
    web: WebProcess
    on_stage: list[LiveTerminal]

    def terminal(self, agent: object = None, *, as_terminal: bool = False) -> LiveTerminal:
        """Somebody who listens, signed in with a password or as an enrolled terminal."""
        owner: Agent = agent or self.site.agent()  # type: ignore[assignment]
        token = self.site.enrol(owner) if as_terminal else None
        terminal = LiveTerminal(self.site, self.web.url, owner, token)
        self.on_stage.append(terminal)
        return terminal.start()


@pytest.fixture(scope="module", params=MODES)
def running(request, tmp_path_factory) -> Iterator[Stage]:
    with cluster.database_copy(cluster.server_url()) as url:
        folder: Path = tmp_path_factory.mktemp(f"web-{request.param}")
        deployment = Deployment(url, folder, {"ASYNC_MODE": request.param, "MAX_SOCKETS_PER_ADDRESS": "3"})
        site = Site(url, deployment)
        try:
            yield Stage(request.param, site, deployment.web(), [])
        finally:
            deployment.close()
            site.close()


@pytest.fixture
def stage(running) -> Iterator[Stage]:
    yield running
    for terminal in running.on_stage:
        terminal.leave()
    running.on_stage.clear()
