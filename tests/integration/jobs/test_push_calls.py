"""The ladder's calls over web push: the real job, a real database, a push service that answers as it is told."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from models.tables import DutyStatus, PushSubscription, Terminal, Unit
from server.jobs.ladder import climb
from server.push_receipts import Kind, read_receipt
from server.services.close_agent import CloseAgent, close_agent
from tests.support.ladders import calls_of, fates, wait_event
from tests.support.phones import FORGOTTEN_KEY, OLD_KEY
from tests.support.processes import wait_until
from tests.support.push_service import HANG, RESET, Say
from tests.support.seed import NOW, TOKENS, send_request

# The tests' present is half past two in the afternoon at Belley.
REST, OTHER_HOURS = (time(14), time(15)), (time(22), time(7))


@pytest.fixture
def event_id(people, database, clock):
    """A request that waits; the agents of `people` serve in its unit."""
    with database.transaction() as session:
        request_id = send_request(session, now=clock()).request_id
    return wait_event(database, request_id)


def fate(database, agent):
    """State and cause of the agent's calls over web push, the earliest first."""
    return [
        (one.state, one.cause) for one in calls_of(database) if one.agent_id == agent.id and one.channel == "web_push"
    ]


def test_whoever_is_available_is_called_on_every_terminal(database, people, phones, service, event_id):
    paths = {phones.give(people.available), phones.give(people.available)}
    phones.give(people.off_duty)
    phones.give(people.chief)
    climb(event_id)
    assert {one.path for one in service.received} == paths
    for one in service.received:
        assert one.headers["urgency"] == "high"
        # Until the supervisors have it.
        assert one.headers["ttl"] == "1800"
    [call] = [one for one in calls_of(database) if one.channel == "web_push"]
    [shown, _] = [phones.read(one) for one in service.received]
    assert (call.state, call.sent_at) == ("sent", NOW)
    data = shown.pop("data")
    assert read_receipt(TOKENS, data["receipt"]) == (Kind.CALL, call.id)
    assert shown == {
        "title": "Une demande attend",
        "body": "Ouvrez le terminal.",
        "navigate": f"/terminal/#/demandes/{data['request_id']}",
        "tag": f"request-{data['request_id']}",
        "lang": "fr",
        "silent": False,
        "requireInteraction": True,
        "actions": [{"action": "accept", "title": "Accepter"}, {"action": "open", "title": "Voir"}],
    }


def test_a_later_step_replaces_the_earlier_on_the_screen_and_rings_again(database, people, phones, clock, event_id):
    path = phones.give(people.available)
    climb(event_id)
    clock.forward(minutes=2)
    climb(event_id)
    first, second = phones.shown(path)
    assert first["tag"] == second["tag"]
    assert ("renotify" in first, second["renotify"]) == (False, True)
    topics = {one.headers["topic"] for one in phones.service.received}
    assert len(topics) == 1, "what still waits at the push service is replaced there"


def test_each_terminal_reads_its_own_language(database, people, phones, event_id):
    french, english = phones.give(people.available), phones.give(people.available)
    with database.transaction() as session:
        [row] = [one for one in session.scalars(select(PushSubscription)) if one.endpoint.endswith(english)]
        row.language = "en"
    climb(event_id)
    assert [phones.shown(one)[0]["title"] for one in (french, english)] == [
        "Une demande attend",
        "A request is waiting",
    ]


def test_in_hours_of_rest_nothing_rings_but_for_who_is_on_call(database, people, phones, clock, event_id):
    resting, awake = phones.give(people.available, quiet=REST), phones.give(people.available, quiet=OTHER_HOURS)
    on_call = phones.give(people.first_to_go, quiet=REST)
    climb(event_id)
    clock.forward(minutes=2)
    climb(event_id)
    assert [(one["silent"], "requireInteraction" in one) for one in phones.shown(resting)] == [(True, False)] * 2
    assert [one["silent"] for one in phones.shown(awake)] == [False, False]
    assert [one["silent"] for one in phones.shown(on_call)] == [False]


def test_a_night_is_that_of_the_unit(database, people, phones, event_id):
    with database.transaction() as session:
        session.scalars(select(Unit)).one().time_zone = "Pacific/Noumea"
    path = phones.give(people.available, quiet=OTHER_HOURS)
    climb(event_id)
    assert [one["silent"] for one in phones.shown(path)] == [True]


def test_on_an_intervention_nothing_rings_either(database, people, phones, clock, event_id):
    with database.transaction() as session:
        session.scalars(select(DutyStatus).filter_by(agent_id=people.chief.id)).one().status = "on_intervention"
    path = phones.give(people.chief)
    clock.forward(minutes=10)
    climb(event_id)
    assert [one["silent"] for one in phones.shown(path)] == [True]


def test_a_terminal_that_has_ended_is_silent(database, people, phones, service, clock, event_id):
    for agent in (people.available, people.first_to_go, people.chief):
        phones.give(agent)
    with database.transaction() as session:
        close_agent(session, CloseAgent(session.merge(people.available).login), NOW)
        session.scalars(select(Terminal).filter_by(agent_id=people.first_to_go.id)).one().revoked_at = NOW
    clock.forward(minutes=2)
    climb(event_id)
    assert [one.path for one in service.received] == ["/wpush/2"]
    assert fate(database, people.first_to_go) == [("failed", "no_address")]


def test_who_has_no_terminal_is_not_called(database, people, phones, service, event_id):
    climb(event_id)
    assert fate(database, people.available) == [("failed", "no_address")]
    assert service.received == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(database, people, phones, service, event_id, status):
    gone = phones.give(people.available)
    service.answer(Say(status), path=gone)
    climb(event_id)
    assert fate(database, people.available) == [("failed", "no_address")]
    assert phones.kept() == set()


def test_one_terminal_that_has_it_is_enough(database, people, phones, service, event_id):
    gone, there = phones.give(people.available), phones.give(people.available)
    service.answer(Say(410), path=gone)
    climb(event_id)
    assert fate(database, people.available) == [("sent", None)]
    assert phones.kept() == {there}


@pytest.mark.parametrize("status", [400, 401, 403, 413, 307])
def test_our_own_mistake_is_told_and_forgets_nobody(database, people, phones, service, event_id, caplog, status):
    path = phones.give(people.available)
    service.answer(Say(status, {"Location": service.origin + "/elsewhere"}))
    climb(event_id)
    assert fate(database, people.available) == [("failed", f"http_{status}")]
    assert phones.kept() == {path}
    assert [one.path for one in service.received] == [path]
    [alert] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert f"http_{status}" in alert.getMessage()
    assert path not in caplog.text


def test_a_key_that_is_gone_from_the_settings_is_told_and_forgets_nobody(
    database, people, phones, service, event_id, caplog
):
    path = phones.give(people.available, key=FORGOTTEN_KEY)
    climb(event_id)
    assert fate(database, people.available) == [("failed", "key_unknown")]
    assert (service.received, phones.kept()) == ([], {path})
    assert "key_unknown" in caplog.text


def test_until_a_browser_has_come_back_it_hears_from_the_key_it_knows(database, people, phones, service, event_id):
    phones.give(people.available, key=OLD_KEY)
    climb(event_id)
    assert fate(database, people.available) == [("sent", None)]
    [received] = service.received
    assert received.headers["authorization"].endswith(f", k={OLD_KEY.public}")


@pytest.mark.parametrize("status", [429, 503])
def test_a_push_service_that_wants_patience_gets_it(database, people, phones, service, clock, event_id, status):
    phones.give(people.available)
    service.answer(Say(status, {"Retry-After": "60"}))
    climb(event_id)
    [call] = [one for one in calls_of(database) if one.channel == "web_push"]
    assert (call.state, call.cause, call.attempted_at) == ("queued", f"http_{status}", None)
    # A little later by chance, so that not everybody comes back at once.
    assert NOW + timedelta(seconds=60) <= call.retry_at <= NOW + timedelta(seconds=90)
    clock.forward(seconds=59)
    climb(event_id)
    assert len(service.received) == 1
    clock.forward(seconds=35)
    climb(event_id)
    assert fate(database, people.available) == [("sent", None)]


@pytest.mark.parametrize("answer", [Say(500), Say(502), RESET], ids=["500", "502", "reset"])
def test_a_push_service_that_fails_is_tried_again_until_a_higher_step_is_due(
    database, people, phones, service, clock, event_id, answer
):
    phones.give(people.available)
    service.usual = answer
    for seconds in (0, 5, 10, 20):
        clock.forward(seconds=seconds)
        climb(event_id)
    assert [state for state, _ in fate(database, people.available)] == ["queued"]
    assert len(service.received) >= 3
    service.usual = Say(201)
    clock.forward(minutes=2)
    climb(event_id)
    assert fate(database, people.available) == [("failed", "overtaken"), ("sent", None)]


def test_whose_push_service_hangs_keeps_nobody_else_waiting(database, people, phones, service, clock, event_id):
    hanging, other = phones.give(people.available), phones.give(people.first_to_go)
    service.answer(HANG, path=hanging)
    clock.forward(minutes=2)
    with ThreadPoolExecutor(1) as pool:
        climbing = pool.submit(climb, event_id)
        try:
            wait_until(lambda: fate(database, people.first_to_go) == [("sent", None)], "the other one is called")
            assert {one.path for one in service.received} == {hanging, other}
            assert fate(database, people.available) == [("queued", None)]
        finally:
            service.release()
        climbing.result()
    assert fate(database, people.available) == [("sent", None)]


def test_without_keys_the_ladder_says_that_there_is_no_channel(database, people, event_id):
    climb(event_id)
    assert (1, "web_push", people.available.id, "failed", "no_channel") in fates(database)
