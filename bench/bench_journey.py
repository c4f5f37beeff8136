"""How soon the gendarme sees the request and the citizen the answer, in two real browsers; beside it, a bare poll."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import requests
from playwright.sync_api import Browser, expect, sync_playwright

from bench.reference import throwaway_url
from bench.report import Row
from models.database import Database
from models.rules.actor import AgentActor, Role
from models.tables import ContactRequest, Unit
from server.services.close_request import CloseRequest, Outcome, close_request
from tests.support.brigade import PHONE, connected
from tests.support.browsers import CHROMIUM_FLAGS, find_chromium
from tests.support.main_job import Seen, ask_to_be_called, import_territory, send_and_accept
from tests.support.processes import Deployment
from tests.support.seed import SECRET_KEY, actor_of, seed_agent, seed_sign_in

BAR_MS = 500
ROUNDS = 5


def run() -> list[Row]:
    """Send and accept five times between two web processes, on the real units when REAL_DATA names them."""
    real = Path(os.environ["REAL_DATA"]) if os.environ.get("REAL_DATA") else None
    with throwaway_url() as url, _browser() as browser, tempfile.TemporaryDirectory() as folder:
        database = Database(url, pool_size=2, application_name="brigade bench")
        deployment = Deployment(url, Path(folder), {"SECRET_KEY": SECRET_KEY.decode()})
        try:
            unit_id = import_territory(database, real)
            web, other = deployment.web(), deployment.web()
            seen = list(_rounds(browser, database, unit_id, web.port, other.port))
            # What one plain answer of the same server costs: nobody can be told sooner than that.
            peer = _median_answer_ms(f"http://localhost:{web.port}/healthz")
        finally:
            deployment.close()
            database.dispose()
    where = "real units" if real else "demonstration's units"
    return [
        _row(
            f"request → on the terminal, {where}, slowest of {ROUNDS}", [one.request_to_terminal for one in seen], peer
        ),
        _row(f"accept → on the citizen's page, {where}", [one.accept_to_citizen for one in seen], peer),
    ]


def _rounds(browser: Browser, database: Database, unit_id: int, web: int, other: int) -> Iterator[Seen]:
    with database.transaction() as session:
        agent = seed_agent(session, session.get_one(Unit, unit_id), Role.GENDARME)
        token = seed_sign_in(session, agent, now=datetime.now(UTC))
    site = f"http://localhost:{other}"
    pocket = browser.new_context(viewport=PHONE, locale="fr-FR")
    pocket.add_cookies([{"name": "agent", "value": token, "url": site}])
    terminal = pocket.new_page()
    for number in range(ROUNDS):
        terminal.goto(f"{site}/terminal/")
        connected(terminal)
        context = browser.new_context(viewport=PHONE, locale="fr-FR")
        citizen = context.new_page()
        ask_to_be_called(citizen, f"http://localhost:{web}", "belley", f"Essai de mesure {number}.")
        yield send_and_accept(citizen, terminal)
        context.close()
        _close_all(database, actor_of(agent))


def _close_all(database: Database, actor: AgentActor) -> None:
    with database.transaction() as session:
        for request in session.query(ContactRequest).filter_by(state="accepted"):
            close_request(session, CloseRequest(request.id, Outcome.HANDLED), actor, datetime.now(UTC))


def _median_answer_ms(url: str) -> float:
    elapsed = []
    for _ in range(20):
        started = time.perf_counter()
        requests.get(url, timeout=10).raise_for_status()
        elapsed.append((time.perf_counter() - started) * 1000)
    return statistics.median(elapsed)


def _row(what: str, measured: list[float], peer: float) -> Row:
    worst = max(measured)
    return Row(what, worst, "ms", f"≤ {BAR_MS}", "one plain answer of the server", peer, worst <= BAR_MS)


@contextmanager
def _browser() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError("Chromium is missing: run `make browsers`")
    expect.set_options(timeout=20_000)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium), args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()
