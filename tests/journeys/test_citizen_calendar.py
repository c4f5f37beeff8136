"""A citizen whom a mail has invited, and who is told otherwise from now on: what the page says, and the box."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.rules.actor import Role
from models.tables import Booking, Event, Notice
from push.vapid import VapidKey
from tests.journeys.test_citizen import check
from tests.support.agenda import seed_windows
from tests.support.bookings import book
from tests.support.brigade import Brigade
from tests.support.told import can_be_told


@pytest.fixture
def brigade(deployment, database, browser):
    deployment.environment |= {"VAPID_KEYS": VapidKey.make().write(), "VAPID_SUBJECT": "mailto:brigade@example.gouv.fr"}
    brigade = Brigade(deployment, database, browser)
    yield brigade
    brigade.close()
    assert brigade.complaints == []


@pytest.fixture
def path(brigade) -> str:
    """The page of a booking, without its folder; a mail about it has left."""
    chief = brigade.agent("Maj. Roux", Role.GENDARME, Role.CHIEF)
    now = datetime.now(UTC)
    nine = datetime.combine(now.date() + timedelta(days=7), time(9), UTC)
    with brigade.database.transaction() as session:
        seed_windows(session, chief, nine, nine + timedelta(hours=3))
        booked = book(session, chief.unit_id, nine, now=now)
        session.get_one(Booking, booked.booking_id).email = "camille@example.org"
        notice = {"channel": "email", "recipient": "citizen", "state": "sent", "attempts": 1}
        event_id = session.scalars(select(Event.id).where(Event.name == "appointment_booked")).one()
        session.add(Notice(id=uuid4(), event_id=event_id, created_at=now, changed_at=now, sent_at=now, **notice))
    return booked.follow_token


def settled(page: Page) -> None:
    """Wait until the page has done all that it does by itself: it may put the card in its place anew."""
    expect(page.locator("html[data-told]")).to_be_attached()


def test_a_box_keeps_the_calendar_and_only_the_box(brigade, path, screenshot):
    context = brigade.browser_context()
    can_be_told(context)
    context.grant_permissions(["notifications"], origin=brigade.url)
    page = context.new_page()
    page.goto(f"{brigade.url}/suivi/{path}")
    settled(page)
    page.get_by_text("Préférences").click()
    box = page.get_by_role("checkbox", name="Tenir aussi mon agenda à jour par courriel")
    # Mail is what they hear over: there is nothing to choose yet.
    expect(box).to_be_hidden()
    screenshot(page, "citizen-calendar-by-mail")

    page.get_by_role("button", name="Me prévenir sur cet appareil").click()
    kept = page.get_by_text("Pour votre agenda, nous envoyons aussi chaque changement par courriel à c•••@example.org.")
    expect(kept).to_be_visible()
    expect(box).to_be_checked()
    check(page)
    screenshot(page, "citizen-calendar-kept")

    box.uncheck(force=True)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Votre agenda ne suit plus les changements.")).to_be_visible()
    settled(page)
    page.get_by_text("Préférences").click()
    expect(box).not_to_be_checked()
    check(page)
    screenshot(page, "citizen-calendar-left")
    page.get_by_role("radio", name="Ne rien m’envoyer").check(force=True)
    expect(box).to_be_hidden()

    page.goto(f"{brigade.url}/en/follow/{path}")
    settled(page)
    page.get_by_text("Preferences").click()
    expect(page.get_by_text("Your calendar no longer follows changes.")).to_be_visible()
    page.get_by_role("checkbox", name="Also keep my calendar up to date by email").check(force=True)
    page.get_by_role("button", name="Save").click()
    kept = page.get_by_text("For your calendar, we also send each change by email to c•••@example.org.")
    expect(kept).to_be_visible()
    settled(page)
    page.get_by_text("Preferences").click()
    check(page)
    screenshot(page, "citizen-calendar-kept-english")
