"""Every screen of the terminal in every state: axe finds nothing in either theme; `make screens` keeps a picture."""

from datetime import UTC, datetime

from playwright.sync_api import expect

from models.rules.actor import CitizenActor, Role
from models.tables import ContactRequest
from server.services.accept_request import AcceptRequest, accept_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.brigade import PATIENCE_MS, connected, offline_ready
from tests.support.seed import actor_of


def card(page, state, index=0):
    return page.locator(f"a.card[data-state={state}]").nth(index)


def back(page):
    page.evaluate("location.hash = '#/demandes'")


def test_sign_in(brigade, check):
    page = brigade.browser_context().new_page()
    page.goto(f"{brigade.url}/terminal/")
    expect(page.get_by_label("Identifiant")).to_be_visible()
    check(page, "sign-in")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_text("Écrivez votre identifiant")).to_be_visible()
    check(page, "sign-in-error")


def test_the_list(evening, check):
    brigade, me, _ = evening
    page = brigade.terminal(me)
    expect(card(page, "waiting")).to_be_visible()
    expect(page.locator("#group_waiting .count")).to_have_text("4")
    check(page, "inbox")
    page.get_by_text("Terminées ces sept jours").click()
    check(page, "inbox-past")
    page.get_by_role("link", name="Réglages").click()
    page.get_by_label("English").check(force=True)
    back(page)
    expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
    check(page, "inbox-english")


def test_an_empty_list(brigade, check):
    page = brigade.terminal(brigade.agent("Sacha Martin"))
    expect(page.get_by_text("Aucune demande en cours")).to_be_visible()
    check(page, "inbox-empty")


def test_a_full_list(brigade, check):
    for number in range(200):
        brigade.request(minutes_ago=number, caller_name=f"Usager {number}")
    page = brigade.terminal(brigade.agent("Sacha Martin"))
    expect(page.locator("a.card")).to_have_count(200, timeout=PATIENCE_MS)
    check(page, "inbox-full")


def test_a_list_that_does_not_come(brigade, check):
    agent = brigade.agent("Sacha Martin")
    page = brigade.browser_context(service_workers="block").new_page()
    page.route("**/api/sync/pull*", lambda route: route.fulfill(status=503, body="{}"))
    brigade.sign_in(page, agent.login)
    expect(page.get_by_text("Le service ne répond pas depuis")).to_be_visible()
    expect(page.get_by_text("Rien n’a encore été reçu")).to_be_visible()
    check(page, "inbox-error-first")
    page.unroute("**/api/sync/pull*")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_text("Aucune demande en cours")).to_be_visible()
    page.route("**/api/sync/pull*", lambda route: route.fulfill(status=503, body="{}"))
    page.reload()
    expect(page.get_by_text("Le service ne répond pas depuis")).to_be_visible()
    check(page, "inbox-error")


def test_a_list_that_takes_its_time(brigade, check):
    agent = brigade.agent("Sacha Martin")
    page = brigade.browser_context(service_workers="block").new_page()
    held = []
    page.route("**/api/sync/pull*", lambda route: held.append(route))
    brigade.sign_in(page, agent.login)
    expect(page.get_by_text("Chargement…")).to_be_visible()
    check(page, "inbox-loading")
    for route in held:
        route.abort()


def test_requests(evening, check):
    brigade, me, _ = evening
    page = brigade.terminal(me)
    page.locator("a.card", has_text="il y a 4 min").click()
    expect(page.get_by_role("button", name="Accepter")).to_be_visible()
    check(page, "request-waiting")
    back(page)
    page.locator("a.card", has_text="Discret").click()
    expect(page.get_by_text("Demande discrète")).to_be_visible()
    check(page, "request-discreet")
    back(page)
    page.locator("a.card", has_text="il y a 47 min").click()
    expect(page.get_by_role("link", name="Clore")).to_be_visible()
    check(page, "request-mine")
    page.get_by_text("Plus", exact=True).click()
    expect(page.get_by_role("button", name="Rendre")).to_be_visible()
    check(page, "request-more")
    back(page)
    page.locator("a.card", has_text="Gendarme Lou Petit").click()
    expect(page.get_by_role("link", name="Noter")).to_be_visible()
    check(page, "request-colleague")
    back(page)
    page.get_by_text("Terminées ces sept jours").click()
    card(page, "done").click()
    check(page, "request-done")
    page.evaluate("location.hash = '#/demandes/0-0'")
    expect(page.get_by_role("heading", name="Cette demande n’est plus")).to_be_visible()
    check(page, "request-gone")


def test_steps(evening, check):
    brigade, me, _ = evening
    page = brigade.terminal(me)
    page.locator("a.card", has_text="il y a 47 min").click()
    page.get_by_role("link", name="Clore").click()
    page.get_by_role("button", name="Clore").click()
    expect(page.get_by_text("Choisissez une issue.")).to_be_visible()
    check(page, "close")
    page.go_back()
    page.get_by_text("Plus", exact=True).click()
    page.get_by_role("link", name="Noter").click()
    page.get_by_label("Votre note").fill("Messagerie pleine, je rappelle à 16 h.")
    check(page, "note")
    page.go_back()
    page.get_by_text("Plus", exact=True).click()
    page.get_by_role("link", name="Transférer").click()
    page.get_by_label("Unité ou commune").fill("brigade")
    page.get_by_label("Brigade de gendarmerie de Culoz").check()
    check(page, "transfer")
    page.get_by_label("Unité ou commune").fill("zzz")
    expect(page.get_by_text("Aucune unité ne porte ce nom.")).to_be_visible()
    page.get_by_role("button", name="Transférer").click()
    check(page, "transfer-none")


def test_offline_and_its_end(evening, check):
    brigade, me, colleague = evening
    page = brigade.terminal(me)
    offline_ready(page)
    page.context.set_offline(True)
    expect(page.get_by_text("Hors ligne depuis")).to_be_visible()
    page.locator("a.card", has_text="il y a 4 min").click()
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
    check(page, "request-pending")
    back(page)
    expect(page.locator("a.card", has_text="En attente d’envoi")).to_be_visible()
    check(page, "inbox-offline")
    page.get_by_role("link", name="Réglages").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_text("ce que vous avez fait sera perdu")).to_be_visible()
    check(page, "settings-warning")

    with brigade.database.transaction() as session:
        waiting = session.query(ContactRequest).filter_by(state="waiting").order_by(ContactRequest.created_at.desc())
        accept_request(session, AcceptRequest(waiting.first().id), actor_of(colleague), datetime.now(UTC))
    back(page)
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text("Gendarme Lou Petit l’a acceptée à", timeout=PATIENCE_MS)
    connected(page)
    check(page, "inbox-conflict")


def test_notices_and_settings(brigade, check):
    page = brigade.terminal(brigade.agent("Adjudant Sacha Martin", Role.CHIEF))
    created = brigade.request()
    expect(card(page, "waiting")).to_be_visible()
    with brigade.database.transaction() as session:
        withdraw_request(
            session, WithdrawRequest(created.request_id), CitizenActor(created.request_id), datetime.now(UTC)
        )
    expect(page.locator(".notice")).to_be_visible()
    check(page, "inbox-notice")
    page.get_by_role("link", name="Réglages").click()
    expect(page.get_by_text("commandant de brigade")).to_be_visible()
    check(page, "settings")
    page.get_by_label("Nuit").check(force=True)
    page.wait_for_function("getComputedStyle(document.documentElement).backgroundColor === 'rgb(11, 11, 13)'")


def test_text_at_200_percent(evening, check):
    brigade, me, _ = evening
    page = brigade.terminal(me)
    page.locator("a.card", has_text="Discret").click()
    page.evaluate(
        "const sheet = new CSSStyleSheet(); sheet.replaceSync('html { font-size: 200% }');"
        "document.adoptedStyleSheets = [sheet]"
    )
    check(page, "request-large-text")
    back(page)
    check(page, "inbox-large-text")
