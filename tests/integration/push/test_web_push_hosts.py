"""Many messages at once: nobody waits for somebody else's host, none is lost, none goes out twice."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from push.endpoint_guard import AllowedHost
from push.web_push_lane import PATIENCE
from push.web_push_values import Outcome, Urgency
from tests.integration.push.conftest import NOW, PATIENT
from tests.support.processes import PATIENCE_S, free_port, wait_until
from tests.support.push_service import HANG, Say, loopback


def test_a_host_that_hangs_delays_no_other(world, service, other):
    service.usual = HANG
    hanging, healthy = world.messages(service, 100), world.messages(other, 100)
    results = world.sender(service, other).send([*hanging, *healthy])

    # Every result of the healthy host is there while the other has not given a single answer.
    first = list(itertools.islice(results, len(healthy)))
    assert {one.outcome for one in first} == {Outcome.DELIVERED}
    assert {one.message.id for one in first} == {one.id for one in healthy}
    assert service.most_open_requests <= PATIENT.per_host

    service.release()
    last = list(results)
    assert {one.message.id for one in last} == {one.id for one in hanging}
    assert {one.outcome for one in last} == {Outcome.DELIVERED}


def test_name_servers_that_hang_delay_no_other_entry_of_the_list(world, service):
    asked, let_go = threading.Event(), threading.Event()

    def lookup(host, port, **options):
        if host != service.name:
            asked.set()
            let_go.wait()
        return loopback(host, port, **options)

    # Far more names than there are threads to look them up.
    port = free_port()
    lost = [world.message_to(f"https://{number}.push.test:{port}/x") for number in range(50)]
    hanging = AllowedHost("*.push.test", port, own=True, inside=True)
    try:
        sender = world.sender(allowed_hosts=[hanging, *world.allow(service)], lookup=lookup)
        results = sender.send([*lost, *world.messages(service, 40)])
        first = list(itertools.islice(results, 40))
        assert asked.wait(PATIENCE_S)
        assert {one.outcome for one in first} == {Outcome.DELIVERED}
        assert len(service.received) == 40
    finally:
        let_go.set()
    assert [(one.outcome, one.cause) for one in results] == [(Outcome.RETRY, "connection_refused")] * 50


def test_another_job_passes_by_a_host_that_hangs(world, service, other):
    service.usual = HANG
    sender = world.sender(service, other)
    stuck = sender.send(world.messages(service, 100))
    service.wait_for(PATIENT.per_host)
    assert world.send_one(sender, world.message(other)).outcome is Outcome.DELIVERED
    service.release()
    assert len(list(stuck)) == 100


def test_a_host_that_fails_again_and_again_is_left_alone(world, service):
    service.usual = Say(500)
    results = list(world.sender(service, limits=replace(PATIENT, per_host=1)).send(world.messages(service, 100)))
    assert Counter((one.outcome, one.cause, one.tried) for one in results) == {
        (Outcome.RETRY, "http_500", True): PATIENCE,
        (Outcome.RETRY, "http_500", False): 100 - PATIENCE,
    }
    assert len(service.received) == PATIENCE


def test_a_host_that_was_left_alone_is_asked_again_and_forgiven(world, service):
    sender = world.sender(service, limits=replace(PATIENT, per_host=1))
    service.answer(*[Say(500)] * PATIENCE)
    results = list(sender.send(world.messages(service, PATIENCE + 1)))
    world.clock.now = max(one.retry_at for one in results)
    assert [one.outcome for one in sender.send(world.messages(service, 5))] == [Outcome.DELIVERED] * 5
    # Nothing is remembered of it: it takes as many failures as before until it is left alone.
    service.answer(*[Say(500)] * (PATIENCE - 1))
    list(sender.send(world.messages(service, PATIENCE - 1)))
    assert world.send_one(sender, world.message(service)).outcome is Outcome.DELIVERED


def test_one_failure_among_successes_is_not_the_hosts(world, service):
    for number in range(3 * PATIENCE):
        service.answer(Say(500), path=f"/bad/{number}")
    messages = []
    for number in range(3 * PATIENCE):
        messages += [world.message(service, f"/bad/{number}"), world.message(service)]
    results = list(world.sender(service, limits=replace(PATIENT, per_host=1)).send(messages))
    assert all(one.tried for one in results)
    assert Counter(one.outcome for one in results) == {
        Outcome.RETRY: 3 * PATIENCE,
        Outcome.DELIVERED: 3 * PATIENCE,
    }


def test_connections_are_kept_for_the_next_message(world, service):
    sender = world.sender(service)
    for _ in range(3):
        list(sender.send(world.messages(service, 100)))
    assert len(service.received) == 300
    assert service.connections <= PATIENT.per_host


def test_hosts_of_one_service_share_its_limit(world, start_push_service):
    service = start_push_service("*.push.test")
    service.usual = HANG
    listed = AllowedHost("*.push.test", service.port, own=True, inside=True)
    limits = replace(PATIENT, per_host=4, per_service=6)
    sender = world.sender(allowed_hosts=[listed], limits=limits)
    endpoints = [f"https://{host}.push.test:{service.port}/{number}" for host in "abc" for number in range(10)]
    results = sender.send([world.message_to(endpoint) for endpoint in endpoints])
    service.wait_for(6)
    service.release()
    assert Counter(one.outcome for one in results) == {Outcome.DELIVERED: 30}
    assert service.most_open_requests <= 6


def test_the_urgent_go_first(world, service):
    service.answer(HANG)
    sender = world.sender(service, limits=replace(PATIENT, per_host=1))
    first = sender.send([world.message(service, "/first")])
    service.wait_for(1)
    rest = sender.send(
        [
            world.message(service, "/low", urgency=Urgency.LOW),
            world.message(service, "/normal-1"),
            world.message(service, "/high-1", urgency=Urgency.HIGH),
            world.message(service, "/very-low", urgency=Urgency.VERY_LOW),
            world.message(service, "/normal-2"),
        ]
    )
    last = sender.send([world.message(service, "/high-2", urgency=Urgency.HIGH)])
    service.release()
    assert len([*first, *rest, *last]) == 7
    assert [one.path for one in service.received] == [
        "/first",
        "/high-1",
        "/high-2",
        "/normal-1",
        "/normal-2",
        "/low",
        "/very-low",
    ]


def test_none_is_lost_and_none_goes_out_twice(world, service, other):
    service.answer(*[Say(410)] * 7, *[Say(500)] * 7, *[Say(413)] * 7)
    jobs = [
        [*world.messages(service, 300), *world.messages(other, 300), world.message_to("https://evil.test/x")]
        for _ in range(3)
    ]
    sender = world.sender(service, other)
    with ThreadPoolExecutor(3) as threads:
        answered = list(threads.map(lambda messages: list(sender.send(messages)), jobs))
    for messages, results in zip(jobs, answered, strict=True):
        assert Counter(one.message.id for one in results) == Counter(one.id for one in messages)
    outcomes = Counter(one.outcome for results in answered for one in results)
    assert outcomes[Outcome.GONE] == 7
    assert outcomes[Outcome.REFUSED] == 7 + len(jobs)
    tried = sum(one.tried for results in answered for one in results)
    assert max((service.paths + other.paths).values()) == 1
    assert len(service.received) + len(other.received) == tried


def test_one_tag_is_not_sent_to_twice_within_a_second(world, service):
    sender = world.sender(service, limits=replace(PATIENT, same_tag_s=60))
    first, again = (world.message(service, "/somebody", tag="request-7") for _ in range(2))
    others = [world.message(service, "/somebody", tag="request-8"), world.message(service, "/else", tag="request-7")]
    results = {one.message.id: one for one in sender.send([first, again, *others])}
    assert [results[one.id].outcome for one in (first, *others)] == [Outcome.DELIVERED] * 3
    held = results[again.id]
    assert (held.outcome, held.cause, held.tried) == (Outcome.RETRY, "same_tag", False)
    assert NOW < held.retry_at <= NOW + timedelta(seconds=60)
    assert service.paths == {"/somebody": 2, "/else": 1}
    topics = [one.headers["topic"] for one in service.received]
    assert len(set(topics)) == 2


def test_a_tag_that_has_rested_is_sent_to_again(world, service):
    sender = world.sender(service, limits=replace(PATIENT, same_tag_s=0.05))
    outcomes = []

    def delivered_twice():
        outcomes.append(world.send_one(sender, world.message(service, "/somebody")).outcome)
        return outcomes.count(Outcome.DELIVERED) == 2

    wait_until(delivered_twice, "the tag has rested")
    assert set(outcomes) <= {Outcome.DELIVERED, Outcome.RETRY}
    assert service.paths == {"/somebody": 2}


def test_closing_gives_back_what_has_no_result(world, service):
    service.usual = HANG
    with world.new_sender(service) as sender:
        results = sender.send(world.messages(service, 100))
        service.wait_for(PATIENT.per_host)
    assert Counter((one.outcome, one.cause) for one in results) == {(Outcome.RETRY, "closing"): 100}
    with pytest.raises(RuntimeError, match="not open"):
        sender.send(world.messages(service, 1))


def test_nothing_is_nothing(world, service):
    assert list(world.sender(service).send([])) == []
