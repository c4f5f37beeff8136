"""A device that becomes an agent's terminal, as a person makes it one."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from models.tables import Agent, Terminal
from server.services.ask_enrolment import AskEnrolment, ask_enrolment
from tests.support.brigade import PATIENCE_MS, Brigade, connected
from tests.support.seed import TOKENS, actor_of

PIN = "2580"
# The worker's own requests pass by every route of a page.
NO_SYNC = "() => Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', { value: undefined })"
# What the browser holds, whatever the screens show; of the outbox, what a person did.
READ_ALL = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open('terminal');
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const tx = open.result.transaction(['docs', 'outbox', 'meta']);
    const read = Object.fromEntries(['docs', 'outbox'].map((name) => [name, tx.objectStore(name).getAll()]));
    const keys = tx.objectStore('meta').getAllKeys();
    tx.oncomplete = () => {
      open.result.close();
      const outbox = read.outbox.result.filter(({op}) => op !== 'request.seen');
      resolve({docs: read.docs.result, outbox, meta: keys.result});
    };
  };
})"""


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


def only_the_page_sends(page: Page) -> None:
    """The system does not send in its place, as in browsers without Background Sync."""
    page.evaluate(NO_SYNC)
    page.add_init_script(f"({NO_SYNC})()")


def hold_back(page: Page) -> None:
    """What is done from now on stays on the device, although it has a network."""
    only_the_page_sends(page)
    page.route("**/api/sync/push", lambda route: route.abort())


def let_go(page: Page) -> None:
    """The page may send again."""
    page.unroute("**/api/sync/push")


def locked(page: Page) -> None:
    """Wait until the PIN is asked for."""
    expect(page.get_by_role("heading", name="Terminal verrouillé")).to_be_visible(timeout=PATIENCE_MS)


def nothing_shows(page: Page, *words: str) -> None:
    """None of the words is on screen, nor anywhere in the document."""
    text = page.evaluate("document.documentElement.outerHTML")
    assert [word for word in words if word in text] == []


def terminals_of(brigade: Brigade) -> list[Terminal]:
    """All terminals that were ever enrolled, the first one first."""
    with brigade.database.transaction() as session:
        return list(session.scalars(select(Terminal).order_by(Terminal.enrolled_at)))
