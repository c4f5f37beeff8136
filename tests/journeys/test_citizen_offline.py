"""The citizen's follow page without network: what it still shows, what it forgets, and what it never keeps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from models.tables import ContactRequest
from server.context import utc_now
from server.services.accept_request import AcceptRequest, accept_request
from tests.journeys.test_citizen import check
from tests.support.brigade import PATIENCE_MS, Brigade
from tests.support.seed import actor_of

KEPT = "html[data-copy=kept]"
COPY_TITLE = "Hors connexion\N{NARROW NO-BREAK SPACE}: état connu le"
# What a follow page could leave behind on a device: registered workers and caches, by name.
TRACES = """async () => [
  ...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname),
  ...await caches.keys(),
]"""
# Everything that the caches hold: addresses, headers and bodies.
HELD = """async () => {
  const held = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const response = await cache.match(request);
      held.push(request.url, response.url, [...response.headers].join(), await response.text());
    }
  }
  return held.join('\\n');
}"""
RENEWED = """async (words) => {
  const cache = await caches.open('follow-copies');
  for (const request of await cache.keys()) {
    if ((await (await cache.match(request)).text()).includes(words)) return true;
  }
  return false;
}"""


def page_of(brigade: Brigade, token: str, folder: str = "/suivi") -> str:
    return f"{brigade.url}{folder}/{token}"


@pytest.fixture
def page(brigade) -> Page:
    return brigade.browser_context().new_page()


def accept(brigade: Brigade, request_id) -> None:
    martin = brigade.agent("Sacha Martin")
    with brigade.database.transaction() as session:
        accept_request(session, AcceptRequest(request_id), actor_of(martin), utc_now())


def revoke(brigade: Brigade, request_id) -> None:
    with brigade.database.transaction() as session:
        session.get_one(ContactRequest, request_id).follow_token_hash = b"revoked"


def keep(brigade: Brigade, page: Page, token: str, folder: str = "/suivi") -> None:
    page.goto(page_of(brigade, token, folder))
    expect(page.locator(KEPT)).to_be_attached(timeout=PATIENCE_MS)


def go_offline(page: Page) -> None:
    page.context.set_offline(True)


def test_the_last_known_state_opens_without_network(brigade, page, screenshot):
    created = brigade.request()
    keep(brigade, page, created.follow_token)
    expect(page.get_by_role("button", name="Oublier cette page sur cet appareil")).to_be_visible()
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    # What changes while the page is open is what will be known later.
    accept(brigade, created.request_id)
    expect(page.locator("#etat-titre")).to_have_text("Un gendarme s’occupe de votre demande")
    page.wait_for_function(RENEWED, arg="Un gendarme s’occupe de votre demande")

    go_offline(page)
    page.reload()
    expect(page.get_by_text(COPY_TITLE)).to_be_visible()
    expect(page.locator("#etat-titre")).to_have_text("Un gendarme s’occupe de votre demande")
    expect(page.get_by_text(created.call_back_word, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Ajouter un message")).to_be_disabled()
    expect(page.get_by_role("button", name="Annuler ma demande")).to_be_disabled()
    expect(page.get_by_role("link", name="Appeler le")).to_have_attribute("href", "tel:+33465710012")
    # Drawn as it was online, icons included: the sheet and its pictures are kept as well.
    assert page.evaluate("getComputedStyle(document.querySelector('.fr-btn')).minHeight") != "auto"
    icon = page.evaluate(
        """() => getComputedStyle(document.querySelector('.fr-icon-phone-line'), '::before').maskImage.slice(5, -2)"""
    )
    assert page.evaluate("async (url) => (await fetch(url)).status", icon) == 200
    check(page)
    screenshot(page, "citizen-follow-offline")

    # A cold start: another tab, opened by the link.
    page.close()
    page = brigade.browser.contexts[-1].new_page()
    page.goto(page_of(brigade, created.follow_token))
    expect(page.get_by_text(COPY_TITLE)).to_be_visible()
    # What needs the network leads back to what is known.
    page.goto(page_of(brigade, created.follow_token) + "/mot")
    expect(page.get_by_text(COPY_TITLE)).to_be_visible()

    # The network is back: the page comes by itself, and fresh.
    page.context.set_offline(False)
    expect(page.get_by_text(COPY_TITLE)).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Ajouter un message")).to_be_visible()
    assert page.context.cookies() == []
    screenshot(page, "citizen-follow-kept")


def test_what_changed_meanwhile_is_shown_at_the_next_connection(brigade, page):
    created = brigade.request()
    keep(brigade, page, created.follow_token)
    go_offline(page)
    page.reload()
    expect(page.locator("#etat-titre")).to_have_text("La brigade a reçu votre demande")
    accept(brigade, created.request_id)
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#etat-titre")).to_have_text("Un gendarme s’occupe de votre demande")
    expect(page.get_by_text(COPY_TITLE)).to_have_count(0)


def test_a_server_that_is_down_is_no_network_either(brigade, page):
    created = brigade.request()
    keep(brigade, page, created.follow_token)
    brigade.web.stop()
    page.reload()
    expect(page.get_by_text(COPY_TITLE)).to_be_visible()
    brigade.web.start()
    brigade.web.ready()
    page.get_by_role("link", name="Réessayer").click()
    expect(page.get_by_role("link", name="Ajouter un message")).to_be_visible()


def test_a_page_that_is_open_when_the_network_goes_says_so(brigade, page):
    created = brigade.request()
    keep(brigade, page, created.follow_token)
    go_offline(page)
    expect(page.get_by_text(COPY_TITLE)).to_be_visible(timeout=PATIENCE_MS)


def test_each_language_has_its_copy_and_forgetting_one_forgets_both(brigade, page):
    created = brigade.request()
    keep(brigade, page, created.follow_token)
    keep(brigade, page, created.follow_token, "/en/follow")
    go_offline(page)
    page.reload()
    expect(page.get_by_text("Offline: last known state")).to_be_visible()
    page.get_by_role("button", name="Forget this page on this device").click()
    expect(page.get_by_text("The copy is deleted.")).to_be_focused()
    assert page.evaluate("caches.keys()") == []


def test_nothing_on_the_device_holds_the_link_or_the_code_or_the_reason(brigade, page):
    created = brigade.request()
    keep(brigade, page, created.follow_token)
    held = page.evaluate(HELD)
    assert created.reference in held
    for secret in (created.follow_token, "Porter plainte", "Camille"):
        assert secret not in held
    # Half of the code may stand in a time or a number by chance; the whole of it, whatever stands between its
    # halves, may not.
    assert not re.search(rf"{created.follow_code[:4]}[^0-9]{{0,80}}{created.follow_code[4:]}", held)


def test_forgetting_deletes_the_copy_and_keeps_the_page_open(brigade, page):
    created = brigade.request()
    keep(brigade, page, created.follow_token)
    page.get_by_role("button", name="Oublier cette page sur cet appareil").click()
    expect(page.get_by_text("La copie est effacée.")).to_be_focused()
    check(page)
    accept(brigade, created.request_id)
    expect(page.locator("#etat-titre")).to_have_text("Un gendarme s’occupe de votre demande")
    page.goto("about:blank")
    page.goto(f"{brigade.url}/")
    assert page.evaluate(TRACES) == []


def test_a_link_that_opens_nothing_any_more_takes_its_copy_with_it(brigade, page):
    created = brigade.request()
    keep(brigade, page, created.follow_token)
    revoke(brigade, created.request_id)
    page.goto(page_of(brigade, created.follow_token))
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette demande n’est plus ici")
    page.goto(f"{brigade.url}/")
    assert page.evaluate(TRACES) == []


def test_a_discreet_request_leaves_nothing_and_removes_what_was_there(brigade, page):
    discreet = brigade.request(reason_code="harassment", safe_time="le matin")
    page.goto(page_of(brigade, discreet.follow_token))
    expect(page.locator("html[data-copy=none]")).to_be_attached()
    page.goto(f"{brigade.url}/")
    assert page.evaluate(TRACES) == []

    created = brigade.request()
    keep(brigade, page, created.follow_token)
    keep(brigade, page, created.follow_token, "/en/follow")
    page.goto(page_of(brigade, discreet.follow_token))
    expect(page.locator("html[data-copy=none]")).to_be_attached()
    page.goto(f"{brigade.url}/")
    assert page.evaluate(TRACES) == []


def test_the_other_pages_register_nothing(brigade, page):
    for path in ("/", "/contact", "/suivi", "/en/follow"):
        page.goto(brigade.url + path, wait_until="networkidle")
        assert page.evaluate(TRACES) == []


@pytest.mark.parametrize(("folder", "button"), [("mot", "Envoyer le message"), ("annuler", "Oui, annuler ma demande")])
def test_a_form_that_cannot_be_sent_says_so_and_keeps_what_was_typed(brigade, page, screenshot, folder, button):
    created = brigade.request()
    keep(brigade, page, created.follow_token)
    page.goto(f"{page_of(brigade, created.follow_token)}/{folder}")
    if folder == "mot":
        page.locator("#text").fill("Plutôt après 18 h")
    go_offline(page)
    expect(page.get_by_role("alert")).to_contain_text("Hors connexion")
    expect(page.get_by_role("button", name=button)).to_be_disabled()
    check(page)
    screenshot(page, f"citizen-{folder}-offline")
    page.context.set_offline(False)
    expect(page.locator("#hors-connexion")).to_be_hidden()
    page.get_by_role("button", name=button).click()
    expect(page.locator(".history")).to_contain_text("Plutôt après 18 h" if folder == "mot" else "annulé")
