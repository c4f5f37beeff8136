"""A citizen's stock Firefox hears what becomes of their request with the page closed, and in neutral words."""

from datetime import UTC, datetime

from sqlalchemy import select

from models.rules.request_lifecycle import Outcome
from models.tables import Notice
from server.services.close_request import CloseRequest, close_request
from tests.support.evening import accept_elsewhere
from tests.support.seed import actor_of


def link(reachable, created):
    return f"{reachable.url}/suivi/{created.follow_token}"


def tag(created):
    return f"follow-{created.request_id}"


def close(reachable, created, agent):
    with reachable.database.transaction() as session:
        close_request(session, CloseRequest(created.request_id, Outcome.HANDLED), actor_of(agent), datetime.now(UTC))


def notices(reachable):
    """Channel and state of what citizens were told, in order."""
    with reachable.database.transaction() as session:
        return [(one.channel, one.state) for one in session.scalars(select(Notice).order_by(Notice.created_at))]


def test_a_citizen_hears_that_somebody_has_taken_it(reachable, relay):
    created = reachable.request(facts="Mon voisin m’a menacé")
    relay.wait_for(1)
    citizen = reachable.told_citizen(link(reachable, created))
    reachable.close_page(citizen)
    accept_elsewhere(reachable, created, reachable.agent("Sacha Martin"))
    [shown] = reachable.shows(citizen, tag(created))
    assert (shown["title"], shown["body"]) == (
        "Quelqu’un s’occupe de votre demande",
        "Vous aurez bientôt une réponse.",
    )
    # To open the page by its link was to read the mail.
    reachable.worker.wait_for(
        lambda: notices(reachable) == [("email", "seen"), ("push", "delivered")], "the browser has told so"
    )
    assert len(relay.messages) == 1, "one event is told over one way"


def test_a_dead_browser_gives_way_to_mail_and_is_reached_again_after_the_next_visit(reachable, relay):
    created, agent = reachable.request(), reachable.agent("Sacha Martin")
    relay.wait_for(1)
    citizen = reachable.told_citizen(link(reachable, created))
    before = reachable.wait_for_subscription()
    [path] = reachable.service.channels
    reachable.service.forget(path)
    accept_elsewhere(reachable, created, agent)
    relay.wait_for(2)
    assert reachable.subscriptions() == []

    reachable.start_page(citizen, link(reachable, created))
    after = reachable.wait_for_subscription()
    assert after.endpoint != before.endpoint
    close(reachable, created, agent)
    [shown] = reachable.shows(citizen, tag(created))
    assert shown["title"] == "Votre demande est close"
    assert len(relay.messages) == 2


def test_of_a_discreet_request_a_screen_says_that_there_is_a_message(reachable, relay):
    created = reachable.request(reason_code="domestic_violence")
    relay.wait_for(1)
    citizen = reachable.told_citizen(link(reachable, created))
    accept_elsewhere(reachable, created, reachable.agent("Sacha Martin"))
    [shown] = reachable.shows(citizen, tag(created))
    assert shown["title"] == "Vous avez un message"
    assert created.follow_token not in str(shown)
