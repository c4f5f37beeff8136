"""The citizen's pages in a real browser: with scripts and without, on a small screen, in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models.queries.followed_request import by_token
from models.tables import Unit
from server.context import utc_now
from server.services.accept_request import AcceptRequest, accept_request
from server.tokens import Tokens
from tests.support.citizen import GOOD_ANSWERS, seed_places
from tests.support.seed import SECRET_KEY, actor_of, seed_agent

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def martin(database):
    with database.transaction() as session:
        seed_places(session)
        return actor_of(seed_agent(session, session.get_one(Unit, 1008593)))


@pytest.fixture
def site(deployment, martin):
    web = deployment.web({"SECRET_KEY": SECRET_KEY.decode()})
    # The socket only takes pages of the public address, which is localhost unless it is set.
    return f"http://localhost:{web.port}"


@pytest.fixture(params=["light", "dark"])
def phone(browser, request):
    """A page on a small screen that fails the test when the console reports anything of ours."""
    context = browser.new_context(viewport=PHONE, color_scheme=request.param, locale="fr-FR")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda entry: complaints.append(entry.text) if "Content Security Policy" in entry.text else None)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def plain(browser):
    """A page in a browser that runs no scripts."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="fr-FR")
    yield context.new_page()
    context.close()


def check(page: Page) -> None:
    """axe finds nothing, and nothing reaches beyond the side of the narrowest screen."""
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size(PHONE)
    # Through the debugger's own channel: the page's policy lets no foreign script in, ours included.
    page.evaluate(AXE.read_text() + "; undefined")
    found = page.evaluate(
        "async () => (await axe.run()).violations.map((one) => [one.id, one.nodes.map((node) => node.html)])"
    )
    assert found == [], page.url


def go_on(page: Page) -> None:
    page.locator("form .buttons button[value=continue]").click()


def choose(page: Page, name: str, value: str) -> None:
    field = page.locator(f"input[name={name}][value='{value}']")
    page.locator(f"label[for={field.get_attribute('id')}]").click()


def test_a_request_with_scripts_is_found_sent_followed_and_taken(site, phone, database, martin):
    phone.goto(f"{site}/")
    check(phone)
    phone.get_by_role("link", name="Être contacté").click()
    check(phone)
    go_on(phone)
    expect(phone.locator("#problems")).to_be_focused()
    check(phone)
    field = phone.get_by_role("combobox")
    field.press_sequentially("bell")
    expect(phone.get_by_role("option")).to_have_count(1)
    check(phone)
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("Belley (01)")
    expect(phone.get_by_role("listbox")).to_be_hidden()
    field.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Votre demande ira à la brigade de Belley")
    check(phone)
    go_on(phone)
    choose(phone, "reason_code", "complaint")
    go_on(phone)
    choose(phone, "channel", "phone")
    choose(phone, "call_window", "asap")
    go_on(phone)
    phone.locator("#facts").fill(GOOD_ANSWERS["facts"])
    go_on(phone)
    phone.locator("#caller_name").fill("Camille Essai")
    phone.locator("#phone").fill("06 39 98 00 12")
    # Enter in a field goes on; it must not press the language switch, which stands before it.
    phone.locator("#phone").press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Vérifiez avant d’envoyer")
    check(phone)
    phone.locator("form .buttons button[value=continue]").dblclick()
    phone.wait_for_url("**/envoyee")
    check(phone)
    assert phone.context.cookies() == []

    expect(phone.locator("html[data-live=yes]")).to_be_attached()
    token = phone.url.split("/")[-2]
    with database.transaction() as session:
        followed = by_token(session, Tokens(SECRET_KEY).stored_hash("follow-token", token))
        accept_request(session, AcceptRequest(followed.id), martin, utc_now())
    expect(phone.locator("#etat-titre")).to_have_text("Un gendarme s’occupe de votre demande")
    expect(phone.locator("#annonce")).to_contain_text("Un gendarme s’occupe de votre demande")
    expect(phone.get_by_role("heading", level=1)).to_have_count(1)
    check(phone)


def test_a_request_without_scripts(site, plain):
    plain.goto(f"{site}/contact")
    plain.locator("#commune").fill("01350")
    go_on(plain)
    plain.locator("label[for=commune-01208]").click()
    go_on(plain)
    choose(plain, "chosen_unit_id", "1008600")
    go_on(plain)
    choose(plain, "reason_code", "other")
    plain.get_by_role("button", name="English").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Why would you like to be contacted?")
    go_on(plain)
    choose(plain, "channel", "email")
    choose(plain, "call_window", "morning")
    go_on(plain)
    plain.locator("#facts").fill("A question.")
    go_on(plain)
    plain.locator("#caller_name").fill("Camille Essai")
    plain.locator("#email").fill("camille@example.org")
    go_on(plain)
    go_on(plain)
    expect(plain.get_by_role("heading", level=1)).to_have_text("Your request is sent")
    plain.get_by_role("link", name="Add a message").click()
    plain.locator("#text").fill("One more thing.")
    go_on(plain)
    expect(plain.locator(".history")).to_contain_text("One more thing.")
    plain.get_by_role("link", name="Withdraw my request").click()
    plain.get_by_role("button", name="Yes, withdraw my request").click()
    expect(plain.locator("#etat-titre")).to_have_text("You withdrew your request")


def test_going_back_in_the_browser_keeps_what_was_typed(site, phone):
    phone.goto(f"{site}/contact")
    phone.locator("#commune").fill("Belley")
    expect(phone.get_by_role("option")).to_have_count(1)
    go_on(phone)
    go_on(phone)
    choose(phone, "reason_code", "complaint")
    go_on(phone)
    expect(phone.locator("#may_leave_message")).to_be_attached()
    phone.wait_for_load_state()
    phone.go_back()
    expect(phone.locator("input[name=reason_code][value=complaint]")).to_be_checked()


def test_the_button_under_an_open_list_is_pressed_at_the_first_try(site, phone):
    phone.goto(f"{site}/contact")
    phone.get_by_role("combobox").press_sequentially("0135")
    expect(phone.get_by_role("option")).to_have_count(2)
    go_on(phone)
    expect(phone.locator("#communes-possibles")).to_be_visible()
    phone.get_by_role("combobox").fill("belle")
    expect(phone.get_by_role("option")).to_have_count(1)
    phone.keyboard.press("Tab")
    expect(phone.get_by_role("listbox")).to_be_hidden()


def test_leaving_quickly_takes_the_place_of_the_page(site, browser):
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    page = context.new_page()
    forecast = {"body": "<title>Météo</title>", "content_type": "text/html"}
    page.route("https://meteofrance.com/**", lambda route: route.fulfill(**forecast))

    def press_escape_twice():
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")

    for leave in (page.locator("#quitter").click, press_escape_twice):
        page.goto(f"{site}/contact")
        page.locator("#commune").fill("Belley")
        go_on(page)
        go_on(page)
        expect(page.locator("#quitter")).to_be_visible()
        check(page)
        before = page.evaluate("history.length")
        leave()
        page.wait_for_url("https://meteofrance.com/")
        assert page.evaluate("history.length") == before
    context.close()


@pytest.mark.parametrize(
    "path",
    ["/en/", "/rendez-vous", "/suivi", "/accessibilite", "/donnees-personnelles", "/mentions-legales", "/nowhere"],
)
def test_axe_finds_nothing(site, phone, path):
    phone.goto(site + path)
    check(phone)


def test_the_home_page_is_light(site, browser):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(site, wait_until="networkidle")
    context.close()
    assert len(sizes) >= 2
    assert sum(sizes) <= 40_000
