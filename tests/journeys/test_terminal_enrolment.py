"""A device becomes a terminal: by the code on the desk’s screen, by camera or by hand."""

import re

import pytest
from playwright.sync_api import expect

from models.rules.actor import Role
from tests.support.brigade import DESK, PATIENCE_MS, connected, offline_ready
from tests.support.devices import (
    PIN,
    READ_ALL,
    choose_pin,
    enrolled,
    enrolment_code,
    hold_back,
    let_go,
    nothing_shows,
    open_code,
    terminals_of,
)
from tests.support.seed import request_row


@pytest.fixture
def sacha(brigade):
    return brigade.agent("Sacha Martin")


def test_a_chief_enrols_a_gendarme_by_a_code_on_the_desks_screen(brigade, sacha, check):
    brigade.request()
    desk = brigade.terminal(brigade.agent("Major Roux", Role.GENDARME, Role.CHIEF), viewport=DESK)
    desk.get_by_role("link", name="Réglages").click()
    check(desk, "settings")
    desk.get_by_role("link", name="Terminaux").click()
    expect(desk.get_by_text("Aucun terminal enrôlé")).to_be_visible()
    check(desk, "terminals-none")
    desk.get_by_label("Pour qui").select_option("Sacha Martin")
    with desk.expect_response("**/api/terminals/enrolments") as answer:
        desk.get_by_role("button", name="Afficher le code").click()
    made = answer.value.json()
    expect(desk.get_by_role("heading", name="Code pour Sacha Martin")).to_be_focused()
    picture = desk.get_by_role("img", name="Code à photographier")
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") > 0
    expect(desk.locator(".code-shown")).to_have_text(made["code"])
    expect(desk.get_by_role("timer")).to_contain_text(re.compile(r"(10 min 00|9 min \d\d) s"))
    check(desk, "terminals-code")

    phone = brigade.browser_context().new_page()
    phone.goto(made["url"])
    expect(phone.get_by_role("heading", name="Enrôler ce terminal")).to_be_visible()
    # The code is a key: it is neither in the address bar nor in the history.
    assert made["code"] not in phone.url
    assert phone.evaluate("history.length") == 2  # The empty first page, and this one.
    expect(phone.get_by_label("Code d’enrôlement")).to_have_count(0)
    expect(phone.get_by_label("Nom de ce terminal")).to_have_value("Ordinateur")
    check(phone, "enrol")
    phone.get_by_label("Nom de ce terminal").fill("NEOGEND de Sacha")
    phone.get_by_role("button", name="Enrôler").click()

    # Nothing opens before there is a PIN.
    expect(phone.get_by_role("heading", name="Choisissez un code PIN")).to_be_visible()
    nothing_shows(phone, "Camille Essai", "Porter plainte")
    check(phone, "choose-pin")
    choose_pin(phone, "1234")
    expect(phone.get_by_text("Ce code se devine")).to_be_visible()
    phone.get_by_label("Nouveau code PIN").fill(PIN)
    phone.get_by_label("Le même, encore une fois").fill("2581")
    phone.get_by_role("button", name="Garder ce code").click()
    expect(phone.get_by_text("Les deux codes sont différents")).to_be_visible()
    check(phone, "choose-pin-error")
    choose_pin(phone)
    expect(phone.locator("a.card")).to_have_count(1)
    connected(phone)

    expect(desk.get_by_text("NEOGEND de Sacha est enrôlé pour Sacha Martin")).to_be_visible(timeout=PATIENCE_MS)
    expect(desk.locator(".terminal")).to_contain_text("Sacha Martin, enrôlé")
    check(desk, "terminals-used")
    (terminal,) = terminals_of(brigade)
    assert (terminal.agent_id, terminal.name) == (sacha.id, "NEOGEND de Sacha")


def test_a_code_is_typed_by_hand_and_failures_are_explained(brigade, sacha, check):
    page = brigade.browser_context().new_page()
    page.goto(f"{brigade.url}/terminal/")
    page.get_by_role("link", name="Enrôler ce terminal").click()
    expect(page.get_by_role("heading", name="Enrôler ce terminal")).to_be_focused()
    page.get_by_role("button", name="Enrôler").click()
    expect(page.get_by_text("Écrivez le code et un nom")).to_be_visible()
    page.get_by_label("Code d’enrôlement").fill("7K4Q-29PX-MW3T-H8RD")
    page.get_by_role("button", name="Enrôler").click()
    expect(page.get_by_text("Ce code n’est pas valable, ou ne l’est plus")).to_be_visible()
    check(page, "enrol-wrong")
    code = enrolment_code(brigade, sacha)
    page.get_by_label("Code d’enrôlement").fill(code.lower().replace("-", " "))
    page.context.set_offline(True)
    page.get_by_role("button", name="Enrôler").click()
    expect(page.get_by_text("Pas de réseau. L’enrôlement en demande un.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Enrôler").click()
    expect(page.get_by_role("heading", name="Choisissez un code PIN")).to_be_visible()


def test_a_code_that_was_used_opens_nothing_and_says_so(brigade, sacha):
    code = enrolment_code(brigade, sacha)
    first, second = (brigade.browser_context().new_page() for _ in range(2))
    open_code(brigade, first, code)
    expect(first.get_by_role("heading", name="Choisissez un code PIN")).to_be_visible()
    open_code(brigade, second, code)
    expect(second.get_by_text("Demandez-en un autre au poste")).to_be_visible()
    expect(second.get_by_label("Code d’enrôlement")).to_be_focused()


def test_whoever_is_signed_in_is_told_what_enrolment_replaces(brigade, sacha, check):
    page = brigade.terminal(brigade.agent("Lou Petit"))
    page.goto(f"{brigade.url}/terminal/#/enrol/{enrolment_code(brigade, sacha)}")
    expect(page.get_by_text("Lou Petit est connecté sur ce terminal")).to_be_visible()
    check(page, "enrol-signed-in")
    page.get_by_role("button", name="Enrôler").click()
    choose_pin(page)
    expect(page.get_by_role("heading", name="Demandes", level=1)).to_be_visible()
    page.get_by_role("link", name="Réglages").click()
    expect(page.get_by_text("Sacha Martin")).to_be_visible()
    assert "lock" in page.evaluate(READ_ALL)["meta"]


def test_another_agents_actions_are_neither_sent_nor_lost_by_an_enrolment(brigade, sacha):
    created = brigade.request()
    page = brigade.terminal(brigade.agent("Lou Petit"))
    page.locator("a.card").click()
    hold_back(page)
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
    page.evaluate("code => { location.hash = `#/enrol/${code}`; }", enrolment_code(brigade, sacha))
    expect(page.get_by_text("Seul l’agent qui a fait ces actions")).to_be_visible()
    page.get_by_role("button", name="Enrôler").click()
    expect(page.get_by_role("heading", name="Ce terminal garde des actions de Lou Petit")).to_be_visible()
    assert len(page.evaluate(READ_ALL)["outbox"]) == 1
    assert [terminal.revoked_at is not None for terminal in terminals_of(brigade)] == [True]
    let_go(page)
    page.get_by_role("button", name="Laisser Lou Petit se connecter").click()
    brigade.sign_in(page, "petit")
    expect(page.get_by_text("À moi")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("en attente d’envoi")).to_have_count(0)
    with brigade.database.transaction() as session:
        assert request_row(session, created).state == "accepted"


def test_the_terminals_need_the_network_and_say_so(brigade, sacha, check):
    page = enrolled(brigade, sacha)
    offline_ready(page)
    page.get_by_role("link", name="Réglages").click()
    page.context.set_offline(True)
    page.get_by_role("link", name="Terminaux").click()
    expect(page.get_by_text("La liste des terminaux demande du réseau")).to_be_visible()
    page.get_by_role("button", name="Afficher le code").click()
    expect(page.get_by_text("Pas de réseau. Un code d’enrôlement en demande un.")).to_be_visible()
    check(page, "terminals-offline")
    page.context.set_offline(False)
    expect(page.get_by_text("Ce terminal", exact=True)).to_be_visible(timeout=PATIENCE_MS)
