"""A gendarme's day with requests, in a real browser against the real server."""

import re
from datetime import UTC, datetime

from playwright.sync_api import expect
from sqlalchemy import select

from models.rules.actor import CitizenActor, Role
from models.rules.notices import NoticeState
from models.tables import Agent, Event
from server.services.claim_notice import ClaimNotice, claim_notice
from server.services.raise_notice import RaiseNotice, raise_notice
from server.services.settle_notice import SettleNotice, settle_notice
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.brigade import connected
from tests.support.processes import wait_until
from tests.support.seed import request_row


def state_of(brigade, created):
    with brigade.database.transaction() as session:
        row = request_row(session, created)
        return row.state, row.accepted_by_id, row.outcome, row.unit_id


def open_request(page):
    page.locator("a.card").first.click()
    expect(page.locator(".detail #detail-title")).to_be_visible()


def test_a_gendarme_signs_in(brigade):
    brigade.agent("Sacha Martin")
    brigade.request()
    page = brigade.browser_context().new_page()

    brigade.sign_in(page, "martin", "wrong")
    expect(page.get_by_text("Identifiant ou mot de passe incorrect")).to_be_visible()
    expect(page.get_by_label("Identifiant")).to_have_value("martin")
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_focused()

    brigade.sign_in(page, "martin")
    expect(page.locator("a.card")).to_have_count(1)
    connected(page)
    page.reload()
    expect(page.locator("a.card")).to_have_count(1)


def test_a_request_arrives_by_itself_and_is_announced(brigade):
    page = brigade.terminal(brigade.agent("Sacha Martin"))
    expect(page.get_by_text("Aucune demande en cours")).to_be_visible()

    brigade.request()

    expect(page.locator("a.card")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="Nouvelle demande")).to_have_count(1)


def test_accept_then_give_back(brigade):
    agent = brigade.agent("Sacha Martin")
    created = brigade.request()
    page = brigade.terminal(agent)
    open_request(page)
    expect(page.locator(".word-itself")).to_contain_text(created.call_back_word)
    expect(page.get_by_role("link", name="Appeler")).to_have_attribute("href", "tel:+33639980012")

    # A glove taps twice: the button that takes this one's place must not catch the second tap.
    page.get_by_role("button", name="Accepter").dblclick()
    expect(page.get_by_text("Acceptée par vous")).to_be_visible()
    expect(page.locator(".detail-state")).to_be_focused()
    expect(page.get_by_role("link", name="Clore")).to_be_visible()
    wait_until(lambda: state_of(brigade, created)[:2] == ("accepted", agent.id), "the server knows the owner")

    page.get_by_text("Plus", exact=True).click()
    page.get_by_role("button", name="Rendre").click()
    expect(page.get_by_role("button", name="Accepter")).to_be_visible()
    wait_until(lambda: state_of(brigade, created)[0] == "waiting", "the server knows that it waits again")
    expect(page.locator(".mark-pending")).to_have_count(0)


def test_note_then_close_with_an_outcome(brigade):
    agent = brigade.agent("Sacha Martin")
    created = brigade.request()
    page = brigade.terminal(agent)
    open_request(page)
    page.get_by_role("button", name="Accepter").click()

    page.get_by_text("Plus", exact=True).click()
    page.get_by_role("link", name="Noter").click()
    page.get_by_role("button", name="Enregistrer la note").click()
    expect(page.get_by_text("Écrivez la note.")).to_be_visible()
    page.get_by_label("Votre note").fill("Appelé deux fois, sans réponse.")
    page.get_by_role("button", name="Enregistrer la note").click()
    expect(page.locator(".history")).to_contain_text("Appelé deux fois, sans réponse.")

    page.get_by_role("link", name="Clore").click()
    page.get_by_role("button", name="Clore").click()
    expect(page.get_by_text("Choisissez une issue.")).to_be_visible()
    page.get_by_label("Personne injoignable").check()
    page.get_by_role("button", name="Clore").click()
    expect(page.locator(".detail-state")).to_contain_text("Personne injoignable")
    wait_until(
        lambda: state_of(brigade, created)[:3] == ("done", agent.id, "unreachable"), "the server has the outcome"
    )


def test_whether_the_citizen_knows_is_shown_and_follows_each_report(brigade, check):
    agent = brigade.agent("Sacha Martin")
    created = brigade.request()
    page = brigade.terminal(agent)
    open_request(page)
    told = page.get_by_role("region", name="Ce que l’usager sait")
    expect(page.get_by_role("heading", name="Historique")).to_be_visible()
    expect(told).to_have_count(0)
    with brigade.database.transaction() as session:
        event_id = session.scalars(select(Event.id).where(Event.request_id == created.request_id)).one()
        _, notice_id = claim_notice(session, ClaimNotice(event_id, "sms", "citizen"), datetime.now(UTC))
        settle_notice(session, SettleNotice(notice_id), datetime.now(UTC))
    expect(told.get_by_role("listitem")).to_contain_text(re.compile("Demande reçue.*SMS.*: envoyé", re.DOTALL))
    with brigade.database.transaction() as session:
        raise_notice(session, RaiseNotice(notice_id, NoticeState.DELIVERED), datetime.now(UTC))
    expect(told.get_by_role("listitem")).to_contain_text(": reçu")
    told.scroll_into_view_if_needed()
    check(page, "request-told")


def test_transfer_to_a_neighbour(brigade):
    agent = brigade.agent("Sacha Martin")
    there = brigade.agent("Lou Petit", unit=brigade.neighbour)
    created = brigade.request()
    other = brigade.terminal(there)
    page = brigade.terminal(agent)
    open_request(page)
    page.get_by_text("Plus", exact=True).click()
    page.get_by_role("link", name="Transférer").click()
    page.get_by_label("Unité ou commune").fill("cul")
    page.get_by_label("Brigade de gendarmerie de Culoz").check()
    page.get_by_label("Un mot pour cette unité").fill("La personne habite chez vous.")
    page.get_by_role("button", name="Transférer à Brigade de gendarmerie de Culoz").click()

    expect(page.locator(".detail-state")).to_contain_text("Transférée à Brigade de gendarmerie de Culoz")
    wait_until(lambda: state_of(brigade, created)[3] == brigade.neighbour.id, "the request has moved")
    # What this unit keeps is the trace: the citizen's words are gone from its terminals.
    expect(page.get_by_text("Camille Essai")).to_have_count(0)
    open_request(other)
    expect(other.locator(".history")).to_contain_text("La personne habite chez vous.")


def test_two_terminals_accept_and_the_second_is_told_who_was_first(brigade):
    first, second = brigade.agent("Sacha Martin"), brigade.agent("Lou Petit")
    created = brigade.request()
    page, other = brigade.terminal(first), brigade.terminal(second)
    open_request(other)
    other.context.set_offline(True)
    expect(other.get_by_text("Hors ligne depuis")).to_be_visible()
    other.get_by_role("button", name="Accepter").click()
    expect(other.get_by_text("1 action en attente d’envoi")).to_be_visible()

    open_request(page)
    page.get_by_role("button", name="Accepter").click()
    wait_until(lambda: state_of(brigade, created)[1] == first.id, "the first one owns it")

    other.context.set_offline(False)
    other.get_by_role("link", name="Retour aux demandes").click()
    card = other.get_by_role("alert").filter(has_text="Votre acceptation n’a pas été retenue")
    expect(card).to_contain_text("Sacha Martin l’a acceptée à")
    assert state_of(brigade, created)[1] == first.id

    # It stays over a restart until its reader has understood.
    other.reload()
    expect(card).to_be_visible()
    card.get_by_role("button", name="J’ai compris").click()
    expect(card).to_have_count(0)
    other.reload()
    expect(other.get_by_text("Prises par l’unité")).to_be_visible()
    expect(card).to_have_count(0)


def test_a_withdrawn_request_does_not_vanish_without_a_word(brigade):
    page = brigade.terminal(brigade.agent("Sacha Martin"))
    created = brigade.request()
    expect(page.locator("a.card")).to_have_count(1)
    with brigade.database.transaction() as session:
        withdraw_request(
            session, WithdrawRequest(created.request_id), CitizenActor(created.request_id), datetime.now(UTC)
        )

    notice = page.locator(".notice").filter(has_text=f"{created.reference} a été retirée par l’usager.")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="J’ai compris").click()
    expect(notice).to_have_count(0)


def test_an_agent_without_a_unit_is_told_so_until_they_serve_in_one(brigade, check):
    agent = brigade.agent("Noa Bureau", Role.OPERATOR)
    page = brigade.browser_context().new_page()
    brigade.sign_in(page, agent.login)
    expect(page.get_by_role("heading", name="Aucune unité")).to_be_visible()
    expect(page.locator(".status[data-state=up]")).to_be_visible()
    expect(page.get_by_text("Sans réseau")).to_have_count(0)
    expect(page.get_by_role("navigation", name="Rubriques").get_by_role("link")).to_have_attribute(
        "aria-current", "page"
    )
    check(page, "no-unit")

    # What only a unit has is no page of theirs.
    page.evaluate("location.hash = '#/reglages/calendriers'")
    expect(page.get_by_role("heading", level=1, name="Réglages")).to_be_focused()
    page.context.set_offline(True)
    expect(page.get_by_text("Hors ligne depuis")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".status[data-state=up]")).to_be_visible()

    with brigade.database.transaction() as session:
        session.get_one(Agent, agent.id).roles = [Role.GENDARME]
    brigade.request()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_role("link", name="Demandes").click()
    expect(page.locator("a.card")).to_have_count(1)


def test_signing_out_forgets_everything(brigade):
    page = brigade.terminal(brigade.agent("Sacha Martin"))
    brigade.request()
    expect(page.locator("a.card")).to_have_count(1)
    page.get_by_role("link", name="Réglages").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_label("Identifiant")).to_be_visible()
    assert page.evaluate(READ_DOCS) == 0
    page.reload()
    expect(page.get_by_label("Identifiant")).to_be_visible()


READ_DOCS = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open('terminal');
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const count = open.result.transaction('docs').objectStore('docs').count();
    count.onsuccess = () => { open.result.close(); resolve(count.result); };
  };
})"""
