"""A reminder's two answers in a real browser: with scripts and without, on small and wide screens, in both themes."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from models.appointment_events import AppointmentReminded
from models.record import record
from models.rules.actor import Role
from models.tables import Appointment, Unit
from server.context import utc_now
from server.services.claim_notice import ClaimNotice, claim_notice
from server.services.settle_notice import SettleNotice, settle_notice
from tests.journeys.test_booking import PARIS, PHONE, check
from tests.support.agenda import seed_windows
from tests.support.bookings import book
from tests.support.citizen import seed_places
from tests.support.seed import SECRET_KEY, seed_agent


@pytest.fixture
def site(deployment, database):
    with database.transaction() as session:
        seed_places(session)
    web = deployment.web({"SECRET_KEY": SECRET_KEY.decode()})
    return f"http://localhost:{web.port}"


@pytest.fixture
def reminded(database, site):
    """The address of a booking, confirmed for nine o'clock on the day after tomorrow, that was reminded of by mail."""

    def make(language="fr", starts_at=None, ahead="two_days"):
        now = utc_now()
        day = now.astimezone(PARIS).date() + timedelta(days=2)
        starts_at = starts_at or datetime.combine(day, time(9), PARIS)
        with database.transaction() as session:
            chief = seed_agent(session, session.get_one(Unit, 1008593), Role.GENDARME, Role.CHIEF)
            seed_windows(session, chief, starts_at, starts_at + timedelta(hours=1))
            booked = book(session, chief.unit_id, starts_at, now=now - timedelta(days=9), language=language)
            appointment = session.get_one(Appointment, booked.appointment_id)
            event = AppointmentReminded(
                at=now,
                unit_id=appointment.unit_id,
                booking_id=booked.booking_id,
                appointment_id=appointment.id,
                ahead=ahead,
            )
            _, notice_id = claim_notice(session, ClaimNotice(record(session, event), "email", "citizen"), now)
            settle_notice(session, SettleNotice(notice_id), now)
        return f"{site}/{'en/follow' if language == 'en' else 'suivi'}/{booked.follow_token}"

    return make


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_coming_is_one_button(browser, reminded, screenshot, theme):
    context = browser.new_context(viewport=PHONE, color_scheme=theme, locale="fr-FR")
    page = context.new_page()
    address = reminded()
    page.goto(f"{address}/je-viens")
    expect(page.get_by_role("heading", level=1)).to_have_text("Venez-vous au rendez-vous\N{NARROW NO-BREAK SPACE}?")
    check(page)
    screenshot(page, "citizen-coming")
    page.goto(address)
    check(page)
    screenshot(page, "citizen-reminded")
    page.get_by_role("button", name="Je viens").press("Enter")
    expect(page.get_by_role("heading", name="vous venez")).to_be_visible()
    assert page.url == f"{address}#venue"
    check(page)
    screenshot(page, "citizen-promised")
    context.close()


def test_both_answers_work_without_scripts(browser, reminded):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    address = reminded("en")
    page.goto(f"{address}/coming")
    page.get_by_role("button", name="I am coming").click()
    expect(page.get_by_role("heading", name="Noted: you are coming")).to_be_visible()
    # Whoever has changed their mind may still say so.
    page.goto(f"{address}/withdraw")
    page.get_by_role("button", name="Yes, cancel").click()
    expect(page.locator("#etat-titre")).to_have_text("You cancelled your appointment")
    page.goto(f"{address}/coming")
    expect(page.locator("#etat-titre")).to_have_text("You cancelled your appointment")
    context.close()


def test_after_the_term_the_page_says_whom_to_call(browser, reminded, screenshot):
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    page = context.new_page()
    soon = utc_now().replace(second=0, microsecond=0) + timedelta(minutes=100)
    address = reminded(starts_at=soon, ahead="two_hours")
    page.goto(f"{address}/je-viens")
    expect(page.get_by_role("link", name="J’annule")).to_have_count(0)
    expect(page.get_by_text("Il est trop tard pour annuler ici.")).to_be_visible()
    expect(page.locator("main a[href^='tel:']")).to_be_visible()
    check(page)
    screenshot(page, "citizen-coming-late")
    page.goto(f"{address}/annuler")
    expect(page.get_by_text("appelez la brigade au")).to_be_visible()
    check(page)
    screenshot(page, "citizen-cancelling-late")
    context.close()
