"""Every state of the screens about people's time, looked at by axe in both themes; `make screens` keeps a picture."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.tables import Opening
from tests.support.brigade import DESK, offline_ready
from tests.support.roster import choose

SMALL = """[...document.querySelectorAll('a, button, summary, input, textarea')]
  .filter((element) => element.offsetParent && !element.classList.contains('skip'))
  .map((element) => [element.outerHTML.slice(0, 160), element.closest('label') ?? element])
  .map(([html, target]) => [html, target.getBoundingClientRect()])
  .filter(([, box]) => box.height < 48 || box.width < 48)
  .map(([html]) => html)"""


def go(page, address, heading):
    page.evaluate("address => { location.hash = address }", address)
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def test_my_time(roster, check):
    page = roster.brigade.terminal(roster.me)
    check(page, "inbox-duty")
    go(page, "#/dispo", "Ma dispo")
    expect(page.locator("li.row")).to_have_count(5)
    check(page, "duty")
    assert page.evaluate(SMALL) == []
    page.locator("li.row").filter(has_text="Permission").get_by_role("button", name="Annuler").click()
    expect(page.locator("#undo")).to_be_visible()
    check(page, "duty-undo")
    go(page, "#/brigade", "La brigade")
    check(page, "brigade")
    assert page.evaluate(SMALL) == []


def test_in_english(roster, check):
    page = roster.brigade.terminal(roster.chief)
    go(page, "#/reglages", "Réglages")
    choose(page, "English")
    go(page, "#/a-traiter", "To do")
    # All five side by side on a telephone.
    assert page.evaluate("new Set([...document.querySelectorAll('.tab')].map((tab) => tab.offsetTop)).size") == 1
    expect(page.get_by_text("Virieu-le-Grand").first).to_be_visible()
    check(page, "desk-english")
    go(page, "#/dispo", "My availability")
    page.get_by_role("button", name="First to go").click()
    expect(page.locator(".position-now")).to_contain_text("First to go")
    check(page, "duty-english")


def test_nothing_known_yet(people, check):
    page = people.brigade.terminal(people.me)
    go(page, "#/dispo", "Ma dispo")
    expect(page.get_by_text("Aucune absence à venir.")).to_be_visible()
    check(page, "duty-empty")
    page = people.brigade.terminal(people.chief)
    go(page, "#/a-traiter", "À traiter")
    expect(page.get_by_text("Rien à traiter")).to_be_visible()
    check(page, "desk-empty")


def test_forms_with_what_is_wrong(roster, check):
    page = roster.brigade.terminal(roster.me)
    go(page, "#/dispo/absence", "Déclarer une absence")
    check(page, "absence")
    choose(page, "Quelques heures")
    page.get_by_role("button", name="Déclarer une absence").click()
    check(page, "absence-error")
    assert page.evaluate(SMALL) == []
    go(page, "#/dispo/creneau", "Proposer une plage")
    check(page, "opening")
    choose(page, "L’unité")
    page.get_by_label("France services").check()
    choose(page, "Certains motifs")
    page.get_by_role("button", name="Proposer").click()
    check(page, "opening-error")
    assert page.evaluate(SMALL) == []


def test_the_chiefs_screens(roster, check):
    roster.brigade.request(minutes_ago=600)
    page = roster.brigade.terminal(roster.chief)
    go(page, "#/a-traiter", "À traiter")
    check(page, "desk")
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name="Refuser").first.click()
    page.get_by_role("button", name="Refuser la plage").click()
    check(page, "desk-word")
    go(page, "#/brigade", "La brigade")
    check(page, "brigade-chief")
    go(page, f"#/brigade/{roster.me.id}", "Adjudant Sacha Martin")
    check(page, "colleague")


def test_without_network_and_its_conflict(roster, check):
    page = roster.brigade.terminal(roster.chief)
    offline_ready(page)
    go(page, "#/a-traiter", "À traiter")
    page.context.set_offline(True)
    expect(page.get_by_text("Dernière mise à jour")).to_be_visible()
    page.get_by_role("button", name="Approuver").first.click()
    expect(page.locator("li.row .mark-pending")).to_be_visible()
    check(page, "desk-offline")
    go(page, "#/dispo", "Ma dispo")
    page.get_by_role("button", name="Premier à marcher").click()
    expect(page.locator(".position-now .mark-pending")).to_be_visible()
    check(page, "duty-offline")
    go(page, "#/a-traiter", "À traiter")
    with roster.brigade.database.transaction() as session:
        proposed = session.scalars(
            select(Opening).where(Opening.state == "proposed").order_by(Opening.starts_at)
        ).first()
    roster.refuse(proposed.id, "La salle est prise.")
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_contain_text("l’a refusée")
    check(page, "desk-conflict")


@pytest.mark.parametrize("status", [503, None])
def test_before_anything_has_come(people, check, status):
    page = people.brigade.browser_context(service_workers="block").new_page()
    held = []

    def stop(route):
        held.append(route) if status is None else route.fulfill(status=status, body="{}")

    page.route("**/api/sync/pull*", stop)
    people.brigade.sign_in(page, people.me.login)
    expect(page.get_by_role("heading", level=1, name="Demandes")).to_be_visible()
    go(page, "#/dispo", "Ma dispo")
    expect(page.get_by_text("Chargement…" if status is None else "Rien n’a encore été reçu")).to_be_visible()
    check(page, "duty-loading" if status is None else "duty-error-first")
    for route in held:
        route.abort()


def test_two_hundred_rows_and_large_letters(people, check):
    for number in range(1, 101):
        people.opening(people.me, days=number)
        people.absence(people.me, days=number)
    page = people.brigade.terminal(people.me)
    go(page, "#/dispo", "Ma dispo")
    expect(page.locator("li.row")).to_have_count(200)
    check(page, "duty-full")
    page.evaluate(
        "const sheet = new CSSStyleSheet(); sheet.replaceSync('html { font-size: 200% }');"
        "document.adoptedStyleSheets = [sheet]"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    go(page, "#/dispo/creneau", "Proposer une plage")
    check(page, "opening-large-text")


def test_my_time_by_keyboard_alone(people):
    page = people.brigade.terminal(people.me, viewport=DESK)
    page.locator(".duty-chip").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ma dispo")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Premier à marcher")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Premier à marcher")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Premier à marcher")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Position enregistrée")).to_have_count(1)
