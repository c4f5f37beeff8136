"""Booking in a real browser: with scripts and without, on a small and a wide screen, in both themes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.rules.actor import Role, SystemActor
from models.tables import Appointment, Unit
from server.context import utc_now
from server.services._offers import reoffer
from tests.support.agenda import seed_windows
from tests.support.citizen import seed_places
from tests.support.seed import SECRET_KEY, seed_agent

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def site(deployment, database):
    """Belley receives on six days from the day after tomorrow on, from 9 h to 11 h, at two counters."""
    with database.transaction() as session:
        seed_places(session)
        chief = seed_agent(session, session.get_one(Unit, 1008593), Role.GENDARME, Role.CHIEF)
        first = utc_now().astimezone(PARIS).date() + timedelta(days=2)
        for days in range(6):
            nine = datetime.combine(first + timedelta(days=days), time(9), PARIS)
            seed_windows(session, chief, nine, nine + timedelta(hours=2), counters=2)
    web = deployment.web({"SECRET_KEY": SECRET_KEY.decode()})
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
    """axe finds nothing on either screen, and nothing reaches beyond the side of the narrowest one."""
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    # Through the debugger's own channel: the page's policy lets no foreign script in, ours included.
    page.evaluate(AXE.read_text() + "; undefined")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        found = page.evaluate(
            "async () => (await axe.run()).violations.map((one) => [one.id, one.nodes.map((node) => node.html)])"
        )
        assert found == [], page.url


def go_on(page: Page) -> None:
    page.locator("form .buttons button[value=continue]").click()


def choose_reason(page: Page, code: str) -> None:
    field = page.locator(f"input[name=reason_code][value='{code}']")
    page.locator(f"label[for={field.get_attribute('id')}]").click()


def first_time(page: Page) -> None:
    page.locator(".day .times button").first.click()


def test_booking_with_scripts_is_kept_confirmed_moved_and_followed_live(site, phone, database, screenshot):
    phone.goto(f"{site}/")
    phone.get_by_role("link", name="Prendre rendez-vous").click()
    check(phone)
    screenshot(phone, "citizen-booking-what")
    go_on(phone)
    expect(phone.locator("#problems")).to_be_focused()
    check(phone)
    choose_reason(phone, "neighbours")
    field = phone.get_by_role("combobox")
    field.press_sequentially("bell")
    expect(phone.get_by_role("option")).to_have_count(1)
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("Belley (01)")
    go_on(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Quand pouvez-vous venir ?")
    expect(phone.locator(".day")).to_have_count(4)
    check(phone)
    screenshot(phone, "citizen-booking-when")
    phone.get_by_role("button", name="Voir plus de jours").click()
    expect(phone.locator(".day")).to_have_count(6)
    phone.get_by_role("button", name="Plus tôt ailleurs").click()
    check(phone)
    screenshot(phone, "citizen-booking-elsewhere")
    phone.get_by_role("button", name="Voir le mois").click()
    while not phone.locator(".month td button").count():
        phone.get_by_role("button", name="Mois suivant").click()
    # By keyboard alone: a table of buttons.
    phone.locator(".month td button").first.press("Enter")
    expect(phone.locator(".month [aria-current=date]")).to_be_visible()
    check(phone)
    screenshot(phone, "citizen-booking-month")
    first_time(phone)
    expect(phone.get_by_text("Gardé pour vous jusqu’à")).to_be_visible()
    check(phone)
    screenshot(phone, "citizen-booking-who")
    phone.locator("#caller_name").fill("Camille Essai")
    phone.locator("#phone").fill("06 39 98 00 12")
    phone.locator("#email").fill("camille@example.org")
    phone.locator("form .buttons button[value=continue]").dblclick()
    phone.wait_for_url("**/envoyee")
    check(phone)
    screenshot(phone, "citizen-booking-booked")
    assert phone.context.cookies() == []
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Ajouter à mon agenda").click()
    assert download.value.suggested_filename == "rendez-vous.ics"

    phone.get_by_role("link", name="Changer d’horaire").click()
    check(phone)
    first_time(phone)
    check(phone)
    screenshot(phone, "citizen-booking-move")
    phone.get_by_role("button", name="Confirmer le nouvel horaire").click()
    expect(phone.locator("html[data-live=yes]")).to_be_attached()

    with database.transaction() as session:
        active = session.scalars(select(Appointment).where(Appointment.state == "confirmed")).one()
        reoffer(session, active, "Une intervention nous appelle.", SystemActor("journey"), utc_now())
    expect(phone.locator("#etat-titre")).to_have_text("La brigade doit changer votre horaire")
    expect(phone.locator("#annonce")).to_contain_text("La brigade doit changer votre horaire")
    check(phone)
    screenshot(phone, "citizen-booking-offers")
    phone.get_by_role("button", name="Accepter cet horaire").first.click()
    expect(phone.locator(".state .fr-badge")).to_have_text("Confirmé")


def test_booking_without_scripts(site, plain, browser, screenshot):
    plain.goto(f"{site}/en/appointment")
    choose_reason(plain, "other")
    plain.locator("#commune").fill("01300")
    go_on(plain)
    expect(plain.get_by_role("heading", level=1)).to_have_text("When can you come?")
    taken = plain.locator(".day .times button").first.get_attribute("value")
    # Both counters of that time go to others meanwhile.
    for _ in range(2):
        other = browser.new_context(java_script_enabled=False).new_page()
        other.goto(f"{site}/en/appointment")
        choose_reason(other, "other")
        other.locator("#commune").fill("01300")
        go_on(other)
        other.locator(f".day .times button[value='{taken}']").click()
        expect(other.get_by_text("Kept for you until")).to_be_visible()
        other.context.close()
    plain.locator(f".day .times button[value='{taken}']").click()
    expect(plain.get_by_role("heading", name="Somebody has just taken this time")).to_be_visible()
    screenshot(plain, "citizen-booking-taken")
    plain.locator("#pris button").first.click()
    go_on(plain)
    expect(plain.locator("#problems")).to_be_visible()
    plain.locator("#caller_name").fill("Camille Essai")
    plain.locator("#phone").fill("+32 470 12 34 56")
    go_on(plain)
    expect(plain.get_by_role("heading", level=1)).to_have_text("Your appointment is booked")
    plain.get_by_role("button", name="Offer me an earlier time").click()
    expect(plain.get_by_text("You are on the waiting list.")).to_be_visible()
    plain.get_by_role("link", name="Cancel the appointment").click()
    plain.get_by_role("button", name="Yes, cancel").click()
    expect(plain.locator("#etat-titre")).to_have_text("You cancelled your appointment")


def test_a_discreet_booking_can_be_left_at_any_moment(site, phone):
    phone.route(
        "https://meteofrance.com/**",
        lambda route: route.fulfill(body="<title>Météo</title>", content_type="text/html"),
    )
    phone.goto(f"{site}/rendez-vous")
    choose_reason(phone, "harassment")
    phone.locator("#commune").fill("Belley")
    go_on(phone)
    first_time(phone)
    check(phone)
    assert phone.title() == "Informations"
    phone.locator("#caller_name").fill("Camille Essai")
    phone.locator("#phone").fill("06 39 98 00 13")
    go_on(phone)
    phone.wait_for_url("**/envoyee")
    check(phone)
    phone.get_by_text("Que faut-il apporter ?").click()
    check(phone)
    phone.locator("#quitter").click()
    phone.wait_for_url("https://meteofrance.com/")
