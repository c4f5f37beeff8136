"""What waits for the morning, and what is left of it then: a phone does not ring at night because of us."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.rules.actor import CitizenActor
from models.tables import ContactRequest, Unit
from server.jobs import send_text as text_job
from server.jobs import wiring
from server.jobs.deliver import DeliverLater
from server.services.accept_request import AcceptRequest, accept_request
from server.services.purge_expired import PurgeExpired, purge_expired
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.notices import deferred, event_id, send, tell, told, version
from tests.support.seed import NOW, actor_of, seed_agent
from tests.support.texts import with_sms


@pytest.fixture(autouse=True)
def provider(sms_provider, context, monkeypatch):
    monkeypatch.setattr(text_job, "_standings", {})
    monkeypatch.setattr(wiring, "_installed", [with_sms(context, **sms_provider.environment)])
    return sms_provider


def accept(database, created, at):
    with database.transaction() as session:
        agent = actor_of(seed_agent(session, session.scalars(select(Unit)).one()))
        accept_request(session, AcceptRequest(created.request_id), agent, at)


def test_at_night_a_text_waits_for_the_morning_and_reads_again_what_is_true(database, provider, clock):
    created = send(database)
    clock.forward(hours=10)
    accept(database, created, clock.now)
    tell(database, "request_accepted")
    # Half past eleven at night in Belley: seven o'clock is six in UTC.
    morning = NOW.replace(hour=6, minute=0) + timedelta(days=1)
    assert deferred(database)[-1] == (event_id(database, "request_accepted"), morning)
    assert told(database) == {}
    clock.now = morning
    tell(database, "request_accepted")
    assert told(database) == {"sms": ("sent", None)}
    with database.transaction() as session:
        withdraw_request(session, WithdrawRequest(created.request_id), CitizenActor(created.request_id), clock.now)
    clock.forward(hours=17)
    tell(database, "request_withdrawn")
    assert len(provider.messages) == 1


def test_whoever_has_just_written_at_night_is_answered_at_night(database, provider, clock):
    clock.forward(hours=10)
    send(database, now=clock.now)
    clock.forward(minutes=9)
    tell(database)
    assert len(provider.messages) == 1


def test_mail_does_not_wait_for_the_morning(database, relay, clock):
    created = send(database, phone="", channel="email")
    clock.forward(hours=10)
    accept(database, created, clock.now)
    tell(database, "request_accepted")
    assert len(relay.messages) == 1


@pytest.mark.parametrize("what", ["withdrawn", "another_way"])
def test_what_waited_for_a_relay_and_is_overtaken_waits_no_more(database, provider, relay, what):
    created = send(database, told_by="email")
    relay.stop()
    with pytest.raises(DeliverLater):
        tell(database)
    assert told(database) == {"email": ("queued", "connection_refused")}
    before = version(database, created)
    with database.transaction() as session:
        if what == "withdrawn":
            withdraw_request(session, WithdrawRequest(created.request_id), CitizenActor(created.request_id), NOW)
        else:
            session.execute(update(ContactRequest).values(told_by="sms"))
    tell(database)
    # It is no failure, because of which somebody would have to call.
    assert told(database) == ({} if what == "withdrawn" else {"sms": ("sent", None)})
    assert version(database, created) > before


def test_what_is_left_of_a_job_that_gave_up_is_forgotten_with_the_rest(database, relay):
    send(database, told_by="email")
    relay.stop()
    with pytest.raises(DeliverLater):
        tell(database)
    for days, expected in ((89, {"email": ("queued", "connection_refused")}), (91, {})):
        with database.transaction() as session:
            purge_expired(session, PurgeExpired(), NOW + timedelta(days=days))
        assert told(database) == expected
