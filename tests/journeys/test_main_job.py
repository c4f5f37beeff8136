"""The main job, end to end: two browsers, two web processes, the whole territory."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from models.rules.actor import Role
from models.tables import Unit
from tests.support.brigade import PATIENCE_MS, PHONE, connected
from tests.support.main_job import ask_to_be_called, import_territory, send_and_accept
from tests.support.processes import wait_until
from tests.support.seed import SECRET_KEY, seed_agent, seed_sign_in


@pytest.fixture(params=["demonstration", "real"])
def territory(request, database):
    """The brigade of Belley among a dozen fictional ones, and among the 3,054 real ones."""
    real = None
    if request.param == "real":
        real = request.getfixturevalue("real_data")
    unit_id = import_territory(database, real)
    with database.transaction() as session:
        gendarme = seed_agent(session, session.get_one(Unit, unit_id), Role.GENDARME, name="Sacha Martin")
        token = seed_sign_in(session, gendarme, now=datetime.now(UTC))
    return token


def test_a_citizen_asks_the_brigade_sees_accepts_and_the_citizen_knows(
    territory, deployment, browser, relay, screenshot
):
    expect.set_options(timeout=PATIENCE_MS)
    settings = {"SECRET_KEY": SECRET_KEY.decode(), "SMTP_URL": relay.url}
    # The citizen is served by one process and the gendarme by another: only the database joins them.
    citizens, gendarmes = (deployment.web(settings) for _ in range(2))
    deployment.worker(settings)
    phone = browser.new_context(viewport=PHONE, locale="fr-FR").new_page()
    pocket = browser.new_context(viewport=PHONE, locale="fr-FR")
    site = f"http://localhost:{gendarmes.port}"
    pocket.add_cookies([{"name": "agent", "value": territory, "url": site}])
    terminal = pocket.new_page()
    terminal.goto(f"{site}/terminal/")
    connected(terminal)

    ask_to_be_called(phone, f"http://localhost:{citizens.port}", "belley", "On a volé mon vélo devant la gare.")
    seen = send_and_accept(phone, terminal)

    expect(terminal.get_by_text("On a volé mon vélo devant la gare.")).to_be_visible()
    expect(terminal.get_by_text(seen.reference)).to_be_visible()
    expect(terminal.locator(".word-itself")).to_contain_text(phone.locator(".word__word").inner_text())
    wait_until(lambda: len(relay.messages) == 2, "the confirmation and the news that somebody took it")
    assert seen.reference in relay.messages[0]["Subject"] + relay.messages[0].as_string()
    screenshot(terminal, "terminal-request", full_page=False)
    screenshot(phone, "citizen-follow")
    phone.goto(f"http://localhost:{citizens.port}/")
    screenshot(phone, "citizen-home")
    phone.context.close()
    pocket.close()
