"""A brigade for the terminal's journeys: a real server, its unit and agents, and browsers in their hands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from models.database import Database
from models.rules.actor import Role
from models.tables import Agent, Unit
from server.services.create_contact_request import CreatedRequest
from tests.support.processes import Deployment
from tests.support.seed import (
    PASSWORD,
    SECRET_KEY,
    TOKENS,
    seed_agent,
    seed_sign_in,
    seed_territory,
    seed_unit,
    send_request,
)

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
PATIENCE_MS = 20_000


class Brigade:
    """One unit with a neighbour, served by one real web process."""

    def __init__(self, deployment: Deployment, database: Database, browser: Browser) -> None:
        deployment.environment["SECRET_KEY"] = SECRET_KEY.decode()
        self.database = database
        self.browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        expect.set_options(timeout=PATIENCE_MS)
        with database.transaction() as session:
            self.unit: Unit = seed_territory(session)
            self.neighbour: Unit = seed_unit(session, 1008601, "Brigade de gendarmerie de Culoz")
        self.web = deployment.web()
        # The server's own default for its public address; sockets are only open to that origin.
        self.url = f"http://localhost:{self.web.port}"

    def agent(self, name: str, *roles: Role, unit: Unit | None = None) -> Agent:
        """Give the unit one more agent; the password is `PASSWORD`."""
        with self.database.transaction() as session:
            return seed_agent(session, unit or self.unit, *roles, name=name, login=name.split()[-1].lower())

    def request(self, *, minutes_ago: float = 0, **changes: object) -> CreatedRequest:
        """A citizen sends a request, now or some minutes ago."""
        with self.database.transaction() as session:
            return send_request(
                session, now=datetime.now(UTC) - timedelta(minutes=minutes_ago), tokens=TOKENS, **changes
            )

    def browser_context(self, browser: Browser | None = None, **options: Any) -> BrowserContext:
        """A browser of somebody's own, closed when the test is over."""
        options = {"viewport": PHONE, "locale": "fr-FR", "timezone_id": "Europe/Paris", **options}
        context = (browser or self.browser).new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._listen)
        self._contexts.append(context)
        return context

    def terminal(self, agent: Agent, *, live: bool = True, url: str | None = None, **options: Any) -> Page:
        """The agent's terminal, signed in, with its list on screen; `live` waits for the socket too."""
        context = self.browser_context(**options)
        with self.database.transaction() as session:
            token = seed_sign_in(session, agent, now=datetime.now(UTC))
        context.add_cookies([{"name": "agent", "value": token, "url": self.url}])
        page = context.new_page()
        page.goto(f"{url or self.url}/terminal/")
        expect(page.get_by_role("heading", name="Demandes", level=1)).to_be_visible(timeout=PATIENCE_MS)
        if live:
            connected(page)
        return page

    def sign_in(self, page: Page, login: str, password: str = PASSWORD) -> None:
        """Sign in as a person does."""
        page.goto(f"{self.url}/terminal/")
        page.get_by_label("Identifiant").fill(login)
        page.get_by_label("Mot de passe", exact=True).fill(password)
        page.get_by_role("button", name="Se connecter").click()

    def _listen(self, message: ConsoleMessage) -> None:
        # Lost networks and refused sign-ins are part of the tests; a broken policy or an uncaught error never is.
        if "Content Security Policy" in message.text or "Uncaught" in message.text:
            self.complaints.append(message.text)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def connected(page: Page) -> None:
    """Wait until the terminal says that its socket is up."""
    expect(page.locator(".status[data-state=up][data-live=true]")).to_be_visible(timeout=PATIENCE_MS)


def offline_ready(page: Page) -> None:
    """Wait until the service worker holds the shell and this page is its own."""
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


@pytest.fixture
def brigade(deployment: Deployment, database: Database, browser: Browser) -> Iterator[Brigade]:
    """A brigade of one's own."""
    brigade = Brigade(deployment, database, browser)
    yield brigade
    brigade.close()
    assert brigade.complaints == []
