"""How far a push has come: tests of a terminal that are really sent, and what browsers say of all that is."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from models.rules.notices import NoticeState
from models.tables import LadderCall, Notice, PushTest
from server.jobs import push_calls
from server.jobs.deliver import deliver
from server.jobs.ladder import climb
from server.jobs.push_tests import try_push
from server.push_receipts import Kind, read_receipt
from server.services.ask_push_test import AskPushTest, ask_push_test
from server.services.record_receipt import RecordReceipt, What, record_receipt
from server.services.revoke_terminal import RevokeTerminal, revoke_terminal
from tests.support.ladders import calls_of, wait_event
from tests.support.phones import FORGOTTEN_KEY
from tests.support.push_service import Say
from tests.support.push_subscribers import seed_terminal
from tests.support.seed import NOW, TOKENS, actor_of, send_request


def ask(database, clock, terminal_id):
    with database.transaction() as session:
        return ask_push_test(session, AskPushTest(terminal_id), clock()).id


def terminal_of(database):
    with database.transaction() as session:
        return session.execute(text("SELECT terminal_id FROM push_subscriptions")).scalar_one()


def state(database, test_id):
    with database.transaction() as session:
        test = session.get_one(PushTest, test_id)
        return test.state, test.cause


def jobs(database):
    with database.transaction() as session:
        return session.scalars(
            text("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'try_push' ORDER BY id")
        ).all()


def say(database, clock, kind, of_id, *words):
    for what in words:
        with database.transaction() as session:
            record_receipt(session, RecordReceipt(kind, of_id, What(what)), clock())


def test_a_test_is_sent_as_everything_is(database, people, phones, service, clock):
    path = phones.give(people.available)
    test_id = ask(database, clock, terminal_of(database))
    assert (state(database, test_id), jobs(database)) == (("queued", None), [None])
    try_push(str(test_id))
    assert state(database, test_id) == ("sent", None)
    [shown] = phones.shown(path)
    assert (shown["tag"], shown["silent"]) == ("test", False)
    assert read_receipt(TOKENS, shown["data"]["receipt"]) == (Kind.TEST, test_id)
    assert (service.received[0].headers["urgency"], service.received[0].headers["ttl"]) == ("high", "120")
    try_push(str(test_id))
    assert len(service.received) == 1
    say(database, clock, Kind.TEST, test_id, "received")
    assert state(database, test_id) == ("received", None)
    say(database, clock, Kind.TEST, test_id, "shown", "received", "shown")
    assert state(database, test_id) == ("shown", None)


@pytest.mark.parametrize(
    ("answer", "cause"), [(Say(410), "gone"), (Say(403), "key_wrong"), (Say(413), "http_413"), (Say(307), "http_307")]
)
def test_what_stops_a_test_has_a_name(database, people, phones, service, clock, answer, cause):
    phones.give(people.available)
    service.usual = answer
    test_id = ask(database, clock, terminal_of(database))
    try_push(str(test_id))
    assert state(database, test_id) == ("failed", cause)
    say(database, clock, Kind.TEST, test_id, "received")
    assert state(database, test_id) == ("received", None), "what has arrived proves it wrong"


def test_a_key_that_is_gone_from_the_settings_stops_it_too(database, people, phones, clock):
    phones.give(people.available, key=FORGOTTEN_KEY)
    test_id = ask(database, clock, terminal_of(database))
    try_push(str(test_id))
    assert state(database, test_id) == ("failed", "key_wrong")


def test_whom_nothing_reaches_is_told_so(database, people, phones, clock):
    phones.give(people.available)
    revoked = terminal_of(database)
    with database.transaction() as session:
        revoke_terminal(session, RevokeTerminal(revoked), actor_of(people.chief), clock())
        bare = seed_terminal(session, people.chief)
    for terminal_id in (revoked, bare):
        test_id = ask(database, clock, terminal_id)
        try_push(str(test_id))
        assert state(database, test_id) == ("failed", "no_address")


def test_without_web_push_a_test_says_so(context, database, people, clock):
    with database.transaction() as session:
        terminal_id = seed_terminal(session, people.chief)
    test_id = ask(database, clock, terminal_id)
    try_push(str(test_id))
    assert state(database, test_id) == ("failed", "no_channel")
    try_push(str(uuid4()))


def test_a_push_service_that_fails_is_tried_again_while_somebody_looks(database, people, phones, service, clock):
    phones.give(people.available)
    service.usual = Say(500)
    test_id = ask(database, clock, terminal_of(database))
    while state(database, test_id) == ("queued", None):
        try_push(str(test_id))
        clock.now = jobs(database)[-1] or clock.now
    assert state(database, test_id) == ("failed", "http_500")
    assert len(service.received) >= 3
    assert clock() - NOW <= timedelta(seconds=25)


@pytest.fixture
def call(people, database, clock, phones):
    """The first call of a request, which the push service has taken."""
    phones.give(people.available)
    with database.transaction() as session:
        request_id = send_request(session, now=clock()).request_id
    climb(wait_event(database, request_id))
    [found] = [one for one in calls_of(database) if one.channel == "web_push"]
    assert found.state == "sent"
    return found


def times(database, of_id):
    with database.transaction() as session:
        call = session.get_one(LadderCall, of_id)
        return call.state, call.sent_at, call.delivered_at


def test_a_call_is_delivered_when_its_terminal_says_so(database, clock, call):
    clock.forward(seconds=1)
    say(database, clock, Kind.CALL, call.id, "received")
    clock.forward(seconds=1)
    say(database, clock, Kind.CALL, call.id, "shown", "opened", "received")
    assert times(database, call.id) == ("delivered", NOW, NOW + timedelta(seconds=1))


def test_a_receipt_may_be_faster_than_we_are(database, people, phones, clock, monkeypatch):
    phones.give(people.available)
    send = push_calls.push_each

    def send_and_hear_of_it(*arguments, **options):
        send(*arguments, **options)
        [under_way] = [one for one in calls_of(database) if one.state == "queued"]
        say(database, clock, Kind.CALL, under_way.id, "received")

    monkeypatch.setattr(push_calls, "push_each", send_and_hear_of_it)
    with database.transaction() as session:
        request_id = send_request(session, now=clock()).request_id
    climb(wait_event(database, request_id))
    [call] = [one for one in calls_of(database) if one.channel == "web_push"]
    assert (call.state, call.sent_at, call.delivered_at) == ("delivered", NOW, NOW)


def test_what_is_seen_stays_seen(database, clock, call):
    with database.transaction() as session:
        found = session.get_one(LadderCall, call.id)
        found.state, found.seen_at = "seen", clock()
    say(database, clock, Kind.CALL, call.id, "received")
    assert times(database, call.id)[0] == "seen"


def test_a_notice_is_delivered_and_then_seen(database, context, clock):
    with database.transaction() as session:
        send_request(session, now=clock())
        event_id = session.execute(text("SELECT min(id) FROM events")).scalar_one()
    deliver(event_id)

    def notice():
        with database.transaction() as session:
            return session.scalars(select(Notice)).one()

    for what, expected in (
        ("received", NoticeState.DELIVERED),
        ("opened", NoticeState.SEEN),
        ("shown", NoticeState.SEEN),
    ):
        say(database, clock, Kind.NOTICE, notice().id, what)
        assert notice().state == expected


@pytest.mark.parametrize("kind", Kind)
def test_what_is_gone_is_not_missed(database, context, clock, kind):
    say(database, clock, kind, uuid4(), "received", "shown", "opened")
    with database.transaction() as session:
        for table in (PushTest, Notice, LadderCall):
            assert session.scalars(select(table)).all() == []
