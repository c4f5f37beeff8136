"""The notifications of a terminal: explained, allowed, tried out, quiet at night, refused, and closed everywhere."""

from datetime import UTC, datetime, time

import pytest
from playwright.sync_api import expect

from server.services.accept_request import AcceptRequest, accept_request
from tests.support.brigade import DESK, offline_ready
from tests.support.devices import enrolled
from tests.support.processes import wait_until
from tests.support.push_service import Say
from tests.support.seed import actor_of
from tests.support.service_worker import Worker, until_it_works
from tests.support.told_terminal import no_push_service

PAGE = "#/reglages/notifications"
STEPS = ["Permission", "Abonnement de ce terminal", "Envoyée par le serveur", "Reçue par ce terminal", "Affichée"]


@pytest.fixture
def sacha(telling):
    return telling.agent("Sacha Martin")


def at_the_page(telling, agent, **options):
    page = enrolled(telling, agent, telling.told_context(**options))
    offline_ready(page)
    page.get_by_role("link", name="Réglages").click()
    page.get_by_role("link", name="Notifications").click()
    expect(page.get_by_role("heading", name="Notifications", level=1)).to_be_focused()
    return page


def done(page, words):
    """Wait until it is said, where a screen reader begins to read."""
    said = page.locator("#push-done")
    expect(said).to_contain_text(words)
    expect(said).to_be_focused()


def warned(page, words):
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()


def turn_on(page):
    page.get_by_role("button", name="Activer les notifications").click()
    done(page, "C’est activé.")


def steps(page):
    return [(one.get_attribute("data-standing"), one.inner_text()) for one in page.locator(".push-steps li").all()]


def test_notifications_are_turned_on_by_a_tap_tried_out_and_turned_off(telling, sacha, check):
    page = at_the_page(telling, sacha)
    expect(page.get_by_text("Les notifications sont désactivées.")).to_be_visible()
    assert telling.subscriptions() == []
    check(page, "notifications-off")
    turn_on(page)
    [kept] = telling.subscriptions()
    assert kept.endpoint.startswith(telling.service.origin)
    assert (kept.vapid_key, kept.language, kept.quiet_from) == (telling.key.public, "fr", None)
    check(page, "notifications-on")

    worker = Worker(telling.url, page.context)
    page.get_by_role("button", name="Tester mon terminal").click()
    [sent] = telling.service.wait_for(1)
    assert sent.path == kept.endpoint.removeprefix(telling.service.origin)
    expect(page.locator(".push-steps li[data-standing=now]")).to_contain_text("Reçue par ce terminal")
    assert [standing for standing, _ in steps(page)] == ["done", "done", "done", "now", "todo"]
    check(page, "notifications-testing")
    message = telling.hand_over(worker, "test")
    assert message["notification"]["navigate"] == f"/terminal/{PAGE}"
    expect(page.get_by_text("La notification est arrivée.")).to_be_visible()
    assert steps(page) == [("done", f"{step} · fait") for step in STEPS]
    check(page, "notifications-tested")

    page.get_by_role("button", name="Désactiver").click()
    done(page, "C’est désactivé.")
    assert telling.subscriptions() == []


def test_quiet_hours_are_kept_in_words_and_outlive_a_start_of_the_page(telling, sacha, check):
    page = at_the_page(telling, sacha)
    turn_on(page)
    page.get_by_label("De", exact=True).fill("22:00")
    page.get_by_role("button", name="Garder ces heures").click()
    expect(page.get_by_text("Écrivez deux heures différentes")).to_be_visible()
    expect(page.get_by_label("À", exact=True)).to_be_focused()
    check(page, "notifications-quiet-missing")
    page.get_by_label("À", exact=True).fill("07:00")
    page.get_by_role("button", name="Garder ces heures").click()
    done(page, "Les heures calmes sont gardées.")
    [kept] = telling.subscriptions()
    assert (kept.quiet_from, kept.quiet_until) == (time(22), time(7))

    page.reload()
    page.get_by_label("Code PIN", exact=True).fill("2580")
    page.get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_label("De", exact=True)).to_have_value("22:00")
    page.get_by_role("button", name="Ne plus avoir d’heures calmes").click()
    done(page, "Il n’y a plus d’heures calmes.")
    assert [row.quiet_from for row in telling.subscriptions()] == [None]

    # The server writes to this terminal in the language of its screens.
    page.get_by_role("link", name="Réglages").first.click()
    page.get_by_label("English").check()
    wait_until(lambda: [row.language for row in telling.subscriptions()] == ["en"], "the server has heard of it")


def test_what_fails_on_the_way_says_what_to_do(telling, sacha, check):
    page = at_the_page(telling, sacha)
    no_push_service(page, away=True)
    page.get_by_role("button", name="Activer les notifications").click()
    warned(page, "Le navigateur n’a pas pu joindre son service de notifications (AbortError).")
    check(page, "notifications-no-service")
    no_push_service(page, away=False)
    turn_on(page)

    telling.service.answer(Say(410))
    page.get_by_role("button", name="Tester mon terminal").click()
    warned(page, "Le service de notifications ne connaît plus ce terminal.")
    assert [standing for standing, _ in steps(page)] == ["done", "done", "failed", "todo", "todo"]
    check(page, "notifications-test-failed")
    # As it says, once more is enough: the subscription has been renewed.
    page.get_by_role("button", name="Tester mon terminal").click()
    first, second = telling.service.wait_for(2)
    assert first.path != second.path
    telling.hand_over(Worker(telling.url, page.context), "test")
    expect(page.get_by_text("La notification est arrivée.")).to_be_visible()

    page.context.set_offline(True)
    page.get_by_role("button", name="Tester mon terminal").click()
    warned(page, "Pas de réseau.")
    check(page, "notifications-test-offline")


def test_who_refused_reads_the_way_back_and_who_is_not_enrolled_reads_why(telling, sacha, check):
    page = at_the_page(telling, sacha, allowed=False)
    expect(page.get_by_text("La permission a été refusée.")).to_be_visible()
    expect(page.get_by_text("Cliquez sur l’icône à gauche de l’adresse")).to_be_visible()
    expect(page.get_by_role("button", name="Activer les notifications")).to_have_count(0)
    check(page, "notifications-refused")

    other = telling.terminal(telling.agent("Lou Petit"))
    other.goto(f"{telling.url}/terminal/{PAGE}")
    expect(other.get_by_role("heading", name="Ce terminal n’est pas enrôlé")).to_be_visible()
    check(other, "notifications-not-enrolled")


def test_without_network_the_page_says_so_and_goes_on_when_it_is_back(telling, sacha, check):
    page = at_the_page(telling, sacha)
    turn_on(page)
    page.get_by_role("link", name="Réglages").first.click()
    page.context.set_offline(True)
    page.get_by_role("link", name="Notifications").click()
    warned(page, "Pas de réseau. Les notifications en demandent un")
    check(page, "notifications-offline")
    page.context.set_offline(False)
    expect(page.get_by_text("Les notifications sont activées.")).to_be_visible()


def test_what_a_colleague_has_taken_leaves_the_screens_of_all(telling, sacha):
    page = at_the_page(telling, sacha, viewport=DESK)
    turn_on(page)
    worker = Worker(telling.url, page.context)
    created = telling.request()
    telling.service.wait_for(1)
    tag = f"request-{created.request_id}"
    message = telling.hand_over(worker, tag)
    assert [one["title"] for one in message["notification"]["actions"]] == ["Accepter", "Voir"]
    with telling.database.transaction() as session:
        colleague = actor_of(telling.agent("Lou Petit"))
        accept_request(session, AcceptRequest(created.request_id), colleague, datetime.now(UTC))
    # The page is open and has heard of it.
    wait_until(lambda: worker.shown() == [], "the notification is closed")

    # With the page closed the server's own word replaces what is on show.
    page.close()
    telling.service.wait_for(2)
    until_it_works(
        lambda: worker.push(telling.read(telling.service.received[-1].body)),
        lambda: [(one["tag"], one["title"]) for one in worker.shown()] == [(tag, "Prise en charge")],
        "it says that it is taken",
    )
