"""A device that becomes an agent's terminal, as a person makes it one."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import BrowserContext, Page, expect

from models.tables import Agent
from server.services.ask_enrolment import AskEnrolment, ask_enrolment
from tests.support.brigade import Brigade, connected
from tests.support.seed import TOKENS, actor_of

PIN = "2580"


def enrolment_code(brigade: Brigade, agent: Agent) -> str:
    """A code that the agent asked for a moment ago."""
    with brigade.database.transaction() as session:
        return ask_enrolment(session, AskEnrolment(), actor_of(agent), datetime.now(UTC), TOKENS).code


def open_code(brigade: Brigade, page: Page, code: str) -> None:
    """Scan the code, and give the device the name that it proposes."""
    page.goto(f"{brigade.url}/terminal/#/enrol/{code}")
    page.get_by_role("button", name="Enrôler").click()


def choose_pin(page: Page, pin: str = PIN) -> None:
    page.get_by_label("Nouveau code PIN").fill(pin)
    page.get_by_label("Le même, encore une fois").fill(pin)
    page.get_by_role("button", name="Garder ce code").click()


def type_pin(page: Page, pin: str = PIN) -> None:
    """On the screen's own keypad, as with gloves."""
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Ouvrir").click()


def enrolled(brigade: Brigade, agent: Agent, context: BrowserContext | None = None) -> Page:
    """The agent's own terminal, with its PIN and its list on screen."""
    page = (context or brigade.browser_context()).new_page()
    open_code(brigade, page, enrolment_code(brigade, agent))
    choose_pin(page)
    expect(page.get_by_role("heading", name="Demandes", level=1)).to_be_visible()
    connected(page)
    return page
