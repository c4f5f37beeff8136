"""The moment of sending: where the name leads now, and that the connection goes there and nowhere else."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from push.endpoint_guard import AllowedHost
from push.web_push_values import Outcome
from tests.integration.push.conftest import PATIENT
from tests.support.push_service import Say, loopback


class Dns:
    """A DNS that gives one answer after the other, then the last one for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host, port, **_):
        addresses = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (one, port))
            for one in addresses
        ]


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["100.64.0.1"],
        ["169.254.169.254"],
        ["192.168.1.1"],
        ["0.0.0.0"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["fe80::1"],
        ["fd00::1"],
        ["ff02::1"],
        ["142.250.75.234", "127.0.0.1"],
    ],
)
def test_a_browsers_service_that_leads_inside_is_refused(world, service, addresses):
    sender = world.sender(service, allowed_hosts=world.allow(service, inside=False), lookup=Dns(addresses))
    result = world.send_one(sender, world.message(service))
    assert (result.outcome, result.cause, result.alert) == (Outcome.REFUSED, "address_not_public", True)
    assert service.connections == 0


def test_an_operators_service_leads_inside_only_when_told_so(world, start_push_service):
    # The system's own answer for this name.
    service = start_push_service("localhost")
    for inside, outcome in ((False, Outcome.REFUSED), (True, Outcome.DELIVERED)):
        allowed = world.allow(service, inside=inside)
        sender = world.sender(allowed_hosts=allowed, lookup=socket.getaddrinfo)
        assert world.send_one(sender, world.message(service)).outcome is outcome
    assert len(service.received) == 1


def test_an_operators_service_is_never_where_credentials_are_handed_out(world, service):
    sender = world.sender(service, lookup=Dns(["169.254.169.254"]))
    assert world.send_one(sender, world.message(service)).cause == "address_not_public"


def test_the_address_that_was_judged_is_the_one_that_is_used(world, service):
    # Whoever asks again after the check would be led elsewhere.
    dns = Dns(["127.0.0.1"], ["169.254.169.254"])
    sender = world.sender(service, lookup=dns)
    assert world.send_one(sender, world.message(service)).outcome is Outcome.DELIVERED
    assert dns.asked == 1
    # The connection that is open stays with its address.
    assert world.send_one(sender, world.message(service)).outcome is Outcome.DELIVERED
    assert (dns.asked, service.connections) == (1, 1)


def test_every_new_connection_is_judged_anew(world, service):
    service.answer(Say(201, {"Connection": "close"}))
    dns = Dns(["127.0.0.1"], ["169.254.169.254"])
    sender = world.sender(service, lookup=dns, limits=replace(PATIENT, dns_cache_s=0))
    results = [world.send_one(sender, world.message(service)) for _ in range(2)]
    assert [one.outcome for one in results] == [Outcome.DELIVERED, Outcome.REFUSED]
    assert results[1].cause == "address_not_public"
    assert len(service.received) == 1


def test_an_address_that_fails_gives_way_to_the_next(world, service):
    # Nobody listens on 127.0.0.2 at this port.
    sender = world.sender(service, lookup=Dns(["127.0.0.2", "127.0.0.1"]))
    assert world.send_one(sender, world.message(service)).outcome is Outcome.DELIVERED


@pytest.mark.parametrize(
    ("endpoint", "cause"),
    [
        ("https://169.254.169.254/x.google.com/", "malformed"),
        ("https://fcm.googleapis.com@10.0.0.1/", "user_info"),
        ("http://push-a.test/x", "not_https"),
        ("https://push-a.test/x", "host_not_allowed"),
        ("https://fcm.googleapis.com/x", "host_not_allowed"),
        ("", "not_https"),
    ],
)
def test_settings_may_have_changed_since_it_was_saved(world, service, endpoint, cause):
    result = world.send_one(world.sender(service), world.message_to(endpoint))
    assert (result.outcome, result.cause, result.tried) == (Outcome.REFUSED, cause, False)


def test_a_redirection_to_the_inside_leads_nowhere(world, service):
    service.answer(Say(307, {"Location": "https://169.254.169.254/latest/meta-data/"}))
    dns = Dns(["127.0.0.1"])
    assert world.send_one(world.sender(service, lookup=dns), world.message(service)).cause == "http_307"
    assert dns.asked == 1


def test_a_proxy_in_the_environment_sees_nothing(world, service, other, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{other.port}")
    assert world.send_one(world.sender(service), world.message(service)).outcome is Outcome.DELIVERED
    assert other.connections == 0


def test_a_name_that_was_never_listed_is_not_even_looked_up(world, service):
    asked = []

    def lookup(host, port, **options):
        asked.append(host)
        return loopback(host, port, **options)

    listed = AllowedHost("*.push.test", service.port, own=True, inside=True)
    sender = world.sender(allowed_hosts=[listed], lookup=lookup)
    assert world.send_one(sender, world.message(service)).cause == "host_not_allowed"
    assert asked == []
