"""Whatever a push service answers, the ladder goes on: what the call, the subscription and the next step look like."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from push.endpoint_guard import parse_allowed_hosts
from push.vapid import Vapid
from push.web_push import WebPushSender
from server.jobs import wiring
from server.jobs.ladder import climb
from tests.support.ladders import calls_of, ladder_of, wait_event
from tests.support.phones import KEY, LIMITS
from tests.support.push_service import DRIP, HANG, RESET, RUBBISH, Say, loopback
from tests.support.seed import NOW, send_request

SENT, NOBODY, OVERTAKEN = ("sent", None), ("failed", "no_address"), ("failed", "overtaken")


@dataclass(frozen=True)
class Row:
    """What an answer comes to.

    Args:
        at_once: state and cause of the first step's call.
        waits: the least time until it is tried again.
        kept: the subscription is still there.
        then: state and cause of the same call two minutes later, when the service answers 201 again.
        next_step: of the second step's call to the same person.
    """

    answer: object
    at_once: tuple[str, str | None]
    waits: timedelta | None = None
    kept: bool = True
    then: tuple[str, str | None] | None = None
    next_step: tuple[str, str | None] = SENT


A_SECOND = timedelta(seconds=1)
TABLE = {
    "201": Row(Say(201), SENT),
    "202 with a location": Row(Say(202, {"Location": "https://push-a.test/receipt/1"}), SENT),
    "404": Row(Say(404), NOBODY, kept=False, next_step=NOBODY),
    "410": Row(Say(410), NOBODY, kept=False, next_step=NOBODY),
    "413": Row(Say(413), ("failed", "http_413")),
    "307": Row(Say(307, {"Location": "https://169.254.169.254/"}), ("failed", "http_307")),
    "429, in a minute": Row(
        Say(429, {"Retry-After": "60"}), ("queued", "http_429"), waits=timedelta(seconds=60), then=OVERTAKEN
    ),
    # What a host has asked for holds for the next step too: it is called once the time has come.
    "429, in five minutes": Row(
        Say(429, {"Retry-After": "300"}),
        ("queued", "http_429"),
        waits=timedelta(seconds=300),
        then=OVERTAKEN,
        next_step=("queued", "http_429"),
    ),
    "500": Row(Say(500), ("queued", "http_500"), waits=A_SECOND, then=OVERTAKEN),
    "503": Row(Say(503), ("queued", "http_503"), waits=A_SECOND, then=OVERTAKEN),
    "hang": Row(HANG, ("queued", "timeout"), waits=A_SECOND, then=OVERTAKEN),
    "drip": Row(DRIP, ("queued", "timeout"), waits=A_SECOND, then=OVERTAKEN),
    "reset": Row(RESET, ("queued", "disconnected"), waits=A_SECOND, then=OVERTAKEN),
    "rubbish": Row(RUBBISH, ("queued", "not_http"), waits=A_SECOND, then=OVERTAKEN),
}


@pytest.fixture
def request_id(people, database, clock):
    with database.transaction() as session:
        return send_request(session, now=clock()).request_id


@pytest.fixture
def impatient(service, authority, clock, monkeypatch):
    """Let the jobs in its block wait for a push service for a second only."""

    @contextmanager
    def block():
        limits = replace(LIMITS, read_s=1, total_s=1)
        allowed = parse_allowed_hosts(f"{service.name}:{service.port}", inside=True)
        vapid = Vapid([KEY], "mailto:brigade@example.gouv.fr")
        with (
            WebPushSender(
                vapid, allowed, str(authority.ca_file), limits=limits, clock=clock, lookup=loopback
            ) as sender,
            monkeypatch.context() as patch,
        ):
            patch.setattr(wiring, "_push_senders", [sender])
            yield

    return block


def pushes(database, agent):
    """The agent's calls over web push, the first step's first."""
    return [one for one in calls_of(database) if one.agent_id == agent.id and one.channel == "web_push"]


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_what_an_answer_comes_to(database, people, phones, service, clock, impatient, request_id, row):
    path = phones.give(people.available)
    event_id = wait_event(database, request_id)
    service.usual = row.answer
    with impatient() if row.answer in (HANG, DRIP) else nullcontext():
        climb(event_id)
    [call] = pushes(database, people.available)
    assert (call.state, call.cause) == row.at_once
    assert (call.retry_at is None) == (row.waits is None)
    if row.waits is not None:
        assert call.retry_at >= NOW + row.waits
    assert phones.kept() == ({path} if row.kept else set())
    assert ladder_of(database, request_id).next_look_at == NOW + timedelta(minutes=2), "the ladder waits for nobody"

    service.usual = Say(201)
    clock.forward(minutes=2)
    climb(event_id)
    first, second = pushes(database, people.available)
    assert (first.state, first.cause) == (row.then or row.at_once)
    assert (second.state, second.cause) == row.next_step
    if second.state == "queued":
        clock.now = second.retry_at
        climb(event_id)
        assert pushes(database, people.available)[1].state == "sent"
    assert phones.kept() == ({path} if row.kept else set())
