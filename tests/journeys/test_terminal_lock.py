"""The PIN: at each start, after minutes without a touch, wrong, forgotten, changed."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.tables import AgentSession
from tests.support.brigade import PATIENCE_MS, offline_ready
from tests.support.devices import (
    PIN,
    READ_ALL,
    choose_pin,
    enrolled,
    enrolment_code,
    hold_back,
    let_go,
    locked,
    nothing_shows,
    open_code,
    terminals_of,
    type_pin,
)
from tests.support.seed import request_row


@pytest.fixture
def sacha(brigade):
    return brigade.agent("Sacha Martin")


def test_it_opens_without_network_behind_its_pin(brigade, sacha, check):
    brigade.request()
    page = enrolled(brigade, sacha)
    expect(page.locator("a.card")).to_have_count(1)
    offline_ready(page)
    # Days go by: no password sign-in would hold that long, and there is none.
    with brigade.database.transaction() as session:
        assert session.scalars(select(AgentSession)).all() == []
    page.context.set_offline(True)
    page.close()
    page = page.context.new_page()
    page.goto(f"{brigade.url}/terminal/")
    locked(page)
    expect(page.get_by_text("Hors ligne depuis")).to_be_visible()
    nothing_shows(page, "Camille Essai", "Porter plainte", "Sacha Martin", "Belley")
    for name, number in (("Appeler le 17", "tel:17"), ("Appeler le 112", "tel:112"), ("SMS au 114", "sms:114")):
        expect(page.get_by_role("link", name=name)).to_have_attribute("href", number)
    expect(page.get_by_label("Code PIN", exact=True)).to_be_focused()
    check(page, "lock")

    type_pin(page, "1357")
    expect(page.get_by_text("Code faux. Encore 9 essais.")).to_be_visible()
    check(page, "lock-wrong")
    # By keyboard as well.
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator("a.card")).to_have_count(1)
    expect(page.get_by_role("heading", name="Demandes", level=1)).to_be_focused()


def test_keys_are_large_enough_for_gloves(brigade, sacha):
    page = enrolled(brigade, sacha)
    page.reload()
    locked(page)
    sizes = page.evaluate(
        """[...document.querySelectorAll('main button, main a, main input')]
          .map((element) => element.getBoundingClientRect()).map(({width, height}) => [width, height])"""
    )
    assert len(sizes) == 17
    assert [size for size in sizes if min(size) < 48] == []
    # The keypad and the urgent numbers are on a small phone's first screen.
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_minutes_without_a_touch_close_every_tab_and_what_was_typed_comes_back(brigade, sacha):
    brigade.request()
    context = brigade.browser_context()
    page = enrolled(brigade, sacha, context)
    other = context.new_page()
    other.goto(f"{brigade.url}/terminal/")
    # The first tab is open, and vouches for the second.
    expect(other.locator("a.card")).to_have_count(1)
    other.clock.install()
    other.reload()
    expect(other.locator("a.card")).to_have_count(1)

    page.locator("a.card").click()
    page.get_by_text("Plus", exact=True).click()
    page.get_by_role("link", name="Noter").click()
    page.get_by_label("Votre note").fill("Rappeler après 18 h")
    other.clock.fast_forward("04:30")
    expect(other.locator("a.card")).to_have_count(1)
    other.clock.fast_forward("01:00")
    locked(other)
    locked(page)
    expect(page.get_by_label("Code PIN", exact=True)).to_be_focused()
    nothing_shows(page, "Camille Essai", "Rappeler après", "Votre note")
    type_pin(page)
    expect(page.get_by_label("Votre note")).to_have_value("Rappeler après 18 h")
    expect(other.locator("a.card")).to_have_count(1)


def test_what_happens_while_it_is_locked_is_delivered_and_not_told(brigade, sacha):
    page = enrolled(brigade, sacha)
    page.get_by_role("link", name="Réglages").click()
    page.get_by_role("button", name="Verrouiller maintenant").click()
    locked(page)
    expect(page.get_by_label("Code PIN", exact=True)).to_be_focused()
    created = brigade.request()
    page.wait_for_function(
        f"({READ_ALL})().then(({{docs}}) => docs.some(({{k}}) => k === 'request/{created.request_id}'))"
    )
    nothing_shows(page, "Camille Essai", "Porter plainte", "Nouvelle demande")


def test_peoples_time_is_behind_the_lock_too(brigade, roster):
    proposed = roster.opening(roster.me, days=8)
    page = enrolled(brigade, roster.me)
    expect(page.locator(".duty-chip")).to_contain_text("En intervention")
    page.get_by_role("link", name="Réglages").click()
    page.get_by_role("button", name="Verrouiller maintenant").click()
    locked(page)
    roster.approve(proposed)
    page.wait_for_function(
        f"({READ_ALL})().then(({{docs}}) => docs.some(({{k, body}}) => k === 'opening/{proposed}' && body.decided_by))"
    )
    nothing_shows(page, "En intervention", "duty-chip", 'class="count"', "Claude Roux", "notice")
    type_pin(page)
    page.get_by_role("link", name="Demandes").click()
    expect(page.locator(".notice")).to_contain_text("Major Claude Roux")


def test_what_waits_for_the_chief_is_behind_the_lock_too(brigade, roster):
    page = enrolled(brigade, roster.chief)
    page.get_by_role("link", name="À traiter").click()
    expect(page.locator("li.row").first).to_contain_text("Sacha Martin")
    expect(page.locator('.tab[aria-current="page"] .count')).to_have_text("2")
    page.reload()
    locked(page)
    nothing_shows(page, "À traiter", 'class="count"', "Sacha Martin", "Virieu-le-Grand")
    type_pin(page)
    expect(page.locator("li.row").first).to_contain_text("Sacha Martin")


def test_wrong_pins_wait_longer_each_time_and_the_tenth_wipes(brigade, sacha, check):
    created = brigade.request()
    page = enrolled(brigade, sacha)
    page.locator("a.card").click()
    hold_back(page)
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
    page.clock.install()
    page.reload()
    locked(page)
    for tries_left in (9, 8, 7):
        type_pin(page, "1357")
        expect(page.get_by_text(f"Encore {tries_left} essais")).to_be_visible()
    expect(page.get_by_text("Nouvel essai possible dans")).to_be_visible()
    # Neither the right one nor a restart shortens the waiting.
    type_pin(page)
    expect(page.get_by_text("Nouvel essai possible dans")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Encore 7 essais")).to_be_visible()
    check(page, "lock-waiting")
    for tries_left in (6, 5, 4, 3, 2):
        page.clock.fast_forward("30:00")
        expect(page.get_by_text("Nouvel essai possible dans")).to_have_count(0)
        type_pin(page, "1357")
        expect(page.get_by_text(f"Encore {tries_left} essais")).to_be_visible()
    page.clock.fast_forward("30:00")
    type_pin(page, "1357")
    expect(page.get_by_text("Encore un essai, puis les demandes seront effacées")).to_be_visible()
    page.clock.fast_forward("30:00")
    type_pin(page, "1357")
    expect(page.get_by_role("heading", name="Dix codes PIN faux")).to_be_visible()
    check(page, "ended-pin-tries")
    held = page.evaluate(READ_ALL)
    assert (held["docs"], len(held["outbox"])) == ([], 1)
    # The credential is given up at the server too, and a restart asks for a sign-in.
    (terminal,) = terminals_of(brigade)
    assert terminal.revoked_at is not None
    page.reload()
    expect(page.get_by_role("heading", name="Dix codes PIN faux")).to_be_visible()

    let_go(page)
    brigade.sign_in(page, sacha.login)
    expect(page.get_by_text("À moi")).to_be_visible(timeout=PATIENCE_MS)
    with brigade.database.transaction() as session:
        assert request_row(session, created).state == "accepted"


def test_a_forgotten_pin_without_network_is_forgotten_at_the_server_later(brigade, sacha, check):
    page = enrolled(brigade, sacha)
    offline_ready(page)
    other = page.context.new_page()
    other.goto(f"{brigade.url}/terminal/")
    expect(other.get_by_role("heading", name="Demandes", level=1)).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("link", name="Réglages").click()
    page.get_by_role("button", name="Verrouiller maintenant").click()
    locked(page)
    locked(other)
    page.get_by_role("button", name="Code PIN oublié").click()
    expect(page.get_by_text("vous n’aurez plus rien avant son retour")).to_be_visible()
    check(page, "lock-forgotten")
    page.get_by_role("button", name="Annuler").click()
    page.get_by_role("button", name="Code PIN oublié").click()
    page.get_by_role("button", name="Effacer et recommencer").click()
    for tab in (page, other):
        expect(tab.get_by_role("heading", name="Code PIN oublié")).to_be_visible()
    other.close()
    assert page.evaluate(READ_ALL)["docs"] == []
    assert terminals_of(brigade)[0].revoked_at is None
    page.reload()
    expect(page.get_by_role("heading", name="Code PIN oublié")).to_be_visible()
    with page.expect_response("**/api/sign-out") as answer:
        page.context.set_offline(False)
    assert answer.value.status == 204
    assert terminals_of(brigade)[0].revoked_at is not None
    open_code(brigade, page, enrolment_code(brigade, sacha))
    choose_pin(page, "9513")
    expect(page.get_by_role("heading", name="Demandes", level=1)).to_be_visible()
    page.reload()
    locked(page)
    type_pin(page, "9513")
    expect(page.get_by_role("heading", name="Demandes", level=1)).to_be_visible()


def test_a_desk_browser_may_have_a_pin_change_it_and_remove_it(brigade, sacha, check):
    page = brigade.terminal(sacha)
    page.get_by_role("link", name="Réglages").click()
    page.get_by_role("link", name="Verrouillage").click()
    expect(page.get_by_text("Ce terminal s’ouvre sans code PIN")).to_be_visible()
    choose_pin(page)
    expect(page.get_by_text("Le nouveau code PIN est gardé")).to_be_visible()
    page.get_by_label("15 minutes").check(force=True)
    check(page, "pin-settings")
    page.get_by_label("Code PIN actuel").first.fill("1357")
    choose_pin(page, "9513")
    expect(page.get_by_text("Code faux. Encore 9 essais.")).to_be_visible()
    page.get_by_label("Code PIN actuel").first.fill(PIN)
    choose_pin(page, "9513")
    expect(page.get_by_text("Le nouveau code PIN est gardé")).to_be_visible()
    page.reload()
    locked(page)
    type_pin(page, "9513")
    expect(page.get_by_label("15 minutes")).to_be_checked()
    page.get_by_label("Code PIN actuel").last.fill("9513")
    page.get_by_role("button", name="Retirer le code PIN").click()
    expect(page.get_by_text("Le code PIN est retiré")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Ce terminal s’ouvre sans code PIN")).to_be_visible()
