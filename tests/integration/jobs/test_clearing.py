"""Once nothing waits any more, no screen says that something does: the real jobs and a real push service."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from models.rules.actor import CitizenActor
from models.rules.text_messages import Meaning, Purpose
from models.tables import Agent, Event, LadderCall, Terminal, Unit
from server.jobs import ladder as ladder_job
from server.jobs import push_calls
from server.jobs.clearing import clear, clear_one
from server.jobs.ladder import climb
from server.services.accept_request import AcceptRequest, accept_request
from server.services.answer_call import AnswerCall, answer_call
from server.services.approve_appointment import ApproveAppointment, approve_appointment
from server.services.cancel_appointment import CancelAppointment, cancel_appointment
from server.services.queue_text import QueueText, queue_text
from server.services.release_request import ReleaseRequest, release_request
from server.services.transfer_request import TransferRequest, transfer_request
from server.services.withdraw_request import WithdrawRequest, withdraw_request
from tests.support.agenda import seed_windows
from tests.support.bookings import NINE, book, change_reason
from tests.support.ladders import wait_event
from tests.support.push_service import Say
from tests.support.seed import TOKENS, actor_of, seed_unit, send_request

PHONE = "+33639980021"


@pytest.fixture
def request_id(people, database, clock):
    with database.transaction() as session:
        return send_request(session, now=clock()).request_id


@pytest.fixture
def paths(people, phones):
    """A terminal each for everybody on duty."""
    return {name: phones.give(getattr(people, name)) for name in ("available", "first_to_go", "chief")}


def do(database, service, command, agent, clock):
    """Run a use case, and return the id of the event that it recorded."""
    with database.transaction() as session:
        service(session, command, actor_of(agent) if agent else CitizenActor(command.request_id), clock())
        return session.scalars(select(Event.id).order_by(Event.id.desc())).first()


def call_everybody(database, clock, request_id):
    event_id = wait_event(database, request_id)
    climb(event_id)
    clock.forward(minutes=2)
    climb(event_id)


def waiting(database, task):
    """The jobs of this name that are on the queue: when, and with what."""
    with database.transaction() as session:
        return session.execute(
            text("SELECT scheduled_at, args FROM procrastinate_jobs WHERE task_name = :task ORDER BY id"),
            {"task": task},
        ).all()


def last(phones, path):
    return phones.shown(path)[-1]


def test_when_somebody_takes_it_every_other_screen_says_so_silently(
    database, people, phones, service, paths, clock, request_id
):
    call_everybody(database, clock, request_id)
    before = len(service.received)
    accepted = do(database, accept_request, AcceptRequest(request_id), people.first_to_go, clock)
    assert [args for _, args in waiting(database, "clear")] == [{"event_id": accepted}]
    clear(accepted)
    assert {one.path for one in service.received[before:]} == set(paths.values())
    for path in (paths["available"], paths["chief"]):
        called, *_, over = phones.shown(path)
        assert over == {
            "title": "Prise en charge",
            "body": "Un collègue s’en occupe.",
            "navigate": called["navigate"],
            "tag": called["tag"],
            "lang": "fr",
            "silent": True,
            "data": {"taken": "1"},
        }
    assert last(phones, paths["first_to_go"])["body"] == "C’est vous qui vous en occupez.", "no colleague does"
    topics = {one.headers["topic"] for one in service.received if one.path == paths["chief"]}
    assert len(topics) == 1, "a call that still waits at the push service is replaced there"

    clear(accepted)
    assert len(service.received) == before + 3, "at most once"


def test_whoever_takes_it_by_text_message_is_not_left_with_a_terminal_that_calls(
    database, people, phones, paths, clock, request_id
):
    second = phones.give(people.first_to_go)
    with database.transaction() as session:
        session.get_one(Agent, people.first_to_go.id).mobile_phone = PHONE
    call_everybody(database, clock, request_id)
    with database.transaction() as session:
        call = session.scalars(select(LadderCall).filter_by(agent_id=people.first_to_go.id)).first()
        answer = AnswerCall(call.id, Meaning.ONE)
        asked = QueueText(call.id, Purpose.CALL, PHONE, "fr", clock() + timedelta(minutes=30), "?", call_id=call.id)
        queue_text(session, asked, clock(), TOKENS)
        answer_call(session, answer, clock(), TOKENS)
        accepted = session.scalars(select(Event.id).filter_by(name="request_accepted")).one()
    clear(accepted)
    for path in (paths["first_to_go"], second):
        assert (last(phones, path)["body"], last(phones, path)["data"]) == (
            "C’est vous qui vous en occupez.",
            {"taken": "1"},
        )


def test_what_was_called_for_by_nobody_is_cleared_nowhere(database, people, phones, service, paths, clock, request_id):
    clear(do(database, accept_request, AcceptRequest(request_id), people.available, clock))
    climb(wait_event(database, request_id))
    assert service.received == []


@pytest.mark.parametrize("discreet", [False, True])
def test_what_the_citizen_withdraws_is_nobodys_any_more(database, people, phones, paths, clock, request_id, discreet):
    with database.transaction() as session:
        session.execute(text("UPDATE contact_requests SET discreet = :discreet"), {"discreet": discreet})
    call_everybody(database, clock, request_id)
    clear(do(database, withdraw_request, WithdrawRequest(request_id), None, clock))
    words = {(last(phones, path)["title"], last(phones, path)["body"]) for path in paths.values()}
    assert words == {
        ("Plus rien à faire", "Ce message n’attend plus.")
        if discreet
        else ("Plus rien à faire", "Cette demande n’attend plus.")
    }


def test_passed_on_it_waits_elsewhere(database, people, phones, service, paths, clock, request_id):
    with database.transaction() as session:
        seed_unit(session, 2, "Brigade de gendarmerie de Virieu")
    call_everybody(database, clock, request_id)
    clear(do(database, transfer_request, TransferRequest(request_id, 2), people.chief, clock))
    assert last(phones, paths["available"])["data"] == {"taken": "1"}
    assert last(phones, paths["chief"])["body"] == "Cette demande n’attend plus."


def test_what_waits_again_stays_on_the_screens_until_it_is_taken(
    database, people, phones, service, paths, clock, request_id
):
    call_everybody(database, clock, request_id)
    accepted = do(database, accept_request, AcceptRequest(request_id), people.first_to_go, clock)
    do(database, release_request, ReleaseRequest(request_id), people.first_to_go, clock)
    before = len(service.received)
    clear(accepted)
    assert len(service.received) == before, "what they read is true again"
    # Only who is available is called anew; the chief's screen still shows the first call.
    climb(wait_event(database, request_id))
    clear(do(database, accept_request, AcceptRequest(request_id), people.first_to_go, clock))
    for name in ("available", "chief"):
        assert last(phones, paths[name])["data"] == {"taken": "1"}


def test_taken_while_the_call_is_on_its_way_it_is_cleared_after_it(
    database, people, phones, paths, clock, request_id, monkeypatch
):
    send = push_calls.push_each

    def send_and_be_forestalled(*arguments, **options):
        send(*arguments, **options)
        clear(do(database, accept_request, AcceptRequest(request_id), people.chief, clock))

    monkeypatch.setattr(push_calls, "push_each", send_and_be_forestalled)
    begun = wait_event(database, request_id)
    climb(begun)
    assert "taken" not in last(phones, paths["available"])["data"]
    assert waiting(database, "clear")[-1].args == {"event_id": begun}
    clear(begun)
    assert last(phones, paths["available"])["data"] == {"taken": "1"}


def test_a_terminal_that_has_ended_hears_nothing_more(database, people, phones, paths, clock, request_id):
    call_everybody(database, clock, request_id)
    with database.transaction() as session:
        session.scalars(select(Terminal).filter_by(agent_id=people.chief.id)).one().revoked_at = clock()
    clear(do(database, withdraw_request, WithdrawRequest(request_id), None, clock))
    assert "taken" not in last(phones, paths["chief"])["data"]


def test_a_push_service_that_wants_patience_is_asked_again(database, people, phones, service, paths, clock, request_id):
    call_everybody(database, clock, request_id)
    service.answer(Say(429, {"Retry-After": "30"}), path=paths["chief"])
    clear(do(database, withdraw_request, WithdrawRequest(request_id), None, clock))
    [(at, args)] = waiting(database, "clear_one")
    assert at >= clock() + timedelta(seconds=30)
    before = service.paths[paths["available"]]
    clock.now = at
    clear_one(**args)
    assert last(phones, paths["chief"])["data"] == {"taken": "1"}
    assert service.paths[paths["available"]] == before, "nobody else hears of it twice"


def test_it_gives_up_when_nobody_needs_it_any_more(database, people, phones, service, paths, clock, request_id):
    call_everybody(database, clock, request_id)
    service.usual = Say(500)
    accepted = do(database, accept_request, AcceptRequest(request_id), people.first_to_go, clock)
    clear(accepted)
    jobs = waiting(database, "clear_one")
    assert sorted(job.args["own"] for job in jobs) == [0, 0, 1]
    do(database, release_request, ReleaseRequest(request_id), people.first_to_go, clock)
    received = len(service.received)
    clear_one(**jobs[0].args)
    assert len(service.received) == received, "it waits again"
    do(database, accept_request, AcceptRequest(request_id), people.first_to_go, clock)
    clock.forward(hours=12)
    clear_one(**jobs[1].args)
    assert (len(service.received), len(waiting(database, "clear_one"))) == (received, 3), "too late"


@pytest.fixture
def appointment_id(people, database, clock):
    """An appointment that waits for the chief's approval."""
    with database.transaction() as session:
        unit_id = session.scalars(select(Unit.id)).one()
        seed_windows(session, session.merge(people.available), NINE, NINE + timedelta(hours=2))
        change_reason(session, "neighbours", needs_approval=True)
        return book(session, unit_id).appointment_id


@pytest.mark.parametrize(
    ("service_of", "command", "title"),
    [
        (approve_appointment, lambda one: ApproveAppointment(one), "Rendez-vous traité"),
        (cancel_appointment, lambda one: CancelAppointment(one, "Nous sommes fermés."), "Rendez-vous traité"),
    ],
    ids=["approved", "refused"],
)
def test_an_approval_that_one_chief_has_decided_waits_for_no_other(
    database, people, phones, clock, appointment_id, service_of, command, title
):
    with database.transaction() as session:
        session.merge(people.first_to_go).roles = ["chief"]
    mine, other = phones.give(people.chief), phones.give(people.first_to_go)
    with database.transaction() as session:
        booked = session.scalars(select(Event.id).filter_by(name="appointment_booked")).one()
    clock.forward(minutes=120)
    climb(booked)
    assert last(phones, other)["title"] == "Un rendez-vous attend votre accord"
    clear(do(database, service_of, command(appointment_id), people.chief, clock))
    assert (last(phones, other)["title"], last(phones, other)["data"]) == (title, {"taken": "1"})
    assert last(phones, other)["tag"] == f"appointment-{appointment_id}"
    assert last(phones, mine)["body"] == "C’est vous qui avez répondu."


def test_without_web_push_there_is_nothing_to_clear(context, database, people, clock, request_id):
    climb(wait_event(database, request_id))
    clear(do(database, accept_request, AcceptRequest(request_id), people.available, clock))
    assert ladder_job.call_channels(context).keys() == {"email"}
