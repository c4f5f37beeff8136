"""A calendar that follows by mail, beside the way over which its owner wants to be told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.tables import Booking, Event, Notice
from server.jobs import send_text as text_job
from server.jobs import wiring
from server.services.fail_unheard_pushes import FailUnheardPushes, fail_unheard_pushes
from server.services.keep_push_subscription import CitizenOwner
from tests.integration.jobs.test_citizen_invitations import brigade as brigade
from tests.integration.jobs.test_citizen_invitations import make, move, tell
from tests.support.seed import NOW
from tests.support.texts import PHONE, with_sms


@pytest.fixture(autouse=True)
def provider(sms_provider, context, monkeypatch):
    monkeypatch.setattr(text_job, "_standings", {})
    monkeypatch.setattr(wiring, "_installed", [with_sms(context, **sms_provider.environment)])
    return sms_provider


def choose(brigade, booked, way):
    with brigade.database.transaction() as session:
        session.get_one(Booking, booked.booking_id).told_by = way


def states(brigade, event):
    """How the notices of what happened last under that name stand, by channel."""
    with brigade.database.transaction() as session:
        event_id = session.scalars(select(Event.id).where(Event.name == event).order_by(Event.id.desc())).first()
        return dict(session.execute(select(Notice.channel, Notice.state).where(Notice.event_id == event_id)).all())


@pytest.fixture
def moved(brigade, phones):
    """Whoever was invited by mail and follows over push has been told that their appointment has moved."""
    booked = make(brigade, phone=PHONE, may_leave_message=True)
    choose(brigade, booked, "email")
    tell(brigade)
    phones.follow(CitizenOwner(booking_id=booked.booking_id))
    choose(brigade, booked, None)
    move(brigade, booked)
    tell(brigade)
    assert states(brigade, "appointment_moved") == {"push": "sent", "email": "sent"}
    return booked


def test_a_push_that_nobody_heard_makes_room_for_a_text_although_the_calendar_has_its_mail(brigade, moved, relay):
    with brigade.database.transaction() as session:
        assert fail_unheard_pushes(session, FailUnheardPushes(), NOW + timedelta(hours=5)) == 1
    tell(brigade)
    assert states(brigade, "appointment_moved") == {"push": "failed", "email": "sent", "sms": "queued"}
    assert len(relay.messages) == 2


@pytest.mark.usefixtures("moved")
def test_whoever_was_told_is_told_once_however_often_the_job_runs(brigade, relay):
    before = len(relay.messages)
    tell(brigade)
    assert states(brigade, "appointment_moved") == {"push": "sent", "email": "sent"}
    assert len(relay.messages) == before
