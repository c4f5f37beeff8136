"""The service worker at work in a real Chromium: one outbox for all, and notifications with the page closed."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from models.rules.ladder import Step, Subject
from push.call_messages import compose_call
from push.call_notices import call_notice
from server.services.accept_request import AcceptRequest, accept_request
from tests.support.brigade import connected, offline_ready
from tests.support.processes import wait_until
from tests.support.seed import actor_of, request_row
from tests.support.service_worker import Worker, until_it_works
from tests.support.valley import READ_STORE, drained

PUSH = "/api/sync/push"


@contextmanager
def held_back(valley):
    """The server's answers to pushes take long, so that whoever wants to send as well would."""
    valley.network.round_trip_s = 0.6
    yield
    valley.network.round_trip_s = 0.0


@pytest.mark.parametrize("first", ["the worker", "a tab"])
def test_two_tabs_and_the_worker_share_one_outbox_without_a_double_send(valley, first):
    agent = valley.agent("Sacha Martin")
    created = [valley.request(minutes_ago=number) for number in range(3)]
    page = valley.terminal(agent)
    offline_ready(page)
    other = page.context.new_page()
    other.goto(f"{valley.url}/terminal/")
    connected(other)
    worker = Worker(valley.url, page.context)
    valley.network.cut()
    for number, tab in ((0, page), (1, other), (2, page)):
        tab.goto(f"{valley.url}/terminal/#/demandes/{created[number].request_id}")
        tab.get_by_role("button", name="Accepter").click()
    for tab in (page, other):
        expect(tab.get_by_text("3 actions en attente d’envoi")).to_be_visible()
    before = valley.network.asked(PUSH)

    with held_back(valley):
        valley.network.restore()
        # All three while the first one's answer is under way.
        if first == "the worker":
            worker.sync()
        for tab in (page, other):
            tab.evaluate("() => void dispatchEvent(new Event('online'))")
        worker.sync()
        for tab in (page, other):
            drained(tab)

    # What broke off while the network was away may have been tried once more; what arrived, arrived once.
    assert valley.network.asked(PUSH) - before == 1
    # Each was looked at first, under the number before.
    assert valley.results() == [(seq, "request.accept", "applied") for seq in (2, 4, 6)]
    for one in created:
        assert valley.history(one) == ["request_created", "request_accepted"]


def a_closed_terminal(valley, agent):
    """A terminal whose page is closed, with notifications allowed; its worker."""
    page = valley.terminal(agent, live=False)
    page.context.grant_permissions(["notifications"], origin=valley.url)
    offline_ready(page)
    expect(page.locator("a.card")).to_have_count(1)
    worker = Worker(valley.url, page.context)
    page.close()
    return worker


def asking(created, **more):
    return json.dumps(
        {
            "web_push": 8030,
            "notification": {
                "title": "Une demande attend",
                "body": "Ouvrez le terminal.",
                "navigate": f"/terminal/#/demandes/{created.request_id}",
                "tag": "demande",
                "data": {"request_id": str(created.request_id)},
                "actions": [{"action": "accept", "title": "Accepter"}],
                **more,
            },
        }
    )


def test_a_push_is_shown_and_accepted_with_the_page_closed_and_no_network(valley):
    agent = valley.agent("Sacha Martin")
    created = valley.request()
    worker = a_closed_terminal(valley, agent)
    valley.network.cut()
    worker.push_until(asking(created), ["Ouvrez le terminal."])
    (shown,) = worker.shown()
    assert (shown["title"], shown["body"], shown["tag"]) == ("Une demande attend", "Ouvrez le terminal.", "demande")
    assert [one["action"] for one in shown["actions"]] == ["accept"]

    worker.tap("demande", "accept")
    (entry,) = worker.page.evaluate(READ_STORE, "outbox")
    assert (entry["seq"], entry["op"], entry["args"]) == (
        1,
        "request.accept",
        {"request_id": str(created.request_id)},
    )
    assert [one["body"] for one in worker.shown()] == ["C’est noté. L’envoi suivra dès le retour du réseau."]

    valley.network.restore()
    until_it_works(
        worker.sync, lambda: [one["body"] for one in worker.shown()] == ["C’est fait."], "the answer is told"
    )
    wait_until(lambda: worker.page.evaluate(READ_STORE, "outbox") == [], "the outbox is empty")
    with valley.database.transaction() as session:
        assert request_row(session, created).accepted_by_id == agent.id
    assert valley.history(created) == ["request_created", "request_accepted"]


def test_whom_a_colleague_has_forestalled_meanwhile_is_told_so_with_the_page_closed(valley):
    agent, colleague = valley.agent("Sacha Martin"), valley.agent("Camille Roux")
    created = valley.request()
    worker = a_closed_terminal(valley, agent)
    valley.network.cut()
    worker.push_until(the_ladders(created), ["Ouvrez le terminal."])
    worker.tap(f"request-{created.request_id}", "accept")
    with valley.database.transaction() as session:
        accept_request(session, AcceptRequest(created.request_id), actor_of(colleague), datetime.now(UTC))

    valley.network.restore()
    until_it_works(worker.sync, lambda: valley.results() == [(1, "request.accept", "rejected")], "the server has it")
    wait_until(
        lambda: [one["body"] for one in worker.shown()] == ["Trop tard\u202f: un collègue l’a prise."], "it is told"
    )
    [told] = worker.shown()
    assert told["tag"] == f"request-{created.request_id}"
    with valley.database.transaction() as session:
        assert request_row(session, created).accepted_by_id == colleague.id
    assert valley.history(created) == ["request_created", "request_accepted"]


def test_three_requests_become_one_line_and_one_that_is_taken_leaves_it(valley):
    agent, colleague = valley.agent("Sacha Martin"), valley.agent("Camille Roux")
    first = valley.request()
    worker = a_closed_terminal(valley, agent)
    requests = [first, valley.request(), valley.request()]
    one = "Une demande attend"
    for created, titles in zip(requests, ([one], [one, one], ["3 demandes attendent"]), strict=True):
        show(worker, the_ladders(created), titles)
    [line] = worker.shown()
    assert (line["tag"], [button["title"] for button in line["actions"]]) == ("requests", ["Voir"])

    with valley.database.transaction() as session:
        accept_request(session, AcceptRequest(first.request_id), actor_of(colleague), datetime.now(UTC))
    until_it_works(worker.sync, lambda: titles_of(worker) == ["2 demandes attendent"], "it has left the line")


def show(worker, payload, titles):
    until_it_works(lambda: worker.push(payload), lambda: titles_of(worker) == titles, "it is shown")


def titles_of(worker):
    return [one["title"] for one in worker.shown()]


def the_ladders(created):
    """The very payload with which the ladder calls somebody who is available."""
    words = compose_call(
        Step.AVAILABLE, Subject.REQUEST, created.request_id, discreet=False, public_url="https://rdv.example.org"
    )
    return call_notice(words, "fr", quiet=False, receipt="").payload().decode()


def test_a_push_that_cannot_be_read_shows_something_and_one_with_the_same_tag_replaces(valley):
    created = valley.request()
    worker = a_closed_terminal(valley, valley.agent("Sacha Martin"))
    worker.push_until("unreadable", ["Vous avez un message."])
    for body in ("Première.", "Seconde."):
        worker.push_until(asking(created, body=body), [body, "Vous avez un message."])


def test_a_service_position_is_two_taps_from_a_notification(valley):
    agent = valley.agent("Sacha Martin")
    worker = a_closed_terminal_with_position(valley, agent)
    worker.tap("position", "duty:on_intervention")
    wait_until(lambda: valley.results() == [(1, "duty.set", "applied")], "the position is set")
    wait_until(lambda: [one["body"] for one in worker.shown()] == ["C’est fait."], "the answer is told")


def a_closed_terminal_with_position(valley, agent):
    created = valley.request()
    worker = a_closed_terminal(valley, agent)
    buttons = [{"action": "duty:on_intervention", "title": "En intervention"}]
    worker.push_until(asking(created, tag="position", data={}, actions=buttons), ["Ouvrez le terminal."])
    return worker


def test_a_tap_on_a_notification_takes_the_open_terminal_there(valley):
    agent = valley.agent("Sacha Martin")
    created = valley.request()
    page = valley.terminal(agent)
    page.context.grant_permissions(["notifications"], origin=valley.url)
    offline_ready(page)
    worker = Worker(valley.url, page.context)
    worker.push_until(asking(created), ["Ouvrez le terminal."])
    page.evaluate("() => { window.unbroken = true; }")
    worker.tap("demande", "")
    expect(page.get_by_role("button", name="Accepter")).to_be_visible()
    # It went there without a reload, which would have thrown away what was being typed.
    assert page.evaluate("window.unbroken")
