"""A wait calls the first to go and the chiefs by text message, and they answer: on the real database and provider."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.appointment_events import AppointmentBooked
from models.record import record
from models.rules.appointments import State
from models.rules.text_messages import TextState
from models.tables import Agent, ContactRequest, Event, LadderCall, LadderSight, Unit
from server.jobs import send_text as sending
from server.jobs import wiring
from server.jobs.ladder import climb
from server.services.accept_request import AcceptRequest, accept_request
from server.services.act_on_answer import act_on_answer
from server.services.answer_call import WORDS, Fate
from server.services.receive_text import ReceiveText, receive_text
from server.services.record_delivery_report import RecordDeliveryReport, record_delivery_report
from server.services.release_request import ReleaseRequest, release_request
from tests.support.agenda import seed_appointment, seed_windows
from tests.support.ladders import calls_of, seed_people, wait_event
from tests.support.seed import NOW, TOKENS, actor_of, seed_unit
from tests.support.text_calls import carry, fate, queued, sms_calls, wait
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


def call_twice(database, clock, **changes):
    """Two requests, one after the other, whose calls have left."""
    first = wait(database, clock)
    carry(database)
    clock.forward(minutes=1)
    last = wait(database, clock, **changes)
    carry(database)
    return first, last


def answer(database, clock, phone, body):
    with database.transaction() as session:
        answered = receive_text(session, ReceiveText("twilio", str(uuid4()), phone, body), clock(), TOKENS)
        act_on_answer(session, answered, clock(), TOKENS)


def report(database, clock, state, cause=None):
    with database.transaction() as session:
        [call] = session.scalars(select(LadderCall).filter_by(channel="sms"))
        command = RecordDeliveryReport(call.id, "twilio", None, state, cause)
        record_delivery_report(session, command, clock())


def owner(database, request_id):
    with database.transaction() as session:
        return session.get_one(ContactRequest, request_id).accepted_by_id


def test_the_call_follows_its_message_until_the_phone_has_it(database, clock, people, provider):
    wait(database, clock)
    assert fate(database) == [(people.first_to_go.id, 2, "queued", None)], "nobody has it yet"
    carry(database)
    [message] = provider.messages
    assert message["To"] == FIRST
    assert message["Body"] == (
        "Une demande attend. Répondez 1 = je m'en charge, 2 = je ne peux pas. Ouvrez le terminal."
    )
    assert fate(database) == [(people.first_to_go.id, 2, "sent", None)]
    clock.forward(seconds=5)
    report(database, clock, TextState.DELIVERED)
    [call] = sms_calls(database)
    assert (call.state, call.sent_at, call.delivered_at) == ("delivered", NOW, clock())


def test_a_message_that_the_network_could_not_deliver_fails_its_call(database, clock, people):
    wait(database, clock)
    carry(database)
    report(database, clock, TextState.FAILED, "undeliverable")
    assert fate(database) == [(people.first_to_go.id, 2, "failed", "undeliverable")]


def test_chiefs_are_called_at_the_third_step(database, clock, people, provider):
    request_id = wait(database, clock)
    clock.forward(minutes=8)
    climb(wait_event(database, request_id))
    carry(database)
    assert [(one["To"], one["Body"].partition(".")[0]) for one in provider.messages] == [
        (FIRST, "Une demande attend"),
        (CHIEF, "Une demande attend toujours"),
    ]


def test_one_whose_phone_is_not_known_or_asked_for_no_more_is_not_written_to(database, clock, people, provider):
    with database.transaction() as session:
        session.get_one(Agent, people.chief.id).mobile_phone = None
    answer(database, clock, FIRST, "STOP")
    request_id = wait(database, clock)
    clock.forward(minutes=8)
    climb(wait_event(database, request_id))
    assert fate(database) == [
        (people.first_to_go.id, 2, "failed", "stopped"),
        (people.chief.id, 3, "failed", "no_address"),
    ]
    assert queued(database) == []


def test_one_accepts_as_the_agent_who_was_called(database, clock, people, provider):
    request_id = wait(database, clock)
    carry(database)
    answer(database, clock, FIRST, "1")
    assert owner(database, request_id) == people.first_to_go.id
    with database.transaction() as session:
        [taken] = session.scalars(select(Event).filter_by(name="request_accepted"))
        assert taken.agent_id == people.first_to_go.id
    for _ in range(3):
        answer(database, clock, FIRST, " 1 !")
    carry(database)
    assert [(one["To"], one["Body"]) for one in provider.messages[1:]] == [(FIRST, WORDS[Fate.TAKEN])], "said once"


def test_one_who_is_late_hears_that_a_colleague_has_it(database, clock, people, provider):
    request_id = wait(database, clock)
    carry(database)
    with database.transaction() as session:
        accept_request(session, AcceptRequest(request_id), actor_of(people.available), clock())
    answer(database, clock, FIRST, "1")
    carry(database)
    assert owner(database, request_id) == people.available.id
    assert provider.messages[-1]["Body"] == WORDS[Fate.TAKEN_BY_OTHER]


def test_two_calls_at_once_and_the_answer_says_that_another_one_waits(database, clock, people, provider):
    first, last = call_twice(database, clock, place="Culoz")
    for _ in range(2):
        answer(database, clock, FIRST, "1")
    assert (owner(database, first), owner(database, last)) == (None, people.first_to_go.id), "no second one by a repeat"
    carry(database)
    assert provider.messages[-1]["Body"] == WORDS[Fate.TAKEN_AND_ANOTHER_WAITS]


def test_one_is_for_the_call_that_still_waits(database, clock, people, provider):
    first, last = call_twice(database, clock, place="Culoz")
    with database.transaction() as session:
        accept_request(session, AcceptRequest(last), actor_of(people.available), clock())
    answer(database, clock, FIRST, "1")
    assert (owner(database, first), owner(database, last)) == (people.first_to_go.id, people.available.id)
    carry(database)
    assert provider.messages[-1]["Body"] == WORDS[Fate.TAKEN]


def test_one_is_not_for_a_call_that_asked_nothing(database, clock, people):
    asked, discreet = call_twice(database, clock, reason_code="domestic_violence")
    answer(database, clock, FIRST, "1")
    assert (owner(database, asked), owner(database, discreet)) == (people.first_to_go.id, None)


def test_who_has_changed_unit_does_not_hear_that_nothing_waits(database, clock, people, provider):
    request_id = wait(database, clock)
    carry(database)
    with database.transaction() as session:
        session.get_one(Agent, people.first_to_go.id).unit_id = seed_unit(
            session, 2, "Brigade de gendarmerie de Culoz"
        ).id
    answer(database, clock, FIRST, "1")
    carry(database)
    assert owner(database, request_id) is None
    assert provider.messages[-1]["Body"] == WORDS[Fate.ON_THE_TERMINAL]


def test_two_spares_that_agent_for_this_wait_and_nobody_else(database, clock, people, provider):
    with database.transaction() as session:
        session.get_one(Agent, people.first_to_go.id).roles = ["chief"]
    request_id = wait(database, clock)
    carry(database)
    answer(database, clock, FIRST, "2")
    assert fate(database) == [(people.first_to_go.id, 2, "seen", "declined")]
    report(database, clock, TextState.DELIVERED)
    assert fate(database) == [(people.first_to_go.id, 2, "seen", "declined")], "a report that comes late undoes nothing"
    clock.forward(minutes=8)
    climb(wait_event(database, request_id))
    carry(database)
    assert [one["To"] for one in provider.messages] == [FIRST, CHIEF]
    assert {call.agent_id for call in calls_of(database) if call.step == 3} == {None, people.chief.id}
    with database.transaction() as session:
        assert session.scalars(select(LadderSight)).all() == [], "who cannot come has not opened it for the others"
        accept_request(session, AcceptRequest(request_id), actor_of(people.available), clock())
        release_request(session, ReleaseRequest(request_id), actor_of(people.available), clock())
    clock.forward(minutes=2)
    climb(wait_event(database, request_id))
    carry(database)
    assert provider.messages[-1]["To"] == FIRST, "another wait, another call"


def test_a_phone_that_is_no_longer_the_agents_does_nothing(database, clock, people):
    request_id = wait(database, clock)
    carry(database)
    with database.transaction() as session:
        session.get_one(Agent, people.first_to_go.id).mobile_phone = CHIEF
    for body in ("1", "2"):
        answer(database, clock, FIRST, body)
    assert (owner(database, request_id), queued(database)) == (None, [])
    assert fate(database) == [(people.first_to_go.id, 2, "sent", None)]


def test_an_approval_is_not_given_by_text_message(database, clock, people, provider):
    with database.transaction() as session:
        starts_at = NOW + timedelta(days=7)
        [window] = seed_windows(session, people.chief, starts_at, starts_at + timedelta(hours=2))
        appointment = seed_appointment(session, window, starts_at, state=State.REQUESTED)
        event_id = record(
            session,
            AppointmentBooked(
                at=NOW - timedelta(hours=8),
                unit_id=appointment.unit_id,
                appointment_id=appointment.id,
                booking_id=appointment.booking_id,
                state="requested",
            ),
        )
    climb(event_id)
    carry(database)
    [message] = provider.messages
    assert message["Body"] == "Un rendez-vous attend toujours votre accord. Ouvrez le terminal."
    answer(database, clock, CHIEF, "1")
    carry(database)
    assert provider.messages[-1]["Body"] == WORDS[Fate.ON_THE_TERMINAL]


def test_a_discreet_request_says_nothing_but_that_there_is_a_message(database, clock, people, provider):
    wait(database, clock, reason_code="domestic_violence")
    carry(database)
    assert [one["Body"] for one in provider.messages] == ["Vous avez un message. Ouvrez le terminal."]
