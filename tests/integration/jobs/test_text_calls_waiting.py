"""A text message that calls somebody and waits: it is not lost, and not sent to who needs it no more."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from models.rules.duty import Status
from models.tables import Unit
from server.jobs import send_text as sending
from server.jobs import wiring
from server.jobs.ladder import climb, sweep
from server.services.accept_request import AcceptRequest, accept_request
from server.services.set_duty_status import SetDutyStatus, set_duty_status
from tests.support.ladders import seed_people, wait_event
from tests.support.seed import NOW, actor_of
from tests.support.sms_provider import Answer
from tests.support.text_calls import carry, fate, queued, wait
from tests.support.texts import with_sms

FIRST, CHIEF = "+33639980021", "+33639980022"


@pytest.fixture
def people(context, database):
    with database.transaction() as session:
        people = seed_people(session, session.scalars(select(Unit)).one(), NOW)
        people.first_to_go.mobile_phone, people.chief.mobile_phone = FIRST, CHIEF
        return people


@pytest.fixture(autouse=True)
def provider(context, people, sms_provider, monkeypatch):
    monkeypatch.setattr(wiring, "_installed", [with_sms(context, **sms_provider.environment)])
    monkeypatch.setattr(sending, "_standings", {})
    return sms_provider


def test_a_message_that_waits_for_its_provider_is_dropped_when_somebody_takes_the_request(
    database, clock, people, provider
):
    provider.answer(Answer(503))
    request_id = wait(database, clock)
    with pytest.raises(sending.DeliverLater):
        carry(database)
    clock.forward(minutes=6)
    climb(wait_event(database, request_id))
    assert fate(database) == [(people.first_to_go.id, 2, "queued", None)], "its own queue knows what becomes of it"
    with database.transaction() as session:
        accept_request(session, AcceptRequest(request_id), actor_of(people.available), clock())
    carry(database)
    assert provider.messages == []
    assert fate(database) == [(people.first_to_go.id, 2, "failed", "no_longer_needed")]


def test_a_message_that_waits_its_turn_is_not_taken_for_a_ladder_without_a_job(context, database, clock, people):
    wait(database, clock)

    def sweep_without_jobs():
        with database.transaction() as session:
            session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'climb'"))
        return sweep(context)

    clock.forward(minutes=5)
    assert queued(database)
    assert sweep_without_jobs() == 0, "nothing is due before the chief is"
    with database.transaction() as session:
        session.execute(text("UPDATE text_messages SET state = 'failed', cause = 'lost', phone = NULL, body = NULL"))
    assert sweep_without_jobs() == 1, "whoever sent it did not say so to the call"


@pytest.mark.parametrize("status", [Status.OFF_DUTY, Status.ON_INTERVENTION])
def test_a_message_that_waits_wakes_nobody_who_has_gone_home_or_has_their_hands_full(
    database, clock, people, provider, status
):
    wait(database, clock)
    with database.transaction() as session:
        set_duty_status(session, SetDutyStatus(status), actor_of(people.first_to_go), clock())
    carry(database)
    assert provider.messages == []
    assert fate(database) == [(people.first_to_go.id, 2, "failed", "no_longer_needed")]
