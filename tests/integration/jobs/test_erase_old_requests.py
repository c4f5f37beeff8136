from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select, text

from models.appointment_events import APPOINTMENT_EVENTS
from models.events import EVENTS
from models.queries.push_subscriptions import of_request
from models.rules.request_lifecycle import State
from models.tables import (
    Event,
    FeedEntry,
    Notice,
    PushSubscription,
)
from push.vapid import VapidKey
from server.services.erase_old_requests import erase_old_requests
from server.services.keep_push_subscription import CitizenOwner, KeepPushSubscription, keep_push_subscription
from tests.integration.jobs.ended import ACTOR, LATER, RETENTION, ended_request
from tests.support.push_service import Browser
from tests.support.seed import (
    NOW,
    TOKENS,
    request_row,
    seed_territory,
    send_request,
)


def test_after_the_retention_nothing_names_anybody(session, unit):
    created = ended_request(session, unit, safe_time="le matin")
    event_id = session.scalars(select(Event.id)).first()
    session.add(
        Notice(
            id=uuid4(), event_id=event_id, channel="email", recipient="citizen", state="sent", cause=None, attempts=1,
            created_at=NOW, changed_at=NOW, claimed_until=None,
        )
    )  # fmt: skip
    session.flush()
    assert erase_old_requests(session, RETENTION, ACTOR, LATER) == 1
    session.flush()

    everything = ""
    for table in ("contact_requests", "events", "notices", "feed_entries"):
        everything += str(session.execute(text(f"SELECT t.* FROM {table} t")).all())
    for secret in (
        "Camille",
        "camille",
        "639980012",
        "vélo",
        "Gare",
        "le matin",
        "après 17 h",
        "rappelé",
        created.call_back_word,
    ):
        assert secret not in everything
    request = request_row(session, created)
    assert request.erased_at == LATER
    assert (request.state, request.reference, request.reason_code) == (State.WITHDRAWN, created.reference, "complaint")
    assert session.scalars(select(Notice)).all() == []


def test_nobody_follows_what_is_erased(session, unit):
    created, other = ended_request(session, unit), send_request(session)
    key = VapidKey.make().public
    for endpoint, follows in (("one", [created]), ("both", [created, other])):
        given = Browser().subscribe(f"https://fcm.googleapis.com/{endpoint}", key)
        for one in follows:
            owner = CitizenOwner(request_id=one.request_id)
            keep_push_subscription(session, KeepPushSubscription(owner, given, "fr"), NOW)
    assert erase_old_requests(session, RETENTION, ACTOR, LATER) == 1
    assert of_request(session, created.request_id) == []
    assert session.scalars(select(PushSubscription.endpoint)).all() == ["https://fcm.googleapis.com/both"]


def test_an_erased_request_is_behind_no_link_and_no_key(session, unit):
    created = ended_request(session, unit, key="the same key")
    erase_old_requests(session, RETENTION, ACTOR, LATER)
    request = request_row(session, created)
    for generation in range(4):
        token = TOKENS.follow_token(request.id, generation)
        assert request.follow_token_hash != TOKENS.stored_hash("follow-token", token)
        code = TOKENS.follow_code(request.id, generation)
        assert request.follow_code_hash != TOKENS.stored_hash("follow-code", code)
    again = send_request(session, key="the same key", now=LATER)
    assert again.request_id != created.request_id


def test_terminals_learn_to_forget(database):
    with database.transaction() as session:
        unit = seed_territory(session)
        ended_request(session, unit)
    versions = select(FeedEntry.version).where(FeedEntry.scope == f"unit:{unit.id}")
    with database.transaction() as session:
        before = session.scalars(versions).one()
    with database.transaction() as session:
        erase_old_requests(session, RETENTION, ACTOR, LATER)
        assert session.scalars(select(Event.name).order_by(Event.id.desc())).first() == "request_erased"
    with database.transaction() as session:
        assert session.scalars(versions).one() > before


def test_erasing_again_changes_nothing_and_too_early_neither(session, unit):
    ended_request(session, unit)
    assert erase_old_requests(session, RETENTION, ACTOR, NOW + timedelta(days=89)) == 0
    assert erase_old_requests(session, RETENTION, ACTOR, LATER) == 1
    assert erase_old_requests(session, RETENTION, ACTOR, LATER) == 0


def test_an_open_request_is_never_erased(session, unit):
    send_request(session)
    assert erase_old_requests(session, RETENTION, ACTOR, NOW + timedelta(days=4000)) == 0


def test_the_history_stays_readable_after_erasure(session, unit):
    ended_request(session, unit)
    erase_old_requests(session, RETENTION, ACTOR, LATER)
    for event in session.scalars(select(Event)):
        known = EVENTS[event.name](at=event.at, unit_id=event.unit_id, request_id=event.request_id, **event.data)
        assert all(getattr(known, field) == "" for field in known.free_text)


def test_every_free_text_of_an_event_is_declared():
    said_by_us = {"outcome", "state", "by", "how", "offer", "from_appointment_id", "ahead", "deed", "answer"}
    for event in {**EVENTS, **APPOINTMENT_EVENTS}.values():
        texts = {
            name for name, kind in event.__annotations__.items() if kind == "str" and name not in {"name", *said_by_us}
        }
        assert texts == set(event.free_text), event.name
