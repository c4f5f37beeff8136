"""The terminal without network, its installation, and how a new version comes."""

import json
import re
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from models.tables import AgentSession, Event
from tests.support.brigade import PATIENCE_MS, offline_ready
from tests.support.devices import only_the_page_sends
from tests.support.seed import request_row

READ_OUTBOX = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open('terminal');
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const all = open.result.transaction('outbox').objectStore('outbox').getAll();
    all.onsuccess = () => { open.result.close(); resolve(all.result); };
  };
})"""


def history_of(brigade, created):
    with brigade.database.transaction() as session:
        return list(
            session.scalars(select(Event.name).where(Event.request_id == created.request_id).order_by(Event.id))
        )


def test_a_cold_start_without_network_and_a_tap_that_arrives_later(brigade):
    agent = brigade.agent("Sacha Martin")
    created = brigade.request()
    page = brigade.terminal(agent)
    expect(page.locator("a.card")).to_have_count(1)
    offline_ready(page)

    page.context.set_offline(True)
    page.close()
    page = page.context.new_page()
    page.goto(f"{brigade.url}/terminal/")
    expect(page.get_by_text("Hors ligne depuis")).to_be_visible()
    expect(page.locator("a.card")).to_have_count(1)
    page.locator("a.card").click()
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("Acceptée par vous")).to_be_visible()
    page.get_by_role("link", name="Clore").click()
    page.get_by_label("Personne jointe").check()
    page.get_by_role("button", name="Clore").click()
    expect(page.get_by_text("2 actions en attente d’envoi")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 actions en attente d’envoi")).to_be_visible()
    expect(page.locator(".detail-state")).to_contain_text("Personne jointe")

    page.context.set_offline(False)
    expect(page.get_by_text("en attente d’envoi")).to_have_count(0, timeout=PATIENCE_MS)
    with brigade.database.transaction() as session:
        row = request_row(session, created)
        assert (row.state, row.accepted_by_id, row.outcome) == ("done", agent.id, "handled")
    assert history_of(brigade, created) == ["request_created", "request_accepted", "request_closed"]
    assert page.evaluate(READ_OUTBOX) == []


def test_answers_that_are_lost_after_the_server_has_acted_do_no_harm(brigade):
    agent = brigade.agent("Sacha Martin")
    created = brigade.request()
    page = brigade.terminal(agent)
    page.locator("a.card").click()
    lost = []

    def lose(route):
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    only_the_page_sends(page)
    page.route("**/api/sync/push", lose)
    page.get_by_role("button", name="Accepter").click()
    expect(page.locator(".detail > .mark-pending")).to_be_visible()
    expect(page.locator(".mark-pending")).to_have_count(0, timeout=PATIENCE_MS)
    assert lost == [200, 200]
    assert history_of(brigade, created) == ["request_created", "request_accepted"]
    assert page.evaluate(READ_OUTBOX) == []


def test_a_sign_in_that_ends_keeps_the_actions_and_hides_the_requests(brigade):
    agent = brigade.agent("Sacha Martin")
    other = brigade.agent("Lou Petit")
    created = brigade.request()
    page = brigade.terminal(agent)
    page.locator("a.card").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
    with brigade.database.transaction() as session:
        session.execute(update(AgentSession).values(revoked_at=AgentSession.created_at))
    page.context.set_offline(False)
    expect(page.get_by_text("Vos actions sont gardées")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Camille Essai")).to_have_count(0)

    # A colleague may neither send them in their own name nor lose them unawares.
    brigade.sign_in(page, other.login)
    expect(page.get_by_role("heading", name="Ce terminal garde des actions de Sacha Martin")).to_be_visible()
    page.get_by_role("button", name="Laisser Sacha Martin se connecter").click()
    brigade.sign_in(page, agent.login)
    expect(page.get_by_text("À moi")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("en attente d’envoi")).to_have_count(0)
    assert history_of(brigade, created) == ["request_created", "request_accepted"]


def test_two_tabs_share_what_they_hold(brigade):
    page = brigade.terminal(brigade.agent("Sacha Martin"))
    brigade.request()
    other = page.context.new_page()
    other.goto(f"{brigade.url}/terminal/")
    expect(other.locator("a.card")).to_have_count(1)
    page.locator("a.card").click()
    page.get_by_role("button", name="Accepter").click()
    expect(other.get_by_role("heading", name="À moi")).to_be_visible()


def test_it_can_be_installed(brigade):
    page = brigade.terminal(brigade.agent("Sacha Martin"))
    offline_ready(page)
    manifest = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then((r) => r.json())")
    assert manifest["start_url"] == manifest["scope"] == "/terminal/"
    assert manifest["display"] == "standalone"
    sizes = page.evaluate(
        """async (icons) => Promise.all(icons.filter(({type}) => type === 'image/png').map(async ({src, sizes}) => {
          const image = await createImageBitmap(await (await fetch(src)).blob());
          return [sizes, `${image.width}x${image.height}`];
        }))""",
        manifest["icons"],
    )
    assert len(sizes) == 3
    assert all(said == measured for said, measured in sizes)
    # Chromium's own judgement of the manifest, the worker and the icons.
    errors = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A private window, as each test's browser is, can install nothing: that is all it may complain of.
    assert {error["errorId"] for error in errors} <= {"in-incognito"}


class NextVersion(ThreadingHTTPServer):
    """The site as browsers see it before and, once `newer` is set, after a deployment; without sockets."""

    daemon_threads = True
    newer = ""

    def __init__(self, url):
        super().__init__(("127.0.0.1", 0), Relay)
        self.upstream = url
        self.url = f"http://localhost:{self.server_port}"


class Relay(BaseHTTPRequestHandler):
    def do_GET(self):
        headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
        with urllib.request.urlopen(
            urllib.request.Request(self.server.upstream + self.path, headers=headers)
        ) as answer:
            body = answer.read()
            if self.server.newer and self.path in ("/terminal/", "/terminal/precache.js"):
                body = re.sub(rb'(version"?[=:]"?)[0-9a-f]{12}', rb"\g<1>" + self.server.newer.encode(), body)
            self.send_response(answer.status)
            for name in ("Content-Type", "Cache-Control", "Content-Security-Policy", "Service-Worker-Allowed"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_args):
        """Say nothing: tests print only what failed."""


@pytest.fixture
def site(brigade):
    server = NextVersion(brigade.web.url)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_new_version_is_offered_and_never_imposed(brigade, site):
    page = brigade.terminal(brigade.agent("Sacha Martin"), live=False, url=site.url)
    offline_ready(page)
    first = page.evaluate("document.documentElement.dataset.version")
    newer = "0123456789ab"

    def newer_script(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(first, newer))

    site.newer = newer
    page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration.update())")
    offer = page.get_by_role("button", name="Recharger")
    expect(offer).to_be_visible(timeout=PATIENCE_MS)
    assert page.evaluate("document.documentElement.dataset.version") == first

    offer.click()
    page.wait_for_function("version => document.documentElement.dataset.version === version", arg=newer)
    expect(page.get_by_role("heading", name="Demandes", level=1)).to_be_visible()
    expect(offer).to_have_count(0)
    assert json.loads(page.evaluate("caches.keys().then(JSON.stringify)")) == [f"terminal-shell-{newer}"]


def test_a_new_version_is_offered_before_one_is_in_too(brigade, site):
    page = brigade.browser_context().new_page()
    page.goto(f"{site.url}/terminal/")
    expect(page.get_by_label("Identifiant")).to_be_visible()
    offline_ready(page)
    site.newer = "0123456789ab"
    page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration.update())")
    for screen in ("#/enrol", "#/demandes"):
        page.evaluate("hash => { location.hash = hash; }", screen)
        expect(page.get_by_role("button", name="Recharger")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Recharger").click()
    page.wait_for_function("version => document.documentElement.dataset.version === version", arg=site.newer)
    expect(page.get_by_label("Identifiant")).to_be_visible()
