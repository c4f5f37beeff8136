"""A terminal's battery, disk and memory fail: what a person did survives, and arrives once."""

import json
import os

from playwright.sync_api import expect

from tests.support.brigade import PATIENCE_MS, offline_ready
from tests.support.devices import choose_pin, locked, type_pin
from tests.support.processes import wait_until
from tests.support.valley import LOOK, deeds, drained, write_note

TAPS = 12


def write_notes(page, texts):
    for text in texts:
        write_note(page, text)
        expect(page.locator(".history")).to_contain_text(text)


def open_again(valley, phone):
    phone.start()
    valley.give_cookie(phone)
    page = phone.new_page()
    page.goto(f"{valley.url}/terminal/")
    return page


def an_open_request(valley, phone):
    """A terminal with its request on screen; that it was opened takes the first number."""
    valley.request()
    page = valley.open(phone, valley.agent("Sacha Martin"))
    page.locator("a.card").click()
    expect(page.get_by_role("button", name="Accepter")).to_be_visible()
    offline_ready(page)
    return page


def test_a_battery_that_fails_right_after_a_tap_loses_nothing(valley, new_phone):
    phone = new_phone()
    page = an_open_request(valley, phone)
    valley.network.cut()
    write_notes(page, [f"Note {number}." for number in range(TAPS)])
    phone.kill()

    valley.network.restore()
    page = open_again(valley, phone)
    # A page that is still starting says of nothing that it waits.
    wait_until(lambda: len(valley.results()) >= TAPS, "the notes have arrived", 60)
    drained(page)
    assert valley.results() == [(seq, "request.note", "applied") for seq in range(2, TAPS + 2)]


def test_a_damaged_database_gets_its_outbox_back_and_it_arrives_once(valley, new_phone):
    phone = new_phone()
    page = an_open_request(valley, phone)
    # One is through already, and still in the outbox: its answer is lost.
    page.route("**/api/sync/pull?*", lambda route: route.abort())
    write_notes(page, ["Déjà partie."])
    wait_until(lambda: len(valley.results()) == 1, "the first note has arrived")
    valley.network.cut()
    write_notes(page, ["Seconde.", "Troisième."])
    wait_until(lambda: copied(page) == 3, "the second copy is made")
    phone.switch_off()
    damage(phone)

    page = open_again(valley, phone)
    expect(page.get_by_text("Actions retrouvées\u202f: 3")).to_be_visible()
    valley.network.restore()
    drained(page)
    wait_until(lambda: len(valley.results()) == 3, "the others have arrived")
    assert valley.results() == [(seq, "request.note", "applied") for seq in (2, 3, 4)]
    expect(page.locator("a.card")).to_have_count(1)
    assert deeds(page) == []


def test_without_any_database_the_outbox_is_shown_and_can_be_sent(valley, new_phone, screenshot):
    phone = new_phone()
    page = an_open_request(valley, phone)
    valley.network.cut()
    write_notes(page, ["Ce qui ne doit pas se perdre."])
    wait_until(lambda: copied(page) == 1, "the second copy is made")
    phone.switch_off()
    folder = without_database(phone)

    page = open_again(valley, phone)
    expect(page.get_by_role("heading", name="Mémoire indisponible")).to_be_visible()
    text = page.get_by_label("Ce que vous avez fait et qui n’est pas parti")
    assert "Ce qui ne doit pas se perdre." in text.input_value()
    assert "Sacha Martin" in text.input_value()
    screenshot(page, "terminal-no-memory")
    page.get_by_role("button", name="Envoyer maintenant").click()
    expect(page.get_by_text("L’envoi a échoué.")).to_be_visible()
    # Nobody throws it away by one tap.
    page.get_by_role("button", name="Repartir à neuf").click()
    expect(page.get_by_role("button", name="Repartir à neuf et perdre ces actions")).to_be_visible()
    page.get_by_role("button", name="Annuler").click()
    valley.network.restore()
    page.get_by_role("button", name="Envoyer maintenant").click()
    expect(page.get_by_text("Tout est parti.")).to_be_visible(timeout=PATIENCE_MS)
    assert valley.results() == [(2, "request.note", "applied")]
    folder.unlink()
    page.get_by_role("button", name="Repartir à neuf").click()
    expect(page.get_by_role("heading", name="Demandes", level=1)).to_be_visible(timeout=PATIENCE_MS)


def test_neither_a_damaged_memory_nor_a_missing_one_opens_the_lock(valley, new_phone, screenshot):
    phone = new_phone()
    page = an_open_request(valley, phone)
    page.get_by_role("link", name="Retour aux demandes").click()
    page.goto(f"{valley.url}/terminal/#/reglages/verrou")
    choose_pin(page)
    wait_until(lambda: has_lock_in_copy(page), "the second copy holds the lock")
    phone.switch_off()
    damage(phone)

    page = open_again(valley, phone)
    locked(page)
    type_pin(page, "1357")
    expect(page.get_by_text("Code faux. Encore 9 essais.")).to_be_visible()
    type_pin(page)
    page.locator("a.card").click()
    valley.network.cut()
    write_notes(page, ["Ce que personne d’autre ne lit."])
    wait_until(lambda: copied(page) == 1, "the second copy is made")
    phone.switch_off()
    folder = without_database(phone)

    page = open_again(valley, phone)
    expect(page.get_by_text("Une action attend. Elle reste cachée")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    screenshot(page, "terminal-no-memory-locked")
    folder.unlink()
    valley.network.restore()
    page.get_by_role("button", name="Repartir à neuf").click()
    page.get_by_role("button", name="Repartir à neuf et perdre ces actions").click()
    # The browser still has the cookie: it opens nothing, and the server has heard that it is given up.
    expect(page.get_by_label("Identifiant")).to_be_visible(timeout=PATIENCE_MS)
    wait_until(lambda: page.request.get(f"{valley.url}/api/me").status == 401, "the sign-in is given up")
    assert valley.results() == []


def test_a_full_device_says_so_keeps_the_action_and_stores_it_once_there_is_room(valley, new_phone):
    phone = new_phone()
    page = an_open_request(valley, phone)
    phone.switch_off()
    phone.start()
    valley.give_cookie(phone)
    page = phone.new_page()
    cdp = phone.cdp(page)
    # Before the first use: Chromium remembers for a while how much room there was.
    cdp.send("Storage.overrideQuotaForOrigin", {"origin": valley.url, "quotaSize": 1})
    valley.network.cut()
    page.goto(f"{valley.url}/terminal/")
    page.locator("a.card").click()
    long = "Ce que la personne a dit. " * 190
    write_note(page, long)

    # Seen with what was on screen, and not safe yet.
    expect(page.get_by_role("alert").filter(has_text="1 action n’est pas encore enregistrée")).to_be_visible()
    expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
    expect(page.locator(".history")).to_contain_text("Ce que la personne a dit.")
    assert deeds(page) == []
    assert warns_before_it_closes(page)

    cdp.send("Storage.overrideQuotaForOrigin", {"origin": valley.url})
    valley.network.restore()
    drained(page)
    wait_until(lambda: len(valley.results()) == 1, "the note has arrived")
    assert valley.results() == [(2, "request.note", "applied")]
    assert not warns_before_it_closes(page)


def warns_before_it_closes(page):
    return page.evaluate(
        "() => { const event = new Event('beforeunload', { cancelable: true }); return !dispatchEvent(event); }"
    )


def copied(page):
    """How much of what people did the second copy of the outbox holds."""
    text = page.evaluate(
        "caches.match('/terminal/memory', { cacheName: 'terminal-memory' }).then((copy) => copy?.text() ?? '')"
    )
    return len([entry for entry in json.loads(text)["outbox"] if entry["op"] != LOOK]) if text else 0


def has_lock_in_copy(page):
    return page.evaluate(
        "caches.match('/terminal/memory', { cacheName: 'terminal-memory' })"
        ".then((copy) => copy?.json()).then((copy) => Boolean(copy?.lock))"
    )


def without_database(phone):
    """A file in the folder's place: no database can be made at all, until it is removed."""
    (folder,) = {path.parent for path in phone.databases()}
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_text("")
    return folder


def damage(phone):
    files = phone.databases()
    assert files
    for path in files:
        path.write_bytes(os.urandom(max(4096, path.stat().st_size)))
