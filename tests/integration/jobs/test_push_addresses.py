"""An endpoint is an address that a client made up: where it may not lead, at the real door and in the real job."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models.rules.duty import Status
from models.tables import DutyStatus, PushSubscription, Unit
from push.endpoint_guard import BROWSERS_OWN, parse_allowed_hosts
from push.vapid import Vapid
from push.web_push import WebPushSender
from server.jobs import wiring
from server.jobs.ladder import climb
from tests.support.ladders import calls_of, wait_event
from tests.support.phones import KEY, LIMITS
from tests.support.push_service import Browser, Say
from tests.support.push_subscribers import seed_subscriber, seed_terminal, subscription_body
from tests.support.seed import NOW, TOKENS, seed_agent, send_request
from tests.support.terminals import application

# Whatever is tried, this is what it is hoped to be taken for.
OWN = "push.example.gouv.fr:8443"
ADDRESSES = {
    # Those of the design.
    "https://169.254.169.254/x.google.com/": "malformed",
    "https://fcm.googleapis.com@10.0.0.1/": "user_info",
    "https://[::ffff:169.254.169.254]/x": "malformed",
    # Another scheme, or one that a lenient reader would take for https.
    "http://fcm.googleapis.com/x": "not_https",
    "file:///etc/passwd": "not_https",
    "gopher://127.0.0.1:6379/_FLUSHALL": "not_https",
    "//fcm.googleapis.com/x": "not_https",
    "https:fcm.googleapis.com/x": "not_https",
    "https:\\\\fcm.googleapis.com\\x": "not_https",
    " https://fcm.googleapis.com/x": "not_https",
    "data:text/plain,x": "not_https",
    "": "not_https",
    # A name before the name.
    "https://user:password@fcm.googleapis.com/x": "user_info",
    "https://fcm.googleapis.com:443@127.0.0.1/x": "user_info",
    "https://127.0.0.1\\@fcm.googleapis.com/x": "user_info",
    "https://fcm.googleapis.com%40127.0.0.1/x": "malformed",
    # This machine and the machines beside it, in every spelling of a number.
    "https://127.0.0.1/x": "malformed",
    "https://127.1/x": "malformed",
    "https://2130706433/x": "malformed",
    "https://0x7f000001/x": "malformed",
    "https://0x7f.0.0.1/x": "malformed",
    "https://017700000001/x": "malformed",
    "https://0/x": "malformed",
    "https://10.0.0.1/x": "malformed",
    "https://[::1]/x": "malformed",
    "https://[::]/x": "malformed",
    "https://[::ffff:7f00:1]/x": "malformed",
    "https://[64:ff9b::a00:1]/x": "malformed",
    "https://[fd00:ec2::254]/x": "malformed",
    "https://[fe80::1%25eth0]/x": "malformed",
    "https://①②⑦.⓪.⓪.①/x": "malformed",
    # Names of the inside, and names that stand for an address of the inside.
    "https://localhost/x": "host_not_allowed",
    "https://localhost.localdomain/x": "host_not_allowed",
    "https://metadata.google.internal/computeMetadata/v1/": "host_not_allowed",
    "https://kubernetes.default.svc/x": "host_not_allowed",
    "https://127.0.0.1.nip.io/x": "host_not_allowed",
    "https://169-254-169-254.sslip.io/x": "host_not_allowed",
    # Names that look like a push service's.
    "https://fcm.googleapis.com.evil.example/x": "host_not_allowed",
    "https://evil-fcm.googleapis.com/x": "host_not_allowed",
    "https://storage.googleapis.com/x": "host_not_allowed",
    "https://push.apple.com/x": "host_not_allowed",
    "https://evilpush.apple.com/x": "host_not_allowed",
    "https://web.push.apple.com.evil.example/x": "host_not_allowed",
    "https://notify.windows.com.evil.example/x": "host_not_allowed",
    "https://evil.example/?https://fcm.googleapis.com/": "host_not_allowed",
    "https://evil.example/@fcm.googleapis.com/": "host_not_allowed",
    "https://evil.example#@fcm.googleapis.com/": "user_info",
    "https://fcm.googleapis.com./x": "malformed",
    "https://ⓕcm.googleapis.com/x": "malformed",
    "https://fcm。googleapis。com/x": "malformed",
    "https://fcm.google\tapis.com/x": "malformed",
    # Ports of other services, on hosts that are on the list.
    "https://fcm.googleapis.com:22/x": "host_not_allowed",
    "https://fcm.googleapis.com:8443/x": "host_not_allowed",
    "https://push.example.gouv.fr/x": "host_not_allowed",
    "https://push.example.gouv.fr:5432/x": "host_not_allowed",
    "https://a.push.example.gouv.fr:8443/x": "host_not_allowed",
    "https://fcm.googleapis.com:0443/x": "malformed",
    "https://fcm.googleapis.com:65979/x": "malformed",
    "https://fcm.googleapis.com:443:6379/x": "malformed",
    # A second request, hidden in the first.
    "https://fcm.googleapis.com/x\r\nHost: 127.0.0.1\r\n\r\n": "malformed",
    "https://fcm.googleapis.com/x HTTP/1.1\nX: y": "malformed",
    "https://fcm.googleapis.com/" + "x" * 2048: "too_long",
}
# What a listed name may stand for and nothing is sent to.
INSIDE = (
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2001:0:7f00:1::1",
    "2002:7f00:1::",
    "fd00:ec2::254",
    "fe80::1",
    "ff02::1",
)


class Dns:
    """A DNS whose answer a test changes; `asked` has the names it was asked for."""

    def __init__(self, *addresses):
        self.addresses = list(addresses)
        self.asked = []

    def __call__(self, host, port, **_):
        self.asked.append(host)
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (one, port))
            for one in self.addresses
        ]


@pytest.fixture
def dns():
    return Dns("127.0.0.1")


@pytest.fixture
def use_sender(context, clock, authority, dns, monkeypatch):
    """Make the job use a sender that asks `dns`, for these hosts and those of browsers."""
    stack = contextlib.ExitStack()

    def use(hosts, *, inside=False, limits=LIMITS):
        allowed = (*BROWSERS_OWN, *parse_allowed_hosts(hosts, inside=inside))
        vapid = Vapid([KEY], "mailto:brigade@example.gouv.fr")
        sender = WebPushSender(vapid, allowed, str(authority.ca_file), limits=limits, clock=clock, lookup=dns)
        monkeypatch.setattr(wiring, "_push_senders", [stack.enter_context(sender)])

    with stack:
        yield use


@pytest.fixture
def reach(database):
    """Give an agent who is available a terminal with this endpoint, as if it had been saved; returns their id."""

    def give(endpoint):
        with database.transaction() as session:
            agent = seed_agent(session, session.scalars(select(Unit)).one())
            position = {"agent_id": agent.id, "status": Status.AVAILABLE, "since": NOW - timedelta(days=1)}
            session.add(DutyStatus(**position, until=None, source="planning", set_by_id=None))
            seed_subscriber(session, agent, Browser().subscribe(endpoint, KEY.public))
            return agent.id

    return give


@pytest.fixture
def call(database, clock):
    """A request comes in and the ladder calls at once: gives state and cause for each agent."""

    def run():
        with database.transaction() as session:
            request_id = send_request(session, now=clock()).request_id
        before = {one.id for one in calls_of(database)}
        climb(wait_event(database, request_id))
        calls = [one for one in calls_of(database) if one.id not in before and one.channel == "web_push"]
        return {one.agent_id: (one.state, one.cause) for one in calls}

    return run


def kept(database):
    with database.transaction() as session:
        return session.scalar(select(func.count()).select_from(PushSubscription))


def test_the_door_keeps_none_of_them(context, database):
    app = application(
        database,
        VAPID_KEYS=KEY.write(),
        VAPID_SUBJECT="mailto:brigade@example.gouv.fr",
        PUSH_HOSTS=OWN,
        PUSH_HOSTS_INSIDE="1",
    )
    token = str(uuid4())
    with database.transaction() as session:
        seed_terminal(session, seed_agent(session, session.scalars(select(Unit)).one()), token)
    http = app.test_client()
    http.set_cookie("agent", token)

    def put(endpoint):
        return http.put(
            "/api/terminals/this/push-subscription",
            json=subscription_body(endpoint, KEY.public),
            headers={"X-CSRF-Token": TOKENS.csrf(token)},
        )

    answers = {endpoint: put(endpoint) for endpoint in ADDRESSES}
    assert {endpoint: (one.status_code, one.json["code"]) for endpoint, one in answers.items()} == {
        endpoint: (422, f"endpoint_{code}") for endpoint, code in ADDRESSES.items()
    }
    assert kept(database) == 0
    # The same door lets through what is on the list.
    for endpoint in ("https://fcm.googleapis.com/fcm/send/x", f"https://{OWN}/wpush/v2/x"):
        assert put(endpoint).status_code == 200
    assert kept(database) == 1


def test_the_job_sends_to_none_of_them(database, dns, use_sender, reach, call, caplog):
    use_sender(OWN, inside=True)
    agents = {reach(endpoint): endpoint for endpoint in ADDRESSES}
    fates = call()
    assert {agents[agent_id]: fate for agent_id, fate in fates.items()} == {
        endpoint: ("failed", code) for endpoint, code in ADDRESSES.items()
    }
    assert dns.asked == [], "nothing is even looked up"
    assert kept(database) == len(ADDRESSES), "the settings may be at fault"
    assert "/etc/passwd" not in caplog.text


@pytest.mark.parametrize("address", INSIDE)
def test_a_listed_name_that_leads_inside_is_sent_nothing(service, dns, use_sender, reach, call, address):
    dns.addresses = [address]
    use_sender(f"{service.name}:{service.port}")
    agent_id = reach(f"{service.origin}/wpush/1")
    assert call() == {agent_id: ("failed", "address_not_public")}
    assert (dns.asked, service.connections) == ([service.name], 0)


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"])
def test_also_of_an_operators_own_service_that_may_be_inside(service, dns, use_sender, reach, call, address):
    dns.addresses = ["127.0.0.1", address]
    use_sender(f"{service.name}:{service.port}", inside=True)
    agent_id = reach(f"{service.origin}/wpush/1")
    assert call() == {agent_id: ("failed", "address_not_public")}
    assert service.connections == 0


def test_a_dns_that_changes_its_answer_between_two_sendings_leads_nowhere(
    database, service, dns, use_sender, reach, call
):
    use_sender(f"{service.name}:{service.port}", inside=True, limits=replace(LIMITS, dns_cache_s=0))
    agent_id = reach(f"{service.origin}/wpush/1")
    # The connection ends with the answer: each time it is asked anew where the name leads.
    service.usual = Say(201, {"Connection": "close"})
    assert call() == {agent_id: ("sent", None)}
    dns.addresses = ["169.254.169.254"]
    assert call() == {agent_id: ("failed", "address_not_public")}
    assert len(service.received) == 1
    dns.addresses = ["127.0.0.1"]
    assert call() == {agent_id: ("sent", None)}
    assert kept(database) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_is_not_followed(database, service, start_push_service, dns, use_sender, reach, call, status):
    inside = start_push_service("inside.test")
    hosts = f"{service.name}:{service.port},{inside.name}:{inside.port}"
    use_sender(hosts, inside=True)
    service.answer(Say(status, {"Location": f"{inside.origin}/latest/meta-data/"}))
    agent_id = reach(f"{service.origin}/wpush/1")
    assert call() == {agent_id: ("failed", f"http_{status}")}
    assert (dns.asked, inside.connections) == ([service.name], 0)
    assert kept(database) == 1
