"""A gendarme goes into a valley, does everything there, the phone dies, and the network that comes back is bad."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from models.tables import Absence, DutyStatus
from tests.support.brigade import PATIENCE_MS, connected, offline_ready
from tests.support.processes import wait_until
from tests.support.seed import request_row
from tests.support.valley import READ_STORE, declare_absence, drained, write_note

OPS = ["request.accept", "absence.declare", "duty.set", "request.note"]


def test_a_day_in_a_valley(valley, new_phone):
    agent, colleague = valley.agent("Sacha Martin"), valley.agent("Lou Petit")
    created = valley.request()
    other = valley.terminal(colleague)
    phone = new_phone()
    page = valley.open(phone, agent)
    expect(page.locator("a.card")).to_have_count(1)
    offline_ready(page)

    # Airplane mode, and a cold start of the whole browser.
    valley.network.cut()
    phone.switch_off()
    phone.start()
    valley.give_cookie(phone)
    page = phone.new_page()
    page.goto(f"{valley.url}/terminal/")
    expect(page.get_by_text("Hors ligne depuis")).to_be_visible()
    page.locator("a.card").click()
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("Acceptée par vous")).to_be_visible()
    expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
    declare_absence(page, (datetime.now(UTC) + timedelta(days=2)).date())
    page.get_by_role("button", name="En intervention").click()
    expect(page.get_by_text("3 actions en attente d’envoi")).to_be_visible()
    page.get_by_role("link", name="Demandes").click()
    page.locator("a.card").click()
    write_note(page, "Vu sur place, plainte à prendre.")
    expect(page.get_by_text("4 actions en attente d’envoi")).to_be_visible()

    # The battery is out; when it is back, so is a network, of sorts.
    phone.kill()
    phone.start()
    valley.give_cookie(phone)
    valley.network.round_trip_s, valley.network.loss = 0.4, 0.05
    valley.network.restore()
    page = phone.new_page()
    page.goto(f"{valley.url}/terminal/")
    expect(page.locator("a.card")).to_have_count(1)
    drained(page)
    wait_until(lambda: page.evaluate(READ_STORE, "outbox") == [], "the outbox is empty")

    # The first number went to the look at the request.
    assert valley.results() == [(seq, op, "applied") for seq, op in enumerate(OPS, 2)]
    assert valley.history(created) == ["request_created", "request_accepted", "request_noted"]
    with valley.database.transaction() as session:
        assert request_row(session, created).accepted_by_id == agent.id
        absence_id = session.scalars(select(Absence.id)).one()
        assert [row.status for row in session.scalars(select(DutyStatus))] == ["on_intervention"]
    # The colleague, on the same network, sees all of it.
    valley.network.loss = 0
    expect(other.get_by_text("Prises par l’unité")).to_be_visible(timeout=60_000)
    other.locator("a.card").click()
    expect(other.locator(".detail-state")).to_contain_text("Sacha Martin")
    expect(other.locator(".history")).to_contain_text("Vu sur place, plainte à prendre.", timeout=PATIENCE_MS)
    held = {doc["k"]: doc["body"] for doc in other.evaluate(READ_STORE, "docs")}
    assert held[f"absence/{absence_id}"]["agent"]["id"] == agent.id
    assert [one["status"] for one in held[f"duty/{agent.id}"]["stretches"]] == ["on_intervention"]


def test_two_terminals_accept_the_same_request_offline(valley, new_phone):
    first, second = valley.agent("Sacha Martin"), valley.agent("Lou Petit")
    created = valley.request()
    pages = []
    for agent in (first, second):
        page = valley.terminal(agent)
        offline_ready(page)
        pages.append(page)
    valley.network.cut()
    for page in pages:
        page.locator("a.card").click()
        page.get_by_role("button", name="Accepter").click()
        expect(page.get_by_text("1 action en attente d’envoi")).to_be_visible()
        expect(page.get_by_text("Acceptée par vous")).to_be_visible()
    valley.network.restore()
    for page in pages:
        drained(page)
        page.get_by_role("link", name="Retour aux demandes").click()
        connected(page)

    assert sorted(status for _, _, status in valley.results()) == ["applied", "rejected"]
    assert valley.history(created) == ["request_created", "request_accepted"]
    with valley.database.transaction() as session:
        owner = request_row(session, created).accepted_by_id
    card = "Votre acceptation n’a pas été retenue"
    for agent, page in zip((first, second), pages, strict=True):
        expect(page.get_by_role("alert").filter(has_text=card)).to_have_count(0 if agent.id == owner else 1)
    winner = first if owner == first.id else second
    loser = pages[1] if owner == first.id else pages[0]
    expect(loser.get_by_role("alert")).to_contain_text(f"{winner.name} l’a acceptée à")
