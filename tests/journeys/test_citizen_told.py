"""A citizen who wants to be told on their own device: asked by a tap, refused once, stopped, and repaired."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.rules.actor import Role
from models.tables import PushFollow, PushSubscription
from push.short_words import short_appointment
from push.vapid import VapidKey
from push.web_push_values import PushNotice
from tests.journeys.test_citizen import check
from tests.journeys.test_citizen_offline import TRACES
from tests.support.agenda import seed_windows
from tests.support.bookings import book
from tests.support.brigade import Brigade
from tests.support.told import FollowWorker, can_be_told
from tests.unit.push import test_appointment_messages as appointments

KEY, NEXT_KEY = VapidKey.make(), VapidKey.make()
TELL_ME = "Me prévenir sur cet appareil"
STOP = "Ne plus prévenir cet appareil"


@pytest.fixture
def brigade(deployment, database, browser):
    deployment.environment |= {"VAPID_KEYS": KEY.write(), "VAPID_SUBJECT": "mailto:brigade@example.gouv.fr"}
    brigade = Brigade(deployment, database, browser)
    yield brigade
    brigade.close()
    assert brigade.complaints == []


@pytest.fixture
def page(brigade) -> Page:
    context = brigade.browser_context()
    can_be_told(context)
    return context.new_page()


def allow(page: Page, brigade: Brigade) -> None:
    page.context.grant_permissions(["notifications"], origin=brigade.url)


def visit(page: Page, brigade: Brigade, created, suffix: str = "") -> None:
    """Open the follow page and wait until it has done all that it does by itself."""
    page.goto(f"{brigade.url}/suivi/{created.follow_token}{suffix}")
    expect(page.locator("html[data-told]")).to_be_attached()


def start(page: Page, brigade: Brigade, created) -> None:
    allow(page, brigade)
    visit(page, brigade, created)
    page.get_by_role("button", name=TELL_ME).click()
    expect(page.get_by_text("Cet appareil vous prévient.")).to_be_visible()


def following(brigade: Brigade) -> list[tuple[object, str]]:
    """Who follows what: requests with the public key that their browser was made with."""
    with brigade.database.transaction() as session:
        rows = session.execute(
            select(PushFollow.request_id, PushSubscription.vapid_key)
            .join(PushSubscription, PushSubscription.id == PushFollow.subscription_id)
            .order_by(PushFollow.created_at)
        )
        return [(request_id, key) for request_id, key in rows]


def memory(page: Page) -> str | None:
    found: str | None = page.evaluate("localStorage.getItem('follow-push')")
    return found


def test_from_sending_to_the_notification_to_the_page(brigade, page, screenshot):
    created = brigade.request()
    allow(page, brigade)
    visit(page, brigade, created, "/envoyee")
    expect(page.get_by_text("Nous vous prévenons par courriel à c•••@example.org.")).to_be_visible()
    check(page)
    screenshot(page, "citizen-told-offer")
    page.get_by_role("button", name=TELL_ME).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#prevenir")).to_be_focused()
    expect(page.get_by_text("Nous vous prévenons par une notification, sur un appareil.")).to_be_visible()
    expect(page.get_by_role("button", name=STOP)).to_be_visible()
    check(page)
    screenshot(page, "citizen-told-on")
    assert following(brigade) == [(created.request_id, KEY.public)]

    worker = FollowWorker(page.context, brigade.url)
    page.close()
    address = f"{brigade.url}/suivi/{created.follow_token}"
    tag = f"follow-{created.request_id}"
    notice = PushNotice(title="Quelqu’un s’occupe de votre demande", body="Bientôt.", navigate=address, tag=tag)
    [shown] = worker.push(notice.payload().decode())
    assert (shown["title"], shown["body"], shown["tag"]) == (notice.title, "Bientôt.", tag)
    opened = worker.tap(tag)
    assert opened == [f"/suivi/{created.follow_token}"]
    assert worker.shown() == []
    worker.page.goto(brigade.url + opened[0])
    expect(worker.page.get_by_role("button", name=STOP)).to_be_visible()


def test_a_refusal_is_remembered_and_can_be_taken_back(brigade, page, screenshot):
    created, other = brigade.request(), brigade.request()
    visit(page, brigade, created)
    page.get_by_role("button", name="Non merci").click()
    for request in (created, other):
        visit(page, brigade, request)
        expect(page.get_by_role("button", name=TELL_ME)).to_be_hidden()
        expect(page.get_by_role("button", name="Non merci")).to_have_count(0)
    screenshot(page, "citizen-told-refused")
    allow(page, brigade)
    page.get_by_text("Préférences", exact=True).focus()
    page.keyboard.press("Enter")
    check(page)
    screenshot(page, "citizen-told-preferences")
    page.get_by_role("button", name=TELL_ME).click()
    expect(page.get_by_role("button", name=STOP)).to_be_visible()
    assert following(brigade) == [(other.request_id, KEY.public)]


def test_a_browser_that_says_no_is_not_asked_again(brigade, page):
    # Nobody answers the question of a browser without a head: that is a no.
    visit(page, brigade, brigade.request())
    page.get_by_role("button", name=TELL_ME).click()
    expect(page.get_by_text("Votre navigateur bloque les notifications")).to_be_visible()
    page.reload()
    expect(page.locator("html[data-told]")).to_be_attached()
    expect(page.get_by_role("button", name=TELL_ME)).to_be_hidden()
    assert following(brigade) == []


def test_without_network_the_card_says_that_it_did_not_work(brigade, page):
    created = brigade.request()
    allow(page, brigade)
    visit(page, brigade, created)
    page.context.set_offline(True)
    page.get_by_role("button", name=TELL_ME).click()
    expect(page.locator("[data-said]")).to_have_text("Cela n’a pas marché. Réessayez plus tard.")
    page.context.set_offline(False)
    page.get_by_role("button", name=TELL_ME).click()
    expect(page.get_by_role("button", name=STOP)).to_be_visible()


def test_what_is_stopped_here_goes_on_elsewhere_and_the_last_one_ends_the_subscription(brigade, page):
    first, second = brigade.request(), brigade.request()
    start(page, brigade, first)
    start(page, brigade, second)
    page.get_by_role("button", name=STOP).click()
    expect(page.get_by_role("button", name=TELL_ME)).to_be_visible()
    assert following(brigade) == [(first.request_id, KEY.public)]
    visit(page, brigade, first)
    expect(page.get_by_role("button", name=STOP)).to_be_visible()
    page.get_by_role("button", name="Oublier cette page sur cet appareil").click()
    expect(page.get_by_text("La copie est effacée.")).to_be_focused()
    expect(page.get_by_role("button", name=TELL_ME)).to_be_visible()
    assert following(brigade) == []
    assert page.evaluate("localStorage.getItem('tests-push-service')") is None
    assert memory(page) is None
    # What keeps the copy of the second one stays for it.
    assert sorted(page.evaluate(TRACES)) == ["/suivi/", "follow-copies", "follow-files"]


def test_another_choice_on_another_device_stops_this_one(brigade, page):
    created = brigade.request()
    start(page, brigade, created)
    other = brigade.browser_context().new_page()
    visit(other, brigade, created)
    other.get_by_text("Préférences", exact=True).click()
    other.get_by_text("Ne rien m’envoyer").click()
    other.get_by_role("button", name="Enregistrer").click()
    expect(other.get_by_text("Nous ne vous envoyons rien")).to_be_visible()
    visit(page, brigade, created)
    expect(page.get_by_role("button", name=TELL_ME)).to_be_visible()
    assert following(brigade) == []
    assert page.evaluate("localStorage.getItem('tests-push-service')") is None


def test_a_new_key_of_ours_takes_everything_along_and_what_got_lost_is_repaired(brigade, page):
    first, second = brigade.request(), brigade.request()
    start(page, brigade, first)
    start(page, brigade, second)
    brigade.web.stop()
    brigade.web.environment["VAPID_KEYS"] = f"{NEXT_KEY.write()},{KEY.write()}"
    brigade.web.start()
    brigade.web.ready()
    visit(page, brigade, second)
    expect(page.get_by_role("button", name=STOP)).to_be_visible()
    assert sorted(following(brigade)) == sorted([(one.request_id, NEXT_KEY.public) for one in (first, second)])
    # A push service has said that nobody is there any more, which the browser has not heard.
    with brigade.database.transaction() as session:
        for row in session.scalars(select(PushSubscription)):
            session.delete(row)
    visit(page, brigade, first)
    expect(page.get_by_role("button", name=STOP)).to_be_visible()
    assert following(brigade) == [(first.request_id, NEXT_KEY.public)]


def test_a_discreet_request_is_told_without_a_trace_beyond_that(brigade, page, screenshot):
    discreet = brigade.request(reason_code="harassment", safe_time="le matin")
    allow(page, brigade)
    visit(page, brigade, discreet)
    expect(page.get_by_role("button", name=TELL_ME)).to_be_hidden()
    assert page.evaluate(TRACES) == []
    page.get_by_text("Être prévenu", exact=True).click()
    expect(page.get_by_text("Cet appareil peut afficher « Vous avez un message ».")).to_be_visible()
    check(page)
    screenshot(page, "citizen-told-discreet")
    page.get_by_role("button", name=TELL_ME).click()
    expect(page.get_by_role("button", name=STOP)).to_be_visible()
    assert following(brigade) == [(discreet.request_id, KEY.public)]
    # The next visit keeps no page, and the worker that is needed.
    visit(page, brigade, discreet)
    assert page.evaluate(TRACES) == ["/suivi/"]
    assert memory(page) is None
    page.get_by_text("Être prévenu", exact=True).click()
    page.get_by_role("button", name=STOP).click()
    expect(page.get_by_role("button", name=TELL_ME)).to_be_visible()
    assert page.evaluate(TRACES) == []
    assert following(brigade) == []


def test_a_booking_is_told_in_english_and_its_page_closes_the_reminder_in_either_language(brigade, page, screenshot):
    chief = brigade.agent("Maj. Roux", Role.GENDARME, Role.CHIEF)
    now = datetime.now(UTC)
    starts_at = datetime.combine(now.date() + timedelta(days=7), time(8), UTC)
    with brigade.database.transaction() as session:
        seed_windows(session, chief, starts_at, starts_at + timedelta(hours=3))
        booked = book(session, brigade.unit.id, starts_at, now=now, language="en")
    path = f"/en/follow/{booked.follow_token}"
    allow(page, brigade)
    page.goto(brigade.url + path)
    check(page)
    page.get_by_role("button", name="Tell me on this device").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#prevenir")).to_be_focused()
    expect(page.get_by_text("We tell you by a notification, on one device.")).to_be_visible()
    check(page)
    screenshot(page, "citizen-told-booking-in-english")

    worker = FollowWorker(page.context, brigade.url)
    coming, cancelling = f"{path}/coming", f"{path}/withdraw"
    facts = appointments.facts(
        starts_at=starts_at,
        follow_url=brigade.url + path,
        coming_url=brigade.url + coming,
        cancelling_url=brigade.url + cancelling,
    )
    words = short_appointment(appointments.event("appointment_reminded"), facts, "en")
    tag = f"follow-{booked.booking_id}"
    reminder = PushNotice(
        title=words.title,
        body=words.body,
        navigate=path,
        tag=tag,
        lang="en",
        renotify=True,
        actions=[(answer, label) for answer, label, _ in words.answers],
        data={"coming": coming, "cancelling": cancelling},
    )
    for answer, address in reminder.data.items():
        [shown] = worker.push(reminder.payload().decode())
        assert (shown["title"], shown["body"], shown["lang"]) == (words.title, words.body, "en")
        assert [one["title"] for one in shown["actions"]] == ["I am coming", "Cancel my appointment"]
        # Each button leads to the page where its answer is given.
        assert worker.tap(tag, answer) == [address]
        assert worker.shown() == []
    [shown] = worker.push(reminder.payload().decode())
    visit(page, brigade, booked)
    expect(page.get_by_role("button", name=STOP)).to_be_visible()
    assert worker.shown() == []


def test_where_nothing_can_be_told_nothing_is_offered(brigade):
    created = brigade.request()
    context = brigade.browser_context()
    context.add_init_script("delete window.PushManager")
    page = context.new_page()
    visit(page, brigade, created)
    expect(page.get_by_role("button", name=TELL_ME)).to_be_hidden()
    expect(page.get_by_text("Sur iPhone ou iPad")).to_be_hidden()

    phone = brigade.browser_context(user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1")
    phone.add_init_script("delete window.PushManager")
    page = phone.new_page()
    visit(page, brigade, created)
    expect(page.get_by_text("Sur iPhone ou iPad")).to_be_visible()
    expect(page.locator("link[rel=manifest]")).to_have_attribute("href", "/suivi/page.webmanifest")
    check(page)
