"""The life of a notice: what is news and what is not, and who is told of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, permutations
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from models.rules.notices import NoticeState, rises
from models.tables import Event, FeedEntry, Notice, Scope
from server.services.claim_notice import Claim, ClaimNotice, claim_notice
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.raise_notice import RaiseNotice, raise_notice
from server.services.settle_notice import SettleNotice, settle_notice
from tests.support.seed import NOW, seed_territory, send_request

LATER = NOW + timedelta(minutes=5)
REPORTED = [NoticeState.SENT, NoticeState.FAILED, NoticeState.DELIVERED, NoticeState.SEEN]


@pytest.fixture
def notice_id(session):
    """The claimed notice of a request that has just come."""
    seed_territory(session)
    send_request(session)
    event_id = session.scalars(select(Event.id)).one()
    claim, notice_id = claim_notice(session, ClaimNotice(event_id, "sms", "citizen"), NOW)
    assert claim is Claim.OURS
    return notice_id


def notice(session, notice_id):
    session.flush()
    return session.get_one(Notice, notice_id, populate_existing=True)


def deliveries(session):
    return session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'deliver'"))


@pytest.mark.parametrize("order", list(permutations(REPORTED)))
def test_whatever_order_news_comes_in_the_best_stays(session, notice_id, order):
    before = deliveries(session)
    known = NoticeState.QUEUED
    for state in order:
        for repeat in range(2):
            changed = raise_notice(session, RaiseNotice(notice_id, state, "undeliverable"), LATER)
            assert changed is (rises(known, state) and not repeat)
            known = state if changed else known
    found = notice(session, notice_id)
    assert (found.state, found.cause, found.claimed_until) == ("seen", None, None)
    assert (found.sent_at, found.delivered_at, found.seen_at) == (LATER, LATER, LATER)
    # One other way is tried if the failure came before anything better.
    before_failure = order[: order.index(NoticeState.FAILED)]
    failed_first = {NoticeState.DELIVERED, NoticeState.SEEN}.isdisjoint(before_failure)
    assert deliveries(session) - before == int(failed_first)


@pytest.mark.parametrize("before", list(NoticeState))
@pytest.mark.parametrize("after", list(NoticeState))
def test_the_database_lets_a_state_only_rise(session, notice_id, before, after):
    statement = text(
        "UPDATE notices SET state = CAST(:state AS text), cause = 'why', claimed_until = NULL, delivered_at = now(),"
        " seen_at = CASE WHEN CAST(:state AS text) = 'seen' THEN now() END WHERE id = :id"
    )
    session.execute(statement, {"state": before, "id": notice_id})
    if before != after and not rises(before, after):
        with pytest.raises(IntegrityError, match="cannot go from"), session.begin_nested():
            session.execute(statement, {"state": after, "id": notice_id})
    else:
        session.execute(statement, {"state": after, "id": notice_id})


def test_each_state_is_one_new_version_of_the_document(session, notice_id):
    def version():
        session.flush()
        found = session.scalars(
            select(FeedEntry).where(FeedEntry.document.startswith("request/")).execution_options(populate_existing=True)
        ).one()
        scope = session.get_one(Scope, found.scope, populate_existing=True)
        return found.version, scope.version

    seen = [version()]
    for state in (*REPORTED, *reversed(REPORTED)):
        # As in a transaction of its own.
        session.info.clear()
        raise_notice(session, RaiseNotice(notice_id, state), LATER)
        seen.append(version())
    changes = [after for before, after in pairwise(seen) if before[0] != after[0]]
    assert len(changes) == len(REPORTED)
    assert all(document == scope for document, scope in changes)


def test_a_claim_says_what_has_become_of_the_notice(session, notice_id):
    command = ClaimNotice(notice(session, notice_id).event_id, "sms", "citizen")
    assert claim_notice(session, command, NOW) == (Claim.ANOTHERS, notice_id)
    settle_notice(session, SettleNotice(notice_id, "stopped", for_good=True), NOW)
    assert claim_notice(session, command, NOW) == (Claim.FAILED, notice_id)
    raise_notice(session, RaiseNotice(notice_id, NoticeState.DELIVERED), NOW)
    assert claim_notice(session, command, NOW) == (Claim.SETTLED, notice_id)


def test_what_is_handed_on_waits_without_a_claim(session, notice_id):
    assert settle_notice(session, SettleNotice(notice_id, handed_on=True), LATER) == "queued"
    found = notice(session, notice_id)
    assert (found.claimed_until, found.cause, found.sent_at) == (None, None, None)


def test_a_worker_that_settles_late_undoes_nothing(session, notice_id):
    raise_notice(session, RaiseNotice(notice_id, NoticeState.DELIVERED), NOW)
    assert settle_notice(session, SettleNotice(notice_id), LATER) == "delivered"
    assert settle_notice(session, SettleNotice(notice_id, "timeout", for_good=True), LATER) == "delivered"
    assert notice(session, notice_id).changed_at == NOW


def test_a_notice_that_is_gone_is_no_mistake(session):
    assert not raise_notice(session, RaiseNotice(uuid4(), NoticeState.SEEN), NOW)


def test_a_notice_is_forgotten_a_while_after_it_last_changed(session, notice_id):
    def purge(days):
        return purge_expired(session, PurgeExpired(), NOW + timedelta(days=days))["notices"]

    settle_notice(session, SettleNotice(notice_id), NOW + timedelta(days=1))
    session.flush()
    assert [purge(91), purge(92), purge(93)] == [0, 1, 0]
