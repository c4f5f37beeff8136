"""A citizen is told on their own device, whole: a stock Firefox, a push service as Mozilla's, our web and worker."""

from sqlalchemy import select

from models.tables import Event, Notice
from server.context import utc_now
from server.services.accept_request import AcceptRequest, accept_request
from server.services.close_request import CloseRequest, close_request
from tests.support.firefox import SHOWN
from tests.support.seed import actor_of

TOLD_SO = """
  const lines = [...document.querySelectorAll('.history__sent')];
  return lines.some(({ textContent }) => textContent.includes('Prévenu par une notification\u202f: lu.'));
"""


class ToldCitizen:
    """Somebody with a Firefox who follows a request, and the gendarme who deals with it."""

    def __init__(self, reachable, **request):
        self.reachable = reachable
        self.created = reachable.request(**request)
        self.martin = actor_of(reachable.agent("Sacha Martin"))
        self.firefox = reachable.firefox()

    def visit(self):
        self.firefox.go("about:blank")
        self.firefox.go(f"{self.reachable.url}/suivi/{self.created.follow_token}")
        self.firefox.wait_for("return document.documentElement.dataset.told", what="the page has done what it does")

    def turn_on(self, *, behind: str = ""):
        """Ask to be told; of a discreet request the offer is behind a line that is opened first."""
        self.visit()
        if behind:
            self.firefox.press(behind)
        self.firefox.press("Me prévenir sur cet appareil")
        is_on = "return document.querySelector('[data-when=on]').hidden === false"
        self.firefox.wait_for(is_on, what="the card says that this device is told")

    def accept(self):
        self._do(accept_request, AcceptRequest(self.created.request_id))

    def close(self):
        self._do(close_request, CloseRequest(self.created.request_id, "handled"))

    def _do(self, service, command):
        with self.reachable.database.transaction() as session:
            service(session, command, self.martin, utc_now())

    def shown(self):
        """The one notification, once it is there."""
        [one] = self.reachable.shows(self.firefox, f"follow-{self.created.request_id}")
        return one

    def notice(self, event_name):
        """What has become of the push about an event."""
        with self.reachable.database.transaction() as session:
            event = select(Event.id).filter_by(name=event_name, request_id=self.created.request_id)
            states = select(Notice.state).where(Notice.event_id.in_(event), Notice.channel == "push")
            return session.scalars(states).all()

    def waits_for(self, event_name, *states):
        self.reachable.worker.wait_for(lambda: self.notice(event_name) == list(states), f"{event_name} is {states}")


def test_a_citizen_hears_that_somebody_takes_care_and_we_know_that_they_have_heard(reachable):
    citizen = ToldCitizen(reachable)
    citizen.turn_on()
    citizen.accept()
    shown = citizen.shown()
    assert shown["data"]["navigate"] == f"/suivi/{citizen.created.follow_token}"
    assert "Camille" not in str(shown)
    # The worker of their browser has said so, without any page.
    citizen.waits_for("request_accepted", "delivered")
    citizen.visit()
    assert citizen.notice("request_accepted") == ["seen"]
    assert citizen.firefox.run(TOLD_SO)
    assert citizen.firefox.run(SHOWN) == []


def test_a_dead_subscription_is_told_by_mail_and_repaired_at_the_next_visit(reachable):
    citizen = ToldCitizen(reachable)
    citizen.turn_on()
    [path] = reachable.service.channels
    before = reachable.wait_for_subscription()
    reachable.service.forget(path)
    citizen.accept()
    reachable.worker.wait_for(lambda: reachable.subscriptions() == [], "the answer 410 has ended the subscription")
    citizen.waits_for("request_accepted", "failed")
    citizen.visit()
    after = reachable.wait_for_subscription()
    assert after.endpoint != before.endpoint
    citizen.close()
    assert citizen.shown()["title"] == "Votre demande est close"


def test_keys_change_without_silencing_a_citizen(reachable):
    citizen = ToldCitizen(reachable)
    citizen.turn_on()
    reachable.rotate_keys()
    citizen.accept()
    citizen.shown()
    citizen.visit()
    reachable.wait_for_subscription(vapid_key=reachable.keys[0].public)
    citizen.close()
    citizen.waits_for("request_closed", "delivered")


def test_a_discreet_request_says_that_there_is_a_message_and_leads_to_the_entrance(reachable):
    citizen = ToldCitizen(reachable, reason_code="harassment", safe_time="le matin")
    citizen.turn_on(behind="Être prévenu")
    citizen.accept()
    shown = citizen.shown()
    assert (shown["title"], shown["data"]["navigate"]) == ("Vous avez un message", "/suivi")
    assert citizen.firefox.run("return caches.keys()") == []
