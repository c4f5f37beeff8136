"""A brigade whose terminals reach the site over a mobile network of the test's own, and a phone that can be killed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from sqlalchemy import select

from models.database import Database
from models.tables import Agent, Event, MutationResult
from tests.support.brigade import PATIENCE_MS, Brigade
from tests.support.network import Network
from tests.support.phone import Phone
from tests.support.processes import Deployment
from tests.support.seed import seed_sign_in

# That a request was opened is told by itself, under a number of its own.
LOOK = "request.seen"
READ_STORE = """(store) => new Promise((resolve, reject) => {
  const open = indexedDB.open(localStorage.getItem('database') ?? 'terminal');
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const all = open.result.transaction(store).objectStore(store).getAll();
    all.onsuccess = () => { open.result.close(); resolve(all.result); };
  };
})"""


class Valley(Brigade):
    """A brigade behind `network`."""

    def __init__(self, deployment: Deployment, database: Database, browser: Browser) -> None:
        self.network = Network()
        deployment.environment["PUBLIC_URL"] = self.network.url
        super().__init__(deployment, database, browser)
        self.network.upstream = self.web.port
        self.url = self.network.url

    def open(self, phone: Phone, agent: Agent) -> Page:
        """The agent's terminal on a phone of flesh and blood, signed in, with its list on screen."""
        with self.database.transaction() as session:
            token = seed_sign_in(session, agent, now=datetime.now(UTC))
        # Written to the disk late by the browser; a phone that has been used for an hour has it there.
        self.token = token
        self.give_cookie(phone)
        page = phone.new_page()
        page.goto(f"{self.url}/terminal/")
        expect(page.get_by_role("heading", name="Demandes", level=1)).to_be_visible(timeout=PATIENCE_MS)
        return page

    def give_cookie(self, phone: Phone) -> None:
        phone.context.add_cookies(
            [{"name": "agent", "value": self.token, "url": self.url, "expires": time.time() + 86_400}]
        )

    def results(self) -> list[tuple[int, str, str]]:
        """What became of what people did, in the order in which the server applied it."""
        with self.database.transaction() as session:
            rows = session.execute(
                select(MutationResult.seq, MutationResult.op, MutationResult.status).order_by(MutationResult.version)
            )
            return [(seq, op, status) for seq, op, status in rows if op != LOOK]

    def history(self, created: Any) -> list[str]:
        """The events of a request, in order."""
        with self.database.transaction() as session:
            return list(
                session.scalars(select(Event.name).where(Event.request_id == created.request_id).order_by(Event.id))
            )

    def close(self) -> None:
        super().close()
        self.network.close()


def deeds(page: Page) -> list[dict[str, Any]]:
    """What people did that the outbox still holds."""
    return [entry for entry in page.evaluate(READ_STORE, "outbox") if entry["op"] != LOOK]


def drained(page: Page) -> None:
    """Wait until the terminal has a result for everything it did."""
    expect(page.get_by_text("en attente d’envoi")).to_have_count(0, timeout=60_000)


def write_note(page: Page, text: str) -> None:
    """Add a note to the request on screen, as a person does."""
    page.get_by_text("Plus", exact=True).click()
    page.get_by_role("link", name="Noter").click()
    page.get_by_label("Votre note").fill(text)
    page.get_by_role("button", name="Enregistrer la note").click()


def declare_absence(page: Page, day: date) -> None:
    """Declare a day of absence, as a person does."""
    page.get_by_role("link", name="Retour aux demandes").click()
    page.get_by_role("navigation", name="Rubriques").get_by_role("link", name="Ma dispo").click()
    page.get_by_role("link", name="Déclarer une absence").click()
    page.get_by_label("Premier jour").fill(str(day))
    page.get_by_label("Dernier jour").fill(str(day))
    page.get_by_role("button", name="Déclarer une absence").click()


@pytest.fixture
def valley(deployment: Deployment, database: Database, browser: Browser) -> Iterator[Valley]:
    """A brigade behind a mobile network."""
    valley = Valley(deployment, database, browser)
    yield valley
    valley.close()
    assert valley.complaints == []


@pytest.fixture
def new_phone(playwright_driver: Playwright, chromium_path: Path, tmp_path: Path) -> Iterator[Callable[[], Phone]]:
    """`new_phone()`: a phone that is switched on, and killed when the test is over."""
    phones: list[Phone] = []

    def make() -> Phone:
        phone = Phone(playwright_driver, chromium_path, tmp_path / f"phone-{len(phones)}")
        phone.folder.mkdir()
        phones.append(phone)
        phone.start()
        return phone

    yield make
    for phone in phones:
        phone.kill()
    assert [complaint for phone in phones for complaint in phone.complaints] == []
