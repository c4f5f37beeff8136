"""Heard for sure, whole: a citizen's request rings on a gendarme's stock Firefox."""

from sqlalchemy import select

from models.tables import LadderCall
from tests.support.evening import accept_elsewhere


def tag(created):
    return f"request-{created.request_id}"


def test_a_request_rings_on_the_terminal_of_who_is_available(reachable):
    agent = reachable.available("Sacha Martin")
    terminal = reachable.told_terminal(agent)
    reachable.close_page(terminal)
    created = reachable.request(facts="Mon voisin m’a menacé")
    [shown] = reachable.shows(terminal, tag(created))
    assert (shown["title"], shown["body"]) == ("Une demande attend", "Ouvrez le terminal.")
    assert shown["data"]["navigate"] == f"/terminal/#/demandes/{created.request_id}"
    assert "voisin" not in str(shown)
    reachable.worker.wait_for(lambda: call_of(reachable, agent).state == "delivered", "the terminal has told so")
    assert call_of(reachable, agent).step == 1

    accept_elsewhere(reachable, created, reachable.agent("Lou Petit"))
    reachable.shows(terminal)


def call_of(reachable, agent):
    with reachable.database.transaction() as session:
        return session.scalars(select(LadderCall).filter_by(agent_id=agent.id, channel="web_push")).one()


def test_a_gendarme_sees_each_step_of_a_test_notification(reachable):
    terminal = reachable.told_terminal(reachable.available("Sacha Martin"))
    terminal.press("Tester mon terminal")
    terminal.reads(".done", "La notification est arrivée.")
    reachable.shows(terminal, "test")


def test_a_terminal_whose_subscription_is_dead_is_reached_again_after_its_next_start(reachable):
    terminal = reachable.told_terminal(reachable.available("Sacha Martin"))
    [path] = reachable.service.channels
    before = reachable.wait_for_subscription()
    reachable.service.forget(path)

    unheard = reachable.request()
    reachable.worker.wait_for(lambda: reachable.subscriptions() == [], "the answer 410 has ended the subscription")
    reachable.start_page(terminal)
    after = reachable.wait_for_subscription()
    assert after.endpoint != before.endpoint
    assert after.terminal_id == before.terminal_id

    heard = reachable.request()
    reachable.shows(terminal, tag(heard))
    assert unheard.request_id != heard.request_id


def test_keys_change_without_silencing_anybody(reachable):
    terminal = reachable.told_terminal(reachable.available("Sacha Martin"))
    [old] = reachable.keys
    before = reachable.wait_for_subscription(vapid_key=old.public)
    reachable.rotate_keys()

    by_the_old_key = reachable.request()
    reachable.shows(terminal, tag(by_the_old_key))
    assert signed_with(reachable) == [old.public]

    reachable.start_page(terminal)
    [new, _] = reachable.keys
    after = reachable.wait_for_subscription(vapid_key=new.public)
    assert after.endpoint != before.endpoint
    assert after.terminal_id == before.terminal_id
    by_the_new_key = reachable.request()
    reachable.shows(terminal, tag(by_the_old_key), tag(by_the_new_key))
    assert signed_with(reachable) == [old.public, new.public]


def signed_with(reachable):
    """The keys that the push service has seen, in the order of their first message."""
    keys = [one.headers["authorization"].rpartition("k=")[2] for one in reachable.service.received]
    return list(dict.fromkeys(keys))
