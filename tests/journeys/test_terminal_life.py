"""The long life of a terminal: enrolled by a code, locked by a PIN, revoked, forgotten, and back again."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.rules.actor import Role
from models.tables import AgentSession, Event, Terminal
from tests.support.brigade import DESK, PATIENCE_MS, connected, offline_ready
from tests.support.devices import PIN, choose_pin, enrolled, enrolment_code, open_code, type_pin
from tests.support.seed import request_row

HOUR_MS = 3_600_000
READ_ALL = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open('terminal');
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const tx = open.result.transaction(['docs', 'outbox', 'meta']);
    const read = Object.fromEntries(['docs', 'outbox'].map((name) => [name, tx.objectStore(name).getAll()]));
    const keys = tx.objectStore('meta').getAllKeys();
    tx.oncomplete = () => {
      open.result.close();
      resolve({docs: read.docs.result, outbox: read.outbox.result, meta: keys.result});
    };
  };
})"""


@pytest.fixture
def sacha(brigade):
    return brigade.agent("Sacha Martin")


def locked(page):
    expect(page.get_by_role("heading", name="Terminal verrouillé")).to_be_visible(timeout=PATIENCE_MS)


def nothing_shows(page, *words):
    """Neither on screen nor anywhere in the document."""
    text = page.evaluate("document.documentElement.outerHTML")
    for word in words:
        assert word not in text


def terminals_of(brigade):
    with brigade.database.transaction() as session:
        return list(session.scalars(select(Terminal).order_by(Terminal.enrolled_at)))


def end_terminals(brigade):
    with brigade.database.transaction() as session:
        for terminal in session.scalars(select(Terminal).where(Terminal.revoked_at.is_(None))):
            terminal.revoked_at = datetime.now(UTC)


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
    page.route("**/api/sync/push", lambda route: route.abort())
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
    page.evaluate("code => { location.hash = `#/enrol/${code}`; }", enrolment_code(brigade, sacha))
    expect(page.get_by_text("Seul l’agent qui a fait ces actions")).to_be_visible()
    page.get_by_role("button", name="Enrôler").click()
    expect(page.get_by_role("heading", name="Ce terminal garde des actions de Lou Petit")).to_be_visible()
    assert len(page.evaluate(READ_ALL)["outbox"]) == 1
    assert [terminal.revoked_at is not None for terminal in terminals_of(brigade)] == [True]
    page.unroute("**/api/sync/push")
    page.get_by_role("button", name="Laisser Lou Petit se connecter").click()
    brigade.sign_in(page, "petit")
    expect(page.get_by_text("À moi")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("en attente d’envoi")).to_have_count(0)
    with brigade.database.transaction() as session:
        assert request_row(session, created).state == "accepted"


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


def test_wrong_pins_wait_longer_each_time_and_the_tenth_wipes(brigade, sacha, check):
    created = brigade.request()
    page = enrolled(brigade, sacha)
    page.locator("a.card").click()
    page.route("**/api/sync/push", lambda route: route.abort())
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

    page.unroute("**/api/sync/push")
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


def test_revoked_it_wipes_at_once_keeps_the_actions_and_sends_them_once_enrolled_again(brigade, sacha, check):
    created = brigade.request()
    phone = enrolled(brigade, sacha)
    phone.locator("a.card").click()
    phone.route("**/api/sync/push", lambda route: route.abort())
    phone.get_by_role("button", name="Accepter").click()
    expect(phone.get_by_text("1 action en attente d’envoi")).to_be_visible()
    phone.unroute("**/api/sync/push")
    phone.route("**/api/sync/push", lambda route: route.fulfill(status=503, body=""))

    desk = brigade.terminal(brigade.agent("Major Roux", Role.GENDARME, Role.CHIEF), viewport=DESK)
    desk.evaluate("location.hash = '#/reglages/terminaux'")
    desk.get_by_role("button", name="Révoquer Ordinateur").click()
    expect(desk.get_by_role("heading", name="Révoquer Ordinateur")).to_be_focused()
    check(desk, "terminals-revoke")
    phone.unroute("**/api/sync/push")
    desk.get_by_role("alert").get_by_role("button", name="Révoquer").click()
    expect(desk.get_by_text("Ordinateur est révoqué.")).to_be_visible()
    expect(desk.get_by_text("Aucun terminal enrôlé")).to_be_visible()

    # The server closes the socket, and the terminal asks why at once.
    expect(phone.get_by_role("heading", name="Ce terminal a été révoqué")).to_be_visible(timeout=PATIENCE_MS)
    held = phone.evaluate(READ_ALL)
    assert (held["docs"], len(held["outbox"])) == ([], 1)
    nothing_shows(phone, "Camille Essai")
    check(phone, "ended-revoked")
    phone.get_by_role("button", name="Abandonner ces actions").click()
    expect(phone.get_by_text("Personne d’autre ne les a reçues")).to_be_visible()
    check(phone, "ended-discard")
    phone.get_by_role("button", name="Annuler").click()
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.get_by_role("heading", name="Ce terminal a été révoqué")).to_be_visible()
    phone.context.set_offline(False)

    open_code(brigade, phone, enrolment_code(brigade, sacha))
    choose_pin(phone)
    expect(phone.get_by_text("À moi")).to_be_visible(timeout=PATIENCE_MS)
    expect(phone.get_by_text("en attente d’envoi")).to_have_count(0)
    with brigade.database.transaction() as session:
        assert request_row(session, created).accepted_by_id == sacha.id
        names = session.scalars(select(Event.name).where(Event.request_id == created.request_id).order_by(Event.id))
        assert list(names) == ["request_created", "request_accepted"]


def test_what_waits_on_a_revoked_terminal_can_be_given_up(brigade, sacha):
    created = brigade.request()
    page = enrolled(brigade, sacha)
    page.locator("a.card").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
    end_terminals(brigade)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Ce terminal a été révoqué")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Abandonner ces actions").click()
    page.get_by_role("button", name="Abandonner et perdre ces actions").click()
    expect(page.get_by_text("en attente d’envoi")).to_have_count(0)
    # The numbers go on after the gap: what is done next still arrives.
    open_code(brigade, page, enrolment_code(brigade, sacha))
    choose_pin(page)
    page.locator("a.card[data-state=waiting]").click()
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("Acceptée par vous")).to_be_visible()
    expect(page.locator(".mark-pending")).to_have_count(0, timeout=PATIENCE_MS)
    with brigade.database.transaction() as session:
        assert request_row(session, created).accepted_by_id == sacha.id


def test_seven_days_without_the_server_wipe_the_list_while_it_is_open(brigade, sacha, check):
    brigade.request()
    page = brigade.terminal(sacha)
    expect(page.locator("a.card")).to_have_count(1)
    offline_ready(page)
    page.clock.install()
    page.reload()
    expect(page.locator("a.card")).to_have_count(1)
    page.context.set_offline(True)
    expect(page.get_by_text("Hors ligne depuis")).to_be_visible()
    page.clock.fast_forward(167 * HOUR_MS)
    expect(page.locator("a.card")).to_have_count(1)
    page.clock.fast_forward(1.1 * HOUR_MS)
    expect(page.get_by_text("Après sept jours, ce terminal a effacé ses demandes")).to_be_visible()
    check(page, "inbox-seven-days")
    assert page.evaluate(READ_ALL)["docs"] == []
    page.context.set_offline(False)
    expect(page.locator("a.card")).to_have_count(1, timeout=PATIENCE_MS)


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


def test_signing_out_without_network_is_finished_when_it_is_back(brigade, sacha):
    page = enrolled(brigade, sacha)
    offline_ready(page)
    page.get_by_role("link", name="Réglages").click()
    expect(page.get_by_text("Se déconnecter révoque ce terminal")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Déconnexion à finir")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Déconnexion à finir")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Déconnexion à finir")).to_have_count(0, timeout=PATIENCE_MS)
    assert terminals_of(brigade)[0].revoked_at is not None


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
