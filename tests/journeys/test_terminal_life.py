"""How a terminal ends: revoked, signed out, or without contact for a week; and how it comes back."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.rules.actor import Role
from models.tables import Event, Terminal
from tests.support.brigade import DESK, PATIENCE_MS, offline_ready
from tests.support.devices import (
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

HOUR_MS = 3_600_000


@pytest.fixture
def sacha(brigade):
    return brigade.agent("Sacha Martin")


def end_terminals(brigade):
    with brigade.database.transaction() as session:
        for terminal in session.scalars(select(Terminal).where(Terminal.revoked_at.is_(None))):
            terminal.revoked_at = datetime.now(UTC)


def test_revoked_it_wipes_at_once_keeps_the_actions_and_sends_them_once_enrolled_again(brigade, sacha, check):
    created = brigade.request()
    phone = enrolled(brigade, sacha)
    phone.locator("a.card").click()
    hold_back(phone)
    phone.get_by_role("button", name="Accepter").click()
    expect(phone.get_by_text("1 action en attente d’envoi")).to_be_visible()

    desk = brigade.terminal(brigade.agent("Major Roux", Role.GENDARME, Role.CHIEF), viewport=DESK)
    desk.evaluate("location.hash = '#/reglages/terminaux'")
    desk.get_by_role("button", name="Révoquer Ordinateur").click()
    expect(desk.get_by_role("heading", name="Révoquer Ordinateur")).to_be_focused()
    check(desk, "terminals-revoke")
    let_go(phone)
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
