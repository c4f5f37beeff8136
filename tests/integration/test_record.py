from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select, text

from models import events, service_events
from models.appointment_events import AppointmentEvent, booking_scope
from models.database import Database, libpq_url
from models.events import RequestEvent, UnitEvent, request_scope, unit_scope
from models.planning_events import PlanningEvent
from models.queries.terminal_feed import BODIES
from models.record import lock_scopes, record
from models.rules.openings import PlaceKind, Proposal
from models.service_events import OpeningProposed
from models.tables import Event, FeedEntry, Scope
from server.services.declare_absence import DeclareAbsence, declare_absence
from server.services.propose_opening import ProposeOpening, propose_opening
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.seed import NOW, actor_of, seed_agent, seed_territory, seed_unit, send_request

AN_EXPORT = {"export_id": str(uuid4()), "kind": "caldav"}
CLASHES = {f"clash_{how}": {"clash_id": str(uuid4()), "about_agent_id": None} for how in ("raised", "kept", "ended")}


def build(event_class: type[UnitEvent], unit_id: int, subjects: dict[str, Any]) -> UnitEvent:
    extra = {
        "duty_status_set": {"status": "available", "until": None},
        "request_transferred": {"from_unit_id": 2},
        "request_noted": {"text": "rappeler ce soir"},
        "request_closed": {"outcome": "handled"},
        "citizen_word_added": {"text": "je suis rentré"},
        "occurrence_changed": {"day": "2026-11-26", "occurrence_ids": (str(uuid4()),)},
        "holiday_set": {"day": "2026-12-24", "holiday": "Veille de Noël"},
        "appointment_booked": {"state": "confirmed"},
        "appointment_moved": {"from_appointment_id": str(subjects.get("appointment_id")), "by": "citizen"},
        "appointment_cancelled": {"by": "unit", "word": "une urgence"},
        "appointment_offered": {"offer": "earlier"},
        "offer_ended": {"how": "declined"},
        "appointment_agents_changed": {"how": "taken", "agent_ids": (7,)},
        "agenda_touched": {"deed": "deleted"},
        "agenda_answered": {"answer": "keep"},
        "export_added": AN_EXPORT,
        "export_changed": {**AN_EXPORT, "how": "paused"},
        "export_stopped": {**AN_EXPORT, "cause": "sign_in"},
        "export_failing": {**AN_EXPORT, "cause": "timeout"},
        "export_recovered": AN_EXPORT,
        "export_revoked": AN_EXPORT,
        "agenda_words_set": {"shows_subject": True, "shows_place": False},
        "export_ended": {**AN_EXPORT, "emptied": True},
        "appointment_outcome": {"outcome": "honoured"},
        "earlier_time_wanted": {"wanted": True},
        "calendar_mails_chosen": {"wanted": True},
        **CLASHES,
        "appointment_reminded": {"ahead": "two_days"},
        "planning_changed": {"how": "paused"},
        "planning_read": {"came": 3, "went": 1, "touched": (f"absence/{uuid4()}", "duty/7", "duty/7")},
        "appointment_promised": {"ahead": "two_days"},
    }
    own = {name: subjects[name] for name in event_class.subjects}
    if issubclass(event_class, PlanningEvent):
        own["planning_id"] = str(uuid4())
    return event_class(at=NOW, unit_id=unit_id, **own, **extra.get(event_class.name, {}))


def seed_subjects(session, unit) -> dict[str, Any]:
    """One of everything that events happen to."""
    agent = seed_agent(session, unit)
    actor, start, end = actor_of(agent), NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    absence_id, opening_id = uuid4(), uuid4()
    declare_absence(session, DeclareAbsence(absence_id, start, end), actor, NOW)
    proposal = Proposal(start, end, 1, (), PlaceKind.UNIT, "", None)
    propose_opening(session, ProposeOpening(opening_id, proposal), actor, NOW)
    (window,) = seed_windows(session, agent, start, end)
    appointment = seed_appointment(session, window, start)
    return {
        "request_id": send_request(session).request_id,
        "absence_id": absence_id,
        "opening_id": opening_id,
        "about_agent_id": agent.id,
        "booking_id": appointment.booking_id,
        "appointment_id": appointment.id,
    }


def followed(event: UnitEvent) -> tuple[str, ...]:
    """Whoever follows what the event happened to; some events say nothing that a citizen may hear."""
    if event.name in {"request_noted", "appointment_agents_changed", "agenda_touched", "agenda_answered", *CLASHES}:
        return ()
    if isinstance(event, RequestEvent):
        return (request_scope(event.request_id),)
    return (booking_scope(event.booking_id),) if isinstance(event, AppointmentEvent) else ()


@pytest.mark.parametrize("event_class", service_events.ALL_EVENTS.values(), ids=lambda event: event.name)
def test_every_event_reaches_the_units_terminals_and_whoever_follows(session, event_class):
    unit = seed_territory(session)
    seed_unit(session, 2, "Brigade de Culoz")
    subjects = seed_subjects(session, unit)
    session.commit()
    before = dict(session.execute(select(Scope.key, Scope.version)).all())
    event = build(event_class, unit.id, subjects)

    event_id = record(session, event)

    session.expire_all()
    after = dict(session.execute(select(Scope.key, Scope.version)).all())
    assert event.unit_scopes
    for scope in event.unit_scopes:
        assert after[scope] > before.get(scope, 0)
        assert event.documents
        for document in event.documents:
            assert session.get_one(FeedEntry, (scope, document)).version == after[scope]
    assert event.follower_scopes == followed(event)
    for scope in event.follower_scopes:
        assert after[scope] > before.get(scope, 0)
    row = session.get_one(Event, event_id)
    assert {name: getattr(row, name) for name in event_class.subjects} == event.subject
    assert (row.name, row.at, row.data) == (event.name, NOW, json.loads(json.dumps(event.data)))
    jobs = session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE args = jsonb_build_object('event_id', CAST(:id AS int))"),
        {"id": event_id},
    )
    assert jobs == len(event.deferrals)


def test_every_document_that_an_event_names_can_be_read():
    named = ("request_id", "absence_id", "opening_id", "booking_id", "appointment_id")
    subjects = {**{name: uuid4() for name in named}, "about_agent_id": 7}
    for event_class in service_events.ALL_EVENTS.values():
        for document in build(event_class, 1, subjects).documents:
            assert document.partition("/")[0] in BODIES, event_class.name


def test_only_the_events_of_a_request_have_a_citizen_who_follows():
    for event_class in events.EVENTS.values():
        assert issubclass(event_class, events.RequestEvent)
    assert not any(
        issubclass(event_class, events.RequestEvent) for event_class in service_events.SERVICE_EVENTS.values()
    )
    assert OpeningProposed(at=NOW, unit_id=1, opening_id=uuid4()).follower_scopes == ()


def test_a_version_is_taken_once_in_a_transaction(session):
    first = lock_scopes(session, ["unit:1", "request:x"])
    assert lock_scopes(session, ["unit:1"]) is first


def test_commit_makes_all_of_it_true_and_rollback_none(database: Database):
    with database.transaction() as session:
        unit = seed_territory(session)
    with psycopg.connect(libpq_url(database.url), autocommit=True) as listener:
        listener.execute("LISTEN poke")

        with pytest.raises(RuntimeError):
            _send_and_fail(database)
        with database.transaction() as session:
            assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
            assert session.scalar(text("SELECT count(*) FROM feed_entries")) == 0
            created = send_request(session)
            assert list(listener.notifies(timeout=0)) == []

        pokes = [json.loads(notice.payload) for notice in listener.notifies(timeout=10, stop_after=2)]
    assert pokes == [
        {"scope": unit_scope(unit.id), "version": 1},
        {"scope": request_scope(created.request_id), "version": 1},
    ]
    with database.transaction() as session:
        assert session.scalars(text("SELECT task_name FROM procrastinate_jobs ORDER BY id")).all() == [
            "deliver",
            "climb",
        ]


def _send_and_fail(database: Database) -> None:
    with database.transaction() as session:
        send_request(session)
        raise RuntimeError("the process dies before the commit")
