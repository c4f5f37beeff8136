"""A text message whose job is lost: whoever waits for it does not wait for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from models.tables import ContactRequest, Event, Notice, TextMessage, Unit
from server.jobs import wiring
from server.jobs.deliver import deliver
from server.jobs.ladder import climb
from server.jobs.upkeep import purge
from tests.support.ladders import calls_of, seed_people, wait_event
from tests.support.seed import NOW, send_request
from tests.support.texts import PHONE, with_sms


@pytest.fixture(autouse=True)
def _texts(context, sms_provider, monkeypatch):
    monkeypatch.setattr(wiring, "_installed", [with_sms(context, **sms_provider.environment)])


def test_its_notice_fails_and_makes_room_for_mail(database, clock, relay, sms_provider):
    with database.transaction() as session:
        send_request(session)
        session.execute(update(ContactRequest).values(told_by=None))
        event_id = session.scalars(select(Event.id).filter_by(name="request_created")).one()
    deliver(event_id=event_id)
    with database.transaction() as session:
        waiting = session.scalars(select(TextMessage)).one()
        session.execute(text("DELETE FROM procrastinate_jobs"))
    clock.now = waiting.good_until + timedelta(minutes=61)
    purge(timestamp=0)
    with database.transaction() as session:
        deferred = session.execute(text("SELECT task_name, args ->> 'event_id' FROM procrastinate_jobs")).all()
    assert deferred == [("deliver", str(event_id))]
    deliver(event_id=event_id)
    with database.transaction() as session:
        told = {one.channel: (one.state, one.cause) for one in session.scalars(select(Notice))}
    assert told == {"sms": ("failed", "too_late"), "email": ("sent", None)}
    assert (sms_provider.messages, len(relay.messages)) == ([], 1)


def test_its_call_fails(database, clock):
    with database.transaction() as session:
        people = seed_people(session, session.scalars(select(Unit)).one(), NOW)
        people.first_to_go.mobile_phone = PHONE
        request_id = send_request(session, now=NOW - timedelta(minutes=2)).request_id
    climb(wait_event(database, request_id))
    with database.transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    clock.forward(hours=2)
    purge(timestamp=0)
    [call] = [call for call in calls_of(database) if call.channel == "sms"]
    assert (call.state, call.cause) == ("failed", "too_late")
