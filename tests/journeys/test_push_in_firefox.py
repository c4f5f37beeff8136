"""Web push whole, in a stock Firefox: its own subscription, our encryption, its decryption, our service worker."""

from datetime import UTC, datetime, timedelta

import pytest

from push.endpoint_guard import parse_allowed_hosts
from push.vapid import Vapid, VapidKey
from push.web_push import WebPushSender
from push.web_push_values import Outcome, PushMessage, PushNotice, PushSubscription
from tests.support.firefox import SHOWN, SUBSCRIBE
from tests.support.mozilla_push import ACKNOWLEDGED
from tests.support.processes import wait_until


class Reached:
    """A Firefox that shows the terminal and has subscribed, and what sends to it."""

    def __init__(self, site, firefox, service, sender, key):
        self.site, self.firefox, self.service = site, firefox, service
        self._sender, self._key = sender, key
        firefox.go(site)
        self.given = firefox.run(SUBSCRIBE, key.public)

    def send(self, body, tag="request-7", key=None):
        """Send as the worker does; gives the result."""
        subscription = PushSubscription(
            self.given["endpoint"],
            self.given["keys"]["p256dh"],
            self.given["keys"]["auth"],
            (key or self._key).public,
        )
        notice = PushNotice(title="Une demande attend", body=body, navigate="/terminal/#/demandes/7", tag=tag)
        expires_at = datetime.now(UTC) + timedelta(hours=1)
        message = PushMessage(id=body, subscription=subscription, notice=notice, expires_at=expires_at)
        [result] = self._sender.send([message])
        return result

    def shows(self, *bodies):
        """Wait until these are the notifications there are, in any order."""

        def holds():
            return sorted(one["body"] for one in self.firefox.run(SHOWN)) == sorted(bodies)

        wait_until(holds, f"Firefox shows {bodies}")


@pytest.fixture
def other_key():
    return VapidKey.make()


@pytest.fixture
def reached(deployment, new_firefox, mozilla_push, authority, other_key):
    site = f"http://localhost:{deployment.web().port}/terminal/"
    firefox = new_firefox({"dom.push.serverURL": mozilla_push.url})
    key = VapidKey.make()
    allowed = parse_allowed_hosts(f"{mozilla_push.name}:{mozilla_push.port}", inside=True)
    vapid = Vapid([key, other_key], "mailto:brigade@example.gouv.fr")
    with WebPushSender(vapid, allowed, str(authority.ca_file)) as sender:
        yield Reached(site, firefox, mozilla_push, sender, key)


def test_what_we_encrypt_is_decrypted_and_shown_and_a_tag_replaces(reached):
    assert reached.send("Première.").outcome is Outcome.DELIVERED
    reached.shows("Première.")
    [shown] = reached.firefox.run(SHOWN)
    assert (shown["title"], shown["tag"]) == ("Une demande attend", "request-7")
    assert shown["data"]["navigate"] == "/terminal/#/demandes/7"
    assert reached.send("Autre.", tag="request-8").outcome is Outcome.DELIVERED
    wait_until(lambda: reached.send("Seconde.").outcome is Outcome.DELIVERED, "the tag may be sent to again")
    reached.shows("Seconde.", "Autre.")
    assert set(reached.service.acknowledged) == {ACKNOWLEDGED}


def test_what_is_sent_while_the_browser_is_closed_waits_for_it(reached):
    reached.firefox.quit()
    assert reached.send("Pendant la nuit.").outcome is Outcome.DELIVERED
    assert reached.service.acknowledged == []
    reached.firefox.start()
    reached.firefox.go(reached.site)
    reached.shows("Pendant la nuit.")
    assert reached.service.acknowledged == [ACKNOWLEDGED]


def test_a_subscription_hears_from_its_own_key_only(reached, other_key):
    result = reached.send("Par une autre clé.", key=other_key)
    assert (result.outcome, result.cause) == (Outcome.KEY_WRONG, "http_403")
    assert reached.send("Par la sienne.", tag="request-8").outcome is Outcome.DELIVERED
    reached.shows("Par la sienne.")


def test_a_subscription_that_the_service_has_dropped_is_gone(reached):
    [path] = reached.service.channels
    reached.service.forget(path)
    assert reached.send("Trop tard.").outcome is Outcome.GONE
    assert reached.firefox.run(SHOWN) == []
