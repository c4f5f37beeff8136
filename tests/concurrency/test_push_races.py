"""Browsers that hand in their subscriptions at once, and receipts that overtake each other: one truth remains."""

from __future__ import annotations

import itertools
from threading import Barrier

import pytest
from sqlalchemy import select

from models.rules.telling import Way
from models.tables import PushFollow, PushSubscription, PushTest
from push.vapid import VapidKey
from server.push_receipts import Kind
from server.services.ask_push_test import AskPushTest, ask_push_test
from server.services.choose_how_told import ChooseHowTold, choose_how_told
from server.services.drop_push_subscription import DropPushSubscription, drop_push_subscription
from server.services.keep_push_subscription import (
    CitizenOwner,
    KeepPushSubscription,
    TerminalOwner,
    keep_push_subscription,
)
from server.services.record_receipt import RecordReceipt, What, record_receipt
from server.services.settle_push_test import SettlePushTest, settle_push_test
from tests.concurrency.test_services_race import race
from tests.support.push_service import Browser
from tests.support.push_subscribers import seed_terminal
from tests.support.seed import NOW, seed_agent, seed_territory, send_request

RACERS = 8
ENDPOINT = "https://fcm.googleapis.com/fcm/send/"
KEY = VapidKey.make().public


@pytest.fixture
def terminals(database):
    with database.transaction() as session:
        agent = seed_agent(session, seed_territory(session))
        return [TerminalOwner(seed_terminal(session, agent)) for _ in range(RACERS)]


def keep(database, owner, endpoint):
    with database.transaction() as session:
        given = Browser().subscribe(ENDPOINT + endpoint, KEY)
        keep_push_subscription(session, KeepPushSubscription(owner, given, "fr"), NOW)


def rows(database):
    with database.transaction() as session:
        return session.scalars(select(PushSubscription)).all()


def test_of_many_endpoints_of_one_terminal_one_stays(database, terminals):
    race([lambda one=number: keep(database, terminals[0], str(one)) for number in range(RACERS)])
    [row] = rows(database)
    assert row.terminal_id == terminals[0].terminal_id


def test_of_many_terminals_with_one_endpoint_one_has_it(database, terminals):
    race([lambda one=owner: keep(database, one, "x") for owner in terminals])
    [row] = rows(database)
    assert row.terminal_id in {owner.terminal_id for owner in terminals}


def test_a_browser_that_follows_twice_at_once_follows_once(database, terminals):
    with database.transaction() as session:
        owner = CitizenOwner(request_id=send_request(session).request_id)
    race([lambda: keep(database, owner, "x")] * RACERS)
    with database.transaction() as session:
        assert len(session.scalars(select(PushFollow)).all()) == len(rows(database)) == 1


def test_two_browsers_that_begin_to_follow_at_once_do_not_wait_for_each_other_for_ever(database, terminals):
    with database.transaction() as session:
        owner = CitizenOwner(request_id=send_request(session).request_id)
    both_follow = Barrier(2)

    def begin(endpoint):
        with database.transaction() as session:
            given = Browser().subscribe(ENDPOINT + endpoint, KEY)
            keep_push_subscription(session, KeepPushSubscription(owner, given, "fr"), NOW)
            session.flush()
            # Each of them holds on to the request now, so that nobody deletes it under its follow.
            both_follow.wait(timeout=30)
            choose_how_told(session, ChooseHowTold(owner, Way.PUSH), NOW)

    race([lambda: begin("x"), lambda: begin("y")])
    assert len(rows(database)) == 2


def drop(database, owner):
    with database.transaction() as session:
        drop_push_subscription(session, DropPushSubscription(owner))


def test_who_begins_to_follow_while_another_wish_ends_is_heard(database, terminals):
    with database.transaction() as session:
        ends, begins = (CitizenOwner(request_id=send_request(session).request_id) for _ in range(2))
    for _ in range(5):
        keep(database, ends, "x")
        race([lambda: drop(database, ends), lambda: keep(database, begins, "x")])
        with database.transaction() as session:
            assert session.scalars(select(PushFollow.request_id)).all() == [begins.request_id]
        drop(database, begins)
        assert rows(database) == []


def test_receipts_that_overtake_each_other_only_ever_raise_a_test(database, terminals):
    with database.transaction() as session:
        test_id = ask_push_test(session, AskPushTest(terminals[0].terminal_id), NOW).id

    def say(what):
        with database.transaction() as session:
            if what in ("sent", "failed"):
                settle_push_test(session, SettlePushTest(test_id, what, "timeout" if what == "failed" else None), NOW)
            else:
                record_receipt(session, RecordReceipt(Kind.TEST, test_id, What(what)), NOW)

    words = itertools.chain(*[["sent", "failed", "received", "shown", "opened"]] * 2)
    race([lambda one=word: say(one) for word in words])
    with database.transaction() as session:
        test = session.get_one(PushTest, test_id)
        assert (test.state, test.cause) == ("shown", None)
