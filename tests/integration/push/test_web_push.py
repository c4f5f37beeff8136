"""What push services answer, and what becomes of the message: docs/operations/web-push.md has the table."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from push.endpoint_guard import AllowedHost
from push.vapid import VapidKey
from push.web_push_values import Outcome, Urgency
from tests.integration.push.conftest import NOW, PATIENT
from tests.support.processes import free_port
from tests.support.push_service import DRIP, HANG, RESET, RUBBISH, Say


def test_a_browser_reads_what_was_sent(world, service):
    message = world.message(service, body="Ouvrez le terminal, s’il vous plaît.", urgency=Urgency.HIGH)
    result = world.send_one(world.sender(service), message)
    assert (result.outcome, result.cause, result.alert) == (Outcome.DELIVERED, "", False)

    [received] = service.received
    assert json.loads(world.browser.read(received.body)) == {
        "web_push": 8030,
        "notification": {
            "title": "Une demande attend",
            "body": "Ouvrez le terminal, s’il vous plaît.",
            "navigate": "/terminal/#/demandes/7",
            "tag": "request-7",
            "lang": "fr",
            "silent": False,
        },
    }
    headers = received.headers
    assert headers["host"] == f"push-a.test:{service.port}"
    assert (headers["ttl"], headers["urgency"], headers["content-encoding"]) == ("3600", "high", "aes128gcm")
    assert len(headers["topic"]) == 32
    assert headers["authorization"].startswith("vapid t=")
    # Who we are is in the token; the program and its version are nobody's business.
    assert not {"user-agent", "accept", "cookie", "referer"} & headers.keys()


def test_a_path_arrives_as_the_browser_gave_it(world, service):
    message = world.message(service, "/w/?token=BQY%2fb%2Bc%3d:x~a,b/../c")
    assert world.send_one(world.sender(service), message).outcome is Outcome.DELIVERED
    assert service.received[0].path == "/w/?token=BQY%2fb%2Bc%3d:x~a,b/../c"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_2xx_is_delivered(world, service, status):
    service.answer(Say(status))
    assert world.send_one(world.sender(service), world.message(service)).outcome is Outcome.DELIVERED


@pytest.mark.parametrize(
    ("status", "outcome", "alert"),
    [
        (400, Outcome.REFUSED, True),
        (401, Outcome.KEY_WRONG, True),
        (403, Outcome.KEY_WRONG, True),
        (404, Outcome.GONE, False),
        (405, Outcome.REFUSED, True),
        (410, Outcome.GONE, False),
        (413, Outcome.REFUSED, True),
        (415, Outcome.REFUSED, True),
    ],
)
def test_a_final_answer_is_final(world, service, status, outcome, alert):
    service.answer(Say(status, body=b'{"errno": 106}'))
    result = world.send_one(world.sender(service), world.message(service))
    assert (result.outcome, result.cause, result.alert) == (outcome, f"http_{status}", alert)
    assert result.retry_at is None
    assert len(service.received) == 1


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirection_is_an_error_and_is_not_followed(world, service, other, status):
    service.answer(Say(status, {"Location": f"{other.origin}/elsewhere"}))
    result = world.send_one(world.sender(service, other), world.message(service))
    assert (result.outcome, result.cause, result.alert) == (Outcome.REFUSED, f"http_{status}", True)
    assert other.connections == 0


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize("attempts", [0, 3])
def test_a_failure_of_the_service_is_tried_again_later_and_later(world, service, status, attempts):
    service.answer(Say(status))
    result = world.send_one(world.sender(service), world.message(service, attempts=attempts))
    assert (result.outcome, result.cause, result.tried) == (Outcome.RETRY, f"http_{status}", True)
    longest = timedelta(seconds=2) * 2**attempts
    assert longest / 2 <= result.retry_at - NOW <= longest


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True])
def test_a_service_says_when_it_wants_to_be_asked_again(world, service, status, as_date):
    wait = timedelta(seconds=120)
    service.answer(Say(status, {"Retry-After": format_datetime(NOW + wait, usegmt=True) if as_date else "120"}))
    result = world.send_one(world.sender(service), world.message(service))
    assert (result.outcome, result.cause) == (Outcome.RETRY, f"http_{status}")
    assert wait <= result.retry_at - NOW <= wait + timedelta(seconds=5)


def test_a_service_that_wants_patience_gets_it_for_all_its_subscribers(world, service, other):
    sender = world.sender(service, other)
    service.answer(Say(429, {"Retry-After": "60"}))
    world.send_one(sender, world.message(service))

    results = list(sender.send([*world.messages(service, 50), *world.messages(other, 50)]))
    held = [one for one in results if one.outcome is Outcome.RETRY]
    assert len(held) == 50
    assert all(not one.tried and one.cause == "http_429" for one in held)
    assert all(one.retry_at >= NOW + timedelta(seconds=60) for one in held)
    # Only the first has ever reached it, and the other service knows nothing of all this.
    assert (len(service.received), len(other.received)) == (1, 50)

    world.clock.now = NOW + timedelta(seconds=60)
    assert {one.outcome for one in sender.send(world.messages(service, 50))} == {Outcome.DELIVERED}


def test_what_would_come_too_late_is_not_tried_again(world, service):
    service.answer(Say(429, {"Retry-After": "60"}))
    soon = NOW + timedelta(seconds=59)
    sender = world.sender(service)
    result = world.send_one(sender, world.message(service, expires_at=soon))
    assert (result.outcome, result.cause, result.retry_at) == (Outcome.EXPIRED, "http_429", None)
    # The host is left alone until after this one's end.
    assert world.send_one(sender, world.message(service, expires_at=soon)).outcome is Outcome.EXPIRED
    assert len(service.received) == 1


def test_what_is_of_no_use_any_more_is_not_sent(world, service):
    result = world.send_one(world.sender(service), world.message(service, expires_at=NOW))
    assert (result.outcome, result.cause, result.tried) == (Outcome.EXPIRED, "too_late", False)
    assert service.connections == 0


@pytest.mark.parametrize(
    ("answer", "limits", "cause"),
    [
        (HANG, replace(PATIENT, read_s=0.3), "timeout"),
        # One octet now and then satisfies every other limit than that of the whole.
        (DRIP, replace(PATIENT, total_s=1), "timeout"),
        (RESET, PATIENT, "disconnected"),
        (RUBBISH, PATIENT, "not_http"),
    ],
)
def test_no_answer_is_tried_again(world, service, answer, limits, cause):
    service.usual = answer
    result = world.send_one(world.sender(service, limits=limits), world.message(service))
    assert (result.outcome, result.cause, result.tried) == (Outcome.RETRY, cause, True)
    assert timedelta(seconds=1) <= result.retry_at - NOW <= timedelta(seconds=2)
    # The client did not try again by itself.
    assert len(service.received) <= 1


def test_a_host_that_accepts_and_says_nothing_is_tried_again(world):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        result = world.send_one(*_to_another_name(world, port, limits=replace(PATIENT, connect_s=0.3)))
    assert (result.outcome, result.cause) == (Outcome.RETRY, "timeout")


@pytest.mark.parametrize(("status", "outcome"), [(201, Outcome.DELIVERED), (410, Outcome.GONE)])
def test_what_follows_the_head_of_an_answer_changes_nothing(world, service, status, outcome):
    service.answer(Say(status, endless=True))
    sender = world.sender(service, limits=replace(PATIENT, rest_s=0.1))
    assert world.send_one(sender, world.message(service)).outcome is outcome
    # The connection that still drips is not used again.
    assert world.send_one(sender, world.message(service)).outcome is Outcome.DELIVERED
    assert service.connections == 2


def test_a_host_that_is_not_there_is_tried_again(world):
    result = world.send_one(*_to_another_name(world, free_port()))
    assert (result.outcome, result.cause) == (Outcome.RETRY, "connection_refused")


def _to_another_name(world, port, **options):
    named = AllowedHost("push-c.test", port, own=True, inside=True)
    return world.sender(allowed_hosts=[named], **options), world.message_to(f"https://push-c.test:{port}/x")


def test_a_name_without_an_address_is_tried_again(world, service):
    def lookup(*_, **__):
        raise OSError("no such name")

    result = world.send_one(world.sender(service, lookup=lookup), world.message(service))
    assert (result.outcome, result.cause) == (Outcome.RETRY, "unknown_host")


def test_a_certificate_of_another_name_stops_the_message(world, service):
    # Every name leads to this machine, as when somebody has taken the DNS over.
    result = world.send_one(*_to_another_name(world, service.port))
    assert (result.outcome, result.cause) == (Outcome.RETRY, "certificate")
    assert not service.received


def test_an_operators_authority_vouches_for_no_browsers_service(world, service):
    listed = AllowedHost(service.name, service.port, inside=True)
    result = world.send_one(world.sender(service, allowed_hosts=[listed]), world.message(service))
    assert (result.outcome, result.cause) == (Outcome.RETRY, "certificate")
    assert not service.received


def test_without_its_authority_an_operators_service_is_not_trusted(world, service):
    result = world.send_one(world.sender(service, ca_file=None), world.message(service))
    assert (result.outcome, result.cause) == (Outcome.RETRY, "certificate")


def test_each_subscription_hears_from_the_key_that_it_was_made_with(world, service):
    old, gone = VapidKey.make(), VapidKey.make()
    sender = world.sender(service, keys=[world.key, old])
    messages = [world.message(service, f"/{key.public}", vapid_key=key.public) for key in (world.key, old, gone)]
    results = {one.message.id: one for one in sender.send(messages)}
    assert [results[one.id].outcome for one in messages] == [Outcome.DELIVERED, Outcome.DELIVERED, Outcome.KEY_WRONG]
    assert results[messages[2].id].cause == "key_unknown"
    assert {one.path: one.headers["authorization"].partition(", k=")[2] for one in service.received} == {
        f"/{world.key.public}": world.key.public,
        f"/{old.public}": old.public,
    }


@pytest.mark.parametrize("changes", [{"p256dh": "x"}, {"p256dh": "A" * 87}, {"auth": "A" * 6}, {"auth": "é"}])
def test_a_subscription_without_proper_keys_spoils_no_other(world, service, changes):
    good, bad = world.messages(service, 2)
    bad = replace(bad, subscription=replace(bad.subscription, **changes))
    results = {one.message.id: one for one in world.sender(service).send([bad, good])}
    assert (results[bad.id].outcome, results[bad.id].cause) == (Outcome.REFUSED, "bad_key")
    assert results[good.id].outcome is Outcome.DELIVERED


def test_a_notice_with_too_many_words_is_dropped_here(world, service):
    result = world.send_one(world.sender(service), world.message(service, body="é" * 1024))
    assert (result.outcome, result.cause, result.alert) == (Outcome.REFUSED, "payload_too_long", True)
    assert service.connections == 0


def test_a_mistake_of_ours_is_tried_again_and_spoils_no_other(world, service, caplog):
    good, bad = world.messages(service, 2)
    bad = replace(bad, notice=None)
    results = {one.message.id: one for one in world.sender(service).send([bad, good])}
    assert (results[bad.id].outcome, results[bad.id].cause) == (Outcome.RETRY, "error_AttributeError")
    assert results[good.id].outcome is Outcome.DELIVERED
    assert "could not be sent" in caplog.text


def test_no_log_holds_an_address_a_key_or_a_word(world, service, caplog):
    caplog.set_level("DEBUG")
    for answer in (RESET, RUBBISH, Say(500), Say(410), Say(307, {"Location": "https://x.test/"}), Say(429)):
        service.answer(answer)
    sender = world.sender(service)
    for _ in range(6):
        message = world.message(service, "/capability-of-somebody")
        world.send_one(sender, message)
        for secret in ("capability", message.subscription.auth, message.subscription.p256dh, "demande", "vapid t="):
            assert secret not in caplog.text
        assert "capability" not in repr(message)
