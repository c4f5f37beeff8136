"""Real commits from many threads: the first commit wins, nobody deadlocks, versions are visible in commit order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models.record import lock_scopes
from models.rules.errors import Conflict, NotFound
from models.rules.request_lifecycle import Verdict
from models.tables import ContactRequest, Event, FeedEntry, Scope
from server.services.accept_request import AcceptRequest, accept_request
from server.services.transfer_request import TransferRequest, transfer_request
from tests.support.seed import NOW, actor_of, seed_agent, seed_territory, seed_unit, send_request
from tests.support.terminals import Terminal, application

RACERS = 12


def race(racers: list[Any]) -> list[Any]:
    """Start all at once; returns each one's answer, or the refusal it got."""
    barrier = Barrier(len(racers))

    def run(racer: Any) -> Any:
        barrier.wait(timeout=30)
        try:
            return racer()
        except (Conflict, NotFound) as refusal:
            return refusal

    with ThreadPoolExecutor(len(racers)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, racer) for racer in racers]]


def test_one_of_many_who_accept_at_once_becomes_the_owner(database):
    with database.transaction() as session:
        unit = seed_territory(session)
        actors = [actor_of(seed_agent(session, unit)) for _ in range(RACERS)]
        request_id = send_request(session).request_id

    def racer(actor):
        def accept():
            with database.transaction() as session:
                return accept_request(session, AcceptRequest(request_id), actor, NOW)

        return accept

    answers = race([racer(actor) for actor in actors])
    assert answers.count(Verdict.APPLY) == 1
    winner = actors[answers.index(Verdict.APPLY)]
    losers = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(losers) == RACERS - 1
    assert {loser.detail["by"] for loser in losers} == {winner.name}
    with database.transaction() as session:
        accepted = session.scalar(select(func.count()).where(Event.name == "request_accepted"))
        assert accepted == 1


def test_transfers_that_cross_do_not_deadlock(database):
    with database.transaction() as session:
        here = seed_territory(session)
        there = seed_unit(session, 2, "Brigade de Culoz")
        mine = actor_of(seed_agent(session, here))
        theirs = actor_of(seed_agent(session, there))
        ids = [send_request(session).request_id for _ in range(RACERS)]
        for request_id in ids[: RACERS // 2]:
            transfer_request(session, TransferRequest(request_id, there.id), mine, NOW)

    def racer(request_id, actor, target):
        def transfer():
            with database.transaction() as session:
                return transfer_request(session, TransferRequest(request_id, target), actor, NOW)

        return transfer

    half = RACERS // 2
    answers = race(
        [racer(request_id, theirs, here.id) for request_id in ids[:half]]
        + [racer(request_id, mine, there.id) for request_id in ids[half:]]
    )
    assert answers == [Verdict.APPLY] * RACERS


def test_a_double_tap_is_one_request(database):
    with database.transaction() as session:
        seed_territory(session)
    key = str(uuid4())

    def send():
        with database.transaction() as session:
            return send_request(session, key=key)

    answers = race([send] * RACERS)
    assert len({(answer.reference, answer.follow_token, answer.call_back_word) for answer in answers}) == 1
    assert [answer.again for answer in answers].count(False) == 1
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ContactRequest)) == 1


def test_the_same_push_from_two_tabs_is_applied_once(database):
    with database.transaction() as session:
        unit = seed_territory(session)
        agent = seed_agent(session, unit)
        request_id = str(send_request(session).request_id)
    terminal = Terminal(application(database), database, agent)
    batch = [terminal.mutation("request.note", request_id=request_id, text=f"note {number}") for number in range(5)]

    answers = race([lambda: terminal.push(*batch).json] * 6)
    assert all(answer == answers[0] for answer in answers)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).where(Event.name == "request_noted")) == 5


@pytest.mark.parametrize("writers", [8])
def test_a_puller_never_misses_a_version_that_commits_late(database, writers):
    """A slow writer holds its unit's next version; nobody may show a later one before it commits."""
    with database.transaction() as session:
        unit = seed_territory(session)
        agent = seed_agent(session, unit)
    app = application(database)
    reader = Terminal(app, database, agent)
    seen: set[str] = set()

    def write():
        with database.transaction() as session:
            send_request(session)

    def read():
        while len(seen) < writers:
            reader.pull()
            seen.update(key for key in reader.docs if key.startswith("request/"))
        return len(seen)

    answers = race([read, *[write] * writers])
    assert answers[0] == writers
    with database.transaction() as session:
        versions = session.scalars(select(FeedEntry.version).where(FeedEntry.scope == f"unit:{unit.id}")).all()
        assert sorted(versions) == list(range(1, writers + 1))
        assert session.get_one(Scope, f"unit:{unit.id}").version == writers


def test_a_lock_is_given_back_with_its_savepoint(database):
    with database.transaction() as session:
        with session.begin_nested() as savepoint:
            assert lock_scopes(session, ["unit:1"])["unit:1"] == 1
            savepoint.rollback()
        assert lock_scopes(session, ["unit:1"])["unit:1"] == 1
